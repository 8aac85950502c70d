import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LANES } from "../../../src/board/lane.ts";
import { fc } from "../../helpers/fast-check.ts";
import { type Git, gitAt, gitRepo, writeFiles } from "../../helpers/git-repo.ts";
import { eventually, runCli, runCliJson, startCli } from "../../helpers/run-cli.ts";
import { someToday } from "../../helpers/today.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

type Undone = { lane: string; wasLane: string; action: { kind: string; intent?: string }; preserved: string[] };

/** What the daemon does last to a task, and the lane that it takes it out of. */
const KINDS = ["review", "block", "request", "merge", "assign"] as const;
type Kind = (typeof KINDS)[number];
const LANE_BEFORE = { review: "doing", block: "doing", request: "backlog", merge: "for_review", assign: "planned" };

const plans = fc.record({
  kinds: fc.shuffledSubarray([...KINDS], { minLength: KINDS.length }),
  style: fc.constantFrom("merge", "squash", "rebase"),
  keys: fc.constantFrom("", "priority: high # first\n", "touches: [\"x/**\"]\ntitle: 'x'\n"),
});

const LAYOUTS: readonly (readonly [string, boolean])[] = [
  ["inline", false],
  ["on a branch of its own", true],
];

describe("kanband undo, without a daemon", () => {
  it.each(someToday(LAYOUTS, 2))(
    "brings back the board, the base and the branch as they were before it, in whatever order (%s)",
    async (_, isOwnBranch) => {
      await fc.assert(
        fc.asyncProperty(plans, async ({ kinds, style, keys }) => {
          const { root, boardRoot, git, boardGit } = await boardOfKinds({ style, keys, isOwnBranch });

          for (const kind of kinds) {
            const [path, before] = await fileBefore(boardGit, kind, keys);
            const undone = await runCliJson<Undone>(root, ["undo", kind]);

            expect(undone).toMatchObject({ lane: LANE_BEFORE[kind], wasLane: LANE_BEFORE[kind] });
            expect(undone.action).toMatchObject(kind === "merge" ? { kind } : { kind: "edit", intent: kind });
            expect(lanesOf(boardRoot, kind)).toEqual([LANE_BEFORE[kind]]);
            expect([kind, readFileSync(join(boardRoot, path), "utf8")]).toEqual([kind, `${before}\n`]);
          }

          // Without what was merged: no code of the tasks is in the base, and the work of each is where it was.
          expect(await git("ls-tree", "--name-only", "main", "--", "code.txt", "review.txt", "merge.txt")).toBe(
            "code.txt",
          );
          expect(existsSync(join(root, "merge.txt"))).toBe(false);
          expect(await git("diff", "--name-only", "main...kanband/merge")).toBe("merge.txt");
          expect(await git("show", "kanband/merge:merge.txt")).toBe("merge");
          expect(await git("show", "kanband/review:review.txt")).toBe("review");
          // The task that was only given away has no branch and no worktree any more, and its work is kept.
          expect(await git("branch", "--list", "kanband/assign")).toBe("");
          expect(await git("worktree", "list")).not.toContain("[kanband/assign]");
          expect(await git("show", "refs/kanband/preserved/assign/1:assign.txt")).toBe("assign");
          expect(await git("status", "--porcelain", "--", "*.txt")).toBe("");
          // Each is taken back once; merged again, the work comes again.
          expect((await runCli(root, ["undo", "block"])).exitCode).toBe(2);
          await runCli(root, ["move", "assign", "backlog"]);
          await runCli(root, ["move", "review", "backlog"]);
          await runCli(root, ["accept", "merge"]);
          await runCli(root, ["up", "--until-idle"]);
          expect(await git("show", "main:merge.txt")).toBe("merge");
        }),
        { numRuns: 1 },
      );
    },
  );

  it("leaves what a person wrote since then, and refuses where somebody went on", async () => {
    const { root, git } = await boardRepo({
      "board/planned/a.md": shellTask("exit 1"),
      "board/planned/b.md": shellTask("echo b >> code.txt"),
      "board/backlog/c.md": shellTask("true"),
    });
    await runCli(root, ["up", "--until-idle"]);
    const path = join(root, "board/blocked/a.md");
    writeFileSync(path, readFileSync(path, "utf8").replace("# A task", "# My own words"));

    const undone = await runCliJson<Undone>(root, ["undo", "a"]);
    expect(undone).toMatchObject({ lane: "doing", action: { intent: "block" } });
    const text = readFileSync(join(root, "board/doing/a.md"), "utf8");
    expect(text).toContain("# My own words");
    expect(text).toContain("assigned: A");
    expect(text).not.toContain("blocked:");
    expect((await runCli(root, ["undo", "c"])).stderr).toContain("names nothing that the daemon did");
    await runCli(root, ["move", "a", "planned"]);
    expect((await runCli(root, ["undo", "a"])).stderr).toContain("somebody moved it from blocked/ to planned/");
    await runCli(root, ["move", "a", "backlog"]);
    expect((await runCli(root, ["undo", "a"])).stderr).toMatch(
      /`Block a` is taken back already: it went from blocked\/ to backlog\/[\s\S]*kanband move a planned/,
    );

    await runCli(root, ["accept", "b"]);
    await runCli(root, ["up", "--until-idle"]);
    writeFiles(root, { "code.txt": "one\nb\nmine\n" });
    const before = [await git("rev-parse", "main"), readFileSync(join(root, "board/done/b.md"), "utf8")];
    await git("update-index", "--skip-worktree", "code.txt");
    const hidden = await runCli(root, ["undo", "b"]);
    expect(hidden).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("code.txt (hidden from git: `git update-index --no-skip-worktree 'code.txt'`)"),
    });
    expect(lanesOf(root, "b")).toEqual(["done"]);
    await git("update-index", "--no-skip-worktree", "code.txt");
    const dirty = await runCli(root, ["undo", "b"]);
    await git("commit", "-qam", "Build upon it");
    const later = await runCli(root, ["undo", "b"]);

    expect([dirty.exitCode, later.exitCode]).toEqual([2, 2]);
    expect(dirty.stderr).toMatch(
      /a checkout has changes in code\.txt\n.*Commit or stash them there, then `kanband undo b`/,
    );
    expect(later.stderr).toMatch(/later changes rest upon it: code\.txt\n.*Undo first.*`git revert -m 1 [0-9a-f]{9}`/);
    expect(readFileSync(join(root, "board/done/b.md"), "utf8")).toBe(before[1]);
    expect(await git("rev-parse", "main~1")).toBe(before[0]);
    expect(readFileSync(join(root, "code.txt"), "utf8")).toBe("one\nb\nmine\n");
  });
});

