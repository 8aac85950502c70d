import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ApplyBoard, applyBoard, claimedTask, launchOf, runToEnd } from "./apply-board.ts";

const OWN_BRANCH = "refs/heads/kanband/a";

async function ran(...script: string[]): Promise<ApplyBoard> {
  const board = await applyBoard({ "board/doing/a.md": claimedTask(script.join("\n")) });
  await runToEnd(board, launchOf("a"));
  return board;
}

async function keptOf(board: ApplyBoard): Promise<string> {
  return await board.git("log", "--stat", "--format=%H", "--glob=refs/kanband/preserved/a/*", "--not", "main");
}

describe("a run that fails and leaves a HEAD without a commit", () => {
  it.each([
    ["on a branch of its own", "git checkout -q --orphan pages"],
    ["by deleting its branch", `git update-ref -d ${OWN_BRANCH}`],
    ["by breaking it", 'echo nonsense > "$(git rev-parse --git-dir)/HEAD"'],
  ])("%s: what is uncommitted is kept", async (_, lose) => {
    const board = await ran("echo precious > precious.txt", lose, "exit 1");
    expect(await keptOf(board)).toMatch(/ precious\.txt .*\n 1 file changed/);
    expect(await board.git("rev-parse", "kanband/a")).toBe(await board.git("rev-parse", "main"));
    expect((await board.look()).sessions.get("a")?.[0]?.state).toBe("failed");
    expect(board.complaints).toEqual([]);
  });
});

describe("a run that ends well and leaves no branch", () => {
  it.each([
    ["deleted", `git update-ref -d ${OWN_BRANCH}`],
    ["deleted from another one", `git checkout -q --orphan pages\ngit update-ref -d ${OWN_BRANCH}`],
  ])("%s: it is made again with all work, and the run is collected", async (_, lose) => {
    const board = await ran("echo own > own.txt", "git add own.txt", "git commit -qm own", "echo new > new.txt", lose);
    const log = await board.git("log", "--stat", "--format=%s", "main..kanband/a");
    expect(log).toMatch(
      /^Save what [^\n]*\n\n new\.txt .*\n 1 file changed[^\n]*\nown\n\n own\.txt .*\n 1 file changed/,
    );
    expect((await board.look()).sessions.get("a")?.[0]?.state).toBe("done");
    expect(await board.git("-C", ".kanband/worktrees/w1", "symbolic-ref", "HEAD")).toBe(OWN_BRANCH);
    expect(board.runs()).toEqual([]);
    expect(board.complaints).toEqual([]);
  });

  it("and breaks its HEAD as well: it fails, and all work is kept", async () => {
    const lose = `git update-ref -d ${OWN_BRANCH}\necho nonsense > "$(git rev-parse --git-dir)/HEAD"`;
    const board = await ran("echo own > own.txt", "git add own.txt", "git commit -qm own", "echo new > new.txt", lose);
    const kept = await keptOf(board);
    for (const name of ["own.txt", "new.txt"]) expect(kept).toContain(` ${name} `);
    const session = (await board.look()).sessions.get("a")?.[0];
    expect(session?.reason).toContain("broke HEAD of its worktree");
    expect(board.runs()).toEqual([]);
    expect(board.complaints).toEqual([]);
  });

  it("and no worktree: it is where the run began", async () => {
    const board = await ran(`git update-ref -d ${OWN_BRANCH}`, 'rm -rf "$PWD"');
    expect(await board.git("rev-parse", "kanband/a")).toBe(await board.git("rev-parse", "main"));
    expect(board.runs()).toEqual([]);
  });
});

it("a released worktree whose HEAD has no commit: its files are kept, as are the commits it had", async () => {
  const board = await applyBoard({ "board/doing/a.md": claimedTask("echo own > own.txt") });
  await runToEnd(board, launchOf("a"));
  const worktree = join(board.root, ".kanband/worktrees/w1");
  writeFileSync(join(worktree, "precious.txt"), "precious\n");
  await board.git("update-ref", "-d", OWN_BRANCH);
  await board.run({ kind: "release", taskId: "a", worktree: "w1" });
  const kept = await keptOf(board);
  for (const name of ["own.txt", "precious.txt"]) expect(kept).toContain(` ${name} `);
  expect(await board.git("worktree", "list")).not.toContain("w1");
});
