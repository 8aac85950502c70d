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