describe("kanband undo, beside a daemon", () => {
  it("puts a task that was given away into backlog/, where it stays, and says so", async () => {
    const { root } = await boardRepo({
      "board/planned/a.md": shellTask("echo a > a.txt; sleep 600"),
    });
    const daemon = startCli(root, ["up"]);
    await eventually("it runs", () => isAtWork(root, "a.txt"));

    const { stdout } = await runCli(root, ["undo", "a"]);

    expect(stdout).toMatch(/taken back: Assign a[\s\S]*in backlog\/ now[\s\S]*Not in planned\/, where it was/);
    await eventually("its run is stopped", async () => {
      const { runs } = await runCliJson<{ runs: unknown[] }>(root, ["status"]);
      return runs.length === 0;
    });
    expect(lanesOf(root, "a")).toEqual(["backlog"]);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });
});

const KILLS = [
  "git.advance.before-files",
  "git.advance.after-files",
  "git.advance.before-ref",
  "git.advance.after-ref",
];

it.each(someToday(KILLS, 6))(
  "killed at %s, it is taken back from the checkout; asked again where it has to be: the base without the merge, the work on its branch",
  async (point) => {
    const { root, git } = await boardRepo({
      "board/board.md": "---\nagent: shell\n---\n",
      "board/planned/low.md": shellTask("echo low > low.txt"),
    });
    await runCli(root, ["up", "--until-idle"]);
    await runCli(root, ["accept", "low"]);
    await runCli(root, ["up", "--until-idle"]);
    expect(await git("show", "main:low.txt")).toBe("low");
    const merge = readFileSync(join(root, "sessions/low/merge.md"), "utf8");
    if (point === "git.advance.before-ref") {
      const file = readFileSync(join(root, "board/done/low.md"), "utf8");
      const failed = await runCli(root, ["undo", "low"], { env: { KANBAND_FAILPOINTS: `${point}=ENOSPC` } });
      expect([failed.exitCode, lanesOf(root, "low")]).toEqual([70, ["done"]]);
      expect(readFileSync(join(root, "board/done/low.md"), "utf8")).toBe(file);
      expect(readFileSync(join(root, "sessions/low/merge.md"), "utf8")).toBe(merge);
      expect(await git("status", "--porcelain", "--", "*.txt", "board", "sessions/low/merge.md")).toBe("");
    }
    const killed = await runCli(root, ["undo", "low"], { env: { KANBAND_FAILPOINTS: `${point}=kill` } });
    expect(killed.exitCode).toBe(128);
    if (["git.advance.after-files", "git.advance.before-ref"].includes(point)) {
      expect(await git("status", "--porcelain")).toContain("D  low.txt");
      await runCli(root, ["up", "--until-idle"]);
      expect(lanesOf(root, "low")).toEqual(["done"]);
      expect(readFileSync(join(root, "sessions/low/merge.md"), "utf8")).toBe(merge);
      expect(await git("status", "--porcelain")).toBe("");
    }
    // Once the ref has moved all is done; to ask again would take back what was done before.
    if (point !== "git.advance.after-ref") expect((await runCli(root, ["undo", "low"])).exitCode).toBe(0);
    await runCli(root, ["up", "--until-idle"]);

    expect(lanesOf(root, "low")).toEqual(["for_review"]);
    expect(await git("ls-tree", "--name-only", "main", "--", "low.txt")).toBe("");
    expect(await git("show", "kanband/low:low.txt")).toBe("low");
    expect(await git("status", "--porcelain")).toBe("");
    // It dies with the file in both lanes, which is settled by where it was to go.
    const move = await runCli(root, ["accept", "low"], { env: { KANBAND_FAILPOINTS: "files.move.after-link=kill" } });
    expect([move.exitCode, lanesOf(root, "low")]).toEqual([128, ["for_review", "done"]]);
    await runCli(root, ["up", "--until-idle"]);
    expect(lanesOf(root, "low")).toEqual(["done"]);
    expect(await git("show", "main:low.txt")).toBe("low");
    expect(await git("status", "--porcelain")).toBe("");
  },
);

const SLEEPER = "echo assign > assign.txt; sleep 600";

/** A board on which the daemon did each of these last, and runs no more. Each task is named for its kind. */
async function boardOfKinds({ style, keys, isOwnBranch }: { style: string; keys: string; isOwnBranch: boolean }) {
  const { root, git } = isOwnBranch ? await gitRepo({ "code.txt": "one\n" }) : await boardRepo();
  if (isOwnBranch) await runCli(root, ["init", "--branch", "kanban"]);
  const boardRoot = isOwnBranch ? join(root, "kanban") : root;
  writeFiles(boardRoot, {
    "board/board.md": `---\nagent: shell\nmerge_style: ${style}\ngrace: 1s\nretry: { limit: 0 }\n---\n`,
  });
  const write = (kind: Kind, lane: string, script: string): void =>
    writeFiles(boardRoot, { [`board/${lane}/${kind}.md`]: shellTask(script, keys) });
  write("review", "planned", "echo review > review.txt");
  write("merge", "planned", "echo merge > merge.txt");
  write("block", "planned", "exit 1");
  write("request", "backlog", "true");
  await runCli(root, ["up", "--until-idle"]);
  await runCli(root, ["accept", "merge"]);
  const path = join(boardRoot, "board/backlog/request.md");
  writeFileSync(path, readFileSync(path, "utf8").replace("---\n", "---\nlane: blocked\n"));
  await runCli(root, ["up", "--until-idle"]);
  // Written while the daemon is away, so that its first commit both takes it in and gives it away.
  write("assign", "planned", SLEEPER);
  const daemon = startCli(root, ["up"]);
  await eventually("it runs", () => isAtWork(root, "assign.txt"));
  await runCli(root, ["down", "--stop-runs"]);
  await daemon.ended;
  return { root, boardRoot, git, boardGit: gitAt(boardRoot) };
}

/** The path and the bytes of a task's file in the last commit in which it lay where the daemon took it from. */
async function fileBefore(git: Git, kind: Kind, keys: string): Promise<[path: string, text: string]> {
  const path = `board/${LANE_BEFORE[kind]}/${kind}.md`;
  if (kind === "assign") return [path, shellTask(SLEEPER, keys).trimEnd()];
  const gone = await git("log", "-1", "--format=%H", "--no-renames", "--diff-filter=D", "--", path);
  return [path, await git("show", `${gone}^:${path}`)];
}

function lanesOf(boardRoot: string, id: string): string[] {
  return LANES.filter((lane) => readdirSync(join(boardRoot, "board", lane)).includes(`${id}.md`));
}

function isAtWork(root: string, file: string): boolean {
  const pool = join(root, ".kanband/worktrees");
  return existsSync(pool) && readdirSync(pool).some((name) => existsSync(join(pool, name, file)));
}
