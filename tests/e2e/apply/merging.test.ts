import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect } from "vitest";
import { tempFolder } from "../../helpers/git-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd, settleRuns } from "./apply-board.ts";

// A third of them each day.
const it = itInTurn(0, 3);
const MERGE = { kind: "merge", taskId: "a" } as const;

async function accepted(
  script: string,
  options: { verify?: string[]; files?: Record<string, string>; clock?: () => number } = {},
): Promise<ApplyBoard> {
  const board = await applyBoard(
    { "board/doing/a.md": claimedTask(script), ...options.files },
    { settings: { verify: options.verify ?? [] }, clock: options.clock ?? Date.now },
  );
  await runToEnd(board, launchOf("a"));
  await board.git("mv", "board/doing/a.md", "board/done/a.md");
  await board.commit();
  await board.run({ kind: "release", taskId: "a", worktree: "w1" });
  return board;
}

async function merged(board: ApplyBoard, conflicts = 0) {
  await board.run({ ...MERGE, conflicts });
  await settleRuns(board);
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

describe("merging", () => {
  it("moves the base and the checkout, with verify on the merged tree in a worktree that is given back", async () => {
    const board = await accepted("echo new > new.txt", { verify: ["test -e new.txt -a -e both.txt"] });
    board.write("both.txt", "both\n");
    await board.git("add", "both.txt");
    await board.git("commit", "-qm", "Meanwhile");
    const it = await merged(board);
    expect(it).toMatchObject({ verdict: "merged", attempt: 1, commitSha: await board.git("rev-parse", "kanband/a") });
    const landing = await board.git("log", "-1", "--format=%H %(trailers:key=Merged,valueonly)", "main");
    expect(landing.trim()).toBe(`${it?.mergedAs} ${it?.commitSha}`);
    expect(existsSync(join(board.root, "new.txt"))).toBe(true);
    expect(await board.git("log", "-1", "--format=%P", "main")).toMatch(/^\w+ \w+$/);
    expect(await board.git("diff", "--stat", "HEAD", "--", "board", "personas")).toBe("");
    expect((await board.look()).worktrees).toMatchObject([{ taskId: null }]);
  });

  it.each([
    ["a branch without a commit", "git checkout -q --orphan nothing"],
    ["no worktree at all", 'git worktree remove --force "$PWD"; mkdir -p "$PWD"'],
  ])("goes on when verify leaves %s", async (_, command) => {
    const board = await accepted("echo new > new.txt", { verify: [command] });
    expect(await merged(board)).toMatchObject({ verdict: "merged" });
    expect(board.read("new.txt")).toBe("new\n");
    await board.run({ kind: "warm", worktree: null });
    expect((await board.look()).worktrees).toMatchObject([{ taskId: null }]);
    expect(board.complaints).toEqual([]);
  });

  it("does the same when repeated, and makes no second merge", async () => {
    const board = await accepted("echo new > new.txt");
    await merged(board);
    const main = await board.git("rev-parse", "main");
    expect(await merged(board)).toMatchObject({ verdict: "merged" });
    expect(await board.git("rev-parse", "main")).toBe(main);
  });

  it("goes nowhere when verify fails on the merged tree", async () => {
    const board = await accepted("echo new > new.txt", { verify: ["test ! -e other.txt"] });
    board.write("other.txt", "x\n");
    await board.git("add", "other.txt");
    await board.git("commit", "-qm", "Meanwhile");
    const main = await board.git("rev-parse", "main");
    expect(await merged(board)).toMatchObject({
      verdict: "checks-failed",
      state: "failed",
      reason: "`test ! -e other.txt` exited with 1",
    });
    expect(await board.git("rev-parse", "main")).toBe(main);
  });

  it("tells of a conflict, with both sides", async () => {
    const board = await accepted("echo theirs > src/app.txt");
    board.write("src/app.txt", "mine\n");
    await board.git("commit", "-qam", "Mine");
    expect(await merged(board)).toMatchObject({ verdict: "conflict", reworks: 0, reason: "conflict in src/app.txt:1" });
    expect(board.read("sessions/a/merge.md")).toMatch(
      /as the base has it:[\s\S]*mine[\s\S]*as the branch has it:[\s\S]*theirs/,
    );
    expect(board.read("src/app.txt")).toBe("mine\n");
    expect(await merged(board, 1)).toMatchObject({ verdict: "conflict", reworks: 1 });
  });

  it("lets the rework of a conflict mend it", async () => {
    const board = await accepted("echo theirs > src/app.txt");
    board.write("src/app.txt", "mine\n");
    await board.git("commit", "-qam", "Mine");
    await merged(board);
    await board.git("mv", "board/done/a.md", "board/doing/a.md");
    board.write(
      "board/doing/a.md",
      claimedTask("cat src/app.txt\nprintf 'mine\\ntheirs\\n' > src/app.txt").replace("attempt: 1", "attempt: 2"),
    );
    await board.commit();
    await runToEnd(board, launchOf("a", { attempt: 2, cause: "conflict" }));
    expect(board.read("sessions/a/engineer.md")).toMatch(/<{7}[\s\S]*mine|theirs[\s\S]*>{7}/);
    await board.commit();
    await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 2 });
    expect(board.read("sessions/a/checks.md")).toMatch(/verdict: clean/);
    await board.git("mv", "board/doing/a.md", "board/done/a.md");
    await board.commit();
    expect(await merged(board)).toMatchObject({ verdict: "merged" });
    expect(board.read("src/app.txt")).toBe("mine\ntheirs\n");
  });

  it("brings the base in once for a rework that starts twice, though the board moves in between", async () => {
    const board = await accepted("echo theirs > src/app.txt");
    board.write("src/app.txt", "mine\n");
    await board.git("commit", "-qam", "Mine");
    await merged(board);
    await board.git("mv", "board/done/a.md", "board/doing/a.md");
    board.write("board/doing/a.md", claimedTask("cat src/app.txt").replace("attempt: 1", "attempt: 2"));
    await board.commit();
    for (const note of ["one", "two"]) {
      await runToEnd(board, launchOf("a", { attempt: 2, cause: "conflict" }));
      board.write(`board/backlog/${note}.md`, "# A note\n");
      await board.commit();
    }
    const brought = await board.git("log", "--format=%s", "--grep=Merge main into", "kanband/a");
    expect(brought.split("\n")).toHaveLength(1);
  });

  it("refuses a rework that leaves the markers", async () => {
    const board = await accepted("echo theirs > src/app.txt");
    board.write("src/app.txt", "mine\n");
    await board.git("commit", "-qam", "Mine");
    await merged(board);
    await board.git("mv", "board/done/a.md", "board/doing/a.md");
    board.write("board/doing/a.md", claimedTask("echo done").replace("attempt: 1", "attempt: 2"));
    await board.commit();
    await runToEnd(board, launchOf("a", { attempt: 2, cause: "conflict" }));
    await board.commit();
    await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 2 });
    expect(board.read("sessions/a/checks.md")).toMatch(/must-fix[\s\S]*still in conflict: src\/app\.txt:1-5 has/);
  });

  it("waits for a dirty checkout, names the files and touches none, and does not verify the same code again", async () => {
    // Its observer's.
    const clock = (): number => Date.now() + 60_000;
    const count = join(tempFolder(), "count");
    const board = await accepted("echo theirs >> src/app.txt", { clock, verify: [`echo >> ${count}`] });
    board.write("src/app.txt", "half an edit\n");
    expect(await merged(board)).toMatchObject({ verdict: "waiting", reason: "unsaved changes in src/app.txt" });
    expect(board.read("src/app.txt")).toBe("half an edit\n");
    const record = board.read("sessions/a/merge.md");
    const before = clock();
    expect(await merged(board)).toMatchObject({ verdict: "waiting" });
    expect(board.read("sessions/a/merge.md")).toBe(record);
    expect((await board.look()).branches.get("a")?.triedAt).toBeGreaterThanOrEqual(before);
    board.write("board/planned/new.md", "# New\n");
    await board.commit();
    expect(await merged(board)).toMatchObject({ verdict: "waiting" });
    expect(readFileSync(count, "utf8")).toHaveLength(1);
    board.write("src/more.txt", "more\n");
    await board.git("add", "src/more.txt");
    await board.git("commit", "-qm", "More");
    expect(await merged(board)).toMatchObject({ verdict: "waiting" });
    expect(readFileSync(count, "utf8")).toHaveLength(2);
    await board.git("checkout", "-q", "--", "src/app.txt");
    expect(await merged(board)).toMatchObject({ verdict: "merged" });
  });

  it("never brings a change of the convention's folders into the base", async () => {
    const board = await accepted("echo new > new.txt");
    await board.git("checkout", "-q", "kanband/a");
    board.write("personas/engineer.md", "---\nmutates: true\n---\nEvil.\n");
    await board.git("commit", "-qam", "Evil");
    await board.git("checkout", "-q", "main");
    expect(await merged(board)).toMatchObject({
      verdict: "checks-failed",
      reason: expect.stringContaining("personas/"),
    });
  });

  it("goes on without a second verify when only the board has moved", async () => {
    const board = await accepted("echo new > new.txt", { verify: ["echo ran >> $KANBAND_TEST_LOG; sleep 0.2"] });
    await board.run(MERGE);
    board.write("board/planned/new.md", "# New\n");
    await board.commit();
    await board.over();
    await collectAll(board);
    expect(board.runs()).toEqual([]);
    expect(board.read("sessions/a/merge.md")).toMatch(/verdict: merged/);
    expect(await board.git("show", "main:board/planned/new.md")).toBe("# New");
  });

  it("verifies again when the code has moved", async () => {
    const board = await accepted("echo new > new.txt", { verify: ["sleep 0.2"] });
    await board.run(MERGE);
    board.write("src/app.txt", "moved\n");
    await board.git("commit", "-qm", "Moved", "--", "src/app.txt");
    await board.over();
    await collectAll(board);
    expect(board.runs()).toHaveLength(1);
    await board.over();
    await collectAll(board);
    expect(board.read("sessions/a/merge.md")).toMatch(/verdict: merged/);
    expect(await board.git("show", "main:src/app.txt")).toBe("moved");
  });

  it("merges nothing that is no longer accepted when verify ends", async () => {
    const board = await accepted("echo new > new.txt", { verify: ["sleep 0.2"] });
    await board.run(MERGE);
    await board.git("mv", "board/done/a.md", "board/blocked/a.md");
    await board.commit();
    const main = await board.git("rev-parse", "main");
    await board.over();
    await collectAll(board);
    expect(await board.git("rev-parse", "main")).toBe(main);
    expect(board.has("sessions/a/merge.md")).toBe(false);
  });
});

describe("giving worktrees and branches back", () => {
  it("keeps unsaved work on a ref before a worktree is freed", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("true") });
    await board.run({ kind: "prepare", taskId: "a", slot: "A" });
    board.write(".kanband/worktrees/w1/unsaved.txt", "unsaved\n");
    await board.run({ kind: "release", taskId: "a", worktree: "w1" });
    expect(await board.git("show", "refs/kanband/preserved/a/1:unsaved.txt")).toBe("unsaved");
    expect(existsSync(join(board.root, ".kanband/worktrees/w1/unsaved.txt"))).toBe(false);
    expect((await board.look()).worktrees).toMatchObject([{ taskId: null, isUsable: true }]);
    await board.run({ kind: "release", taskId: "a", worktree: "w1" });
  });

  it("leaves a worktree alone in which a run is recorded", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("sleep 300") });
    await board.run(launchOf("a"));
    await board.run({ kind: "release", taskId: "a", worktree: "w1" });
    expect((await board.look()).worktrees).toMatchObject([{ taskId: "a" }]);
  });

  it("removes what the pool has no room for, and warms what it has", async () => {
    const board = await applyBoard(
      { "board/doing/a.md": claimedTask("true") },
      { settings: { worktree: { copy: [], setup: [], pool: 1 } } },
    );
    await board.run({ kind: "warm", worktree: null });
    await board.run({ kind: "prepare", taskId: "a", slot: "A" });
    await board.run({ kind: "warm", worktree: null });
    expect((await board.look()).worktrees.map(({ taskId }) => taskId)).toEqual(["a", null]);
    await board.run({ kind: "release", taskId: "a", worktree: "w1" });
    expect((await board.look()).worktrees).toMatchObject([{ name: "w2", taskId: null, isUsable: true }]);
    expect(await board.git("branch", "--list", "kanband*")).toBe("  kanband/a");
    await board.run({ kind: "prepare", taskId: "a", slot: "A" });
    expect((await board.look()).worktrees).toHaveLength(1);
  });

  it("takes nothing away that another task is given meanwhile", async () => {
    const board = await applyBoard(
      {
        "board/doing/a.md": claimedTask("true"),
        "board/doing/b.md": claimedTask("true").replace("assigned: A", "assigned: B"),
      },
      { settings: { worktree: { copy: [], setup: [], pool: 0 } } },
    );
    for (let round = 0; round < 5; round++) {
      await board.run({ kind: "prepare", taskId: "a", slot: "A" });
      const held = (await board.look()).worktrees.find(({ taskId }) => taskId === "a");
      const given = (async () => {
        await setTimeout(round * 8);
        await board.run({ kind: "prepare", taskId: "b", slot: "B" });
      })();
      await Promise.all([board.run({ kind: "release", taskId: "a", worktree: held?.name ?? "" }), given]);
      const after = (await board.look()).worktrees;
      expect(after).toMatchObject([{ taskId: "b", isUsable: true }]);
      expect(existsSync(join(board.root, ".kanband/worktrees", after[0]?.name ?? "", "src/app.txt"))).toBe(true);
      // Its turn is over too late for what the other was given already.
      await board.run({ kind: "release", taskId: "a", worktree: after[0]?.name ?? "" });
      expect((await board.look()).worktrees).toEqual(after);
      await board.run({ kind: "release", taskId: "b", worktree: after[0]?.name ?? "" });
    }
  });

  it("drops no branch that the base does not hold, nor one that moved", async () => {
    const board = await accepted("echo new > new.txt");
    const sha = await board.git("rev-parse", "kanband/a");
    await board.run({ kind: "drop-branch", taskId: "a", sha });
    expect(await board.git("rev-parse", "kanband/a")).toBe(sha);
    await merged(board);
    const main = await board.git("rev-parse", "main");
    await board.run({ kind: "drop-branch", taskId: "a", sha: main });
    expect(await board.git("rev-parse", "kanband/a")).toBe(sha);
    await board.run({ kind: "drop-branch", taskId: "a", sha });
    await board.run({ kind: "drop-branch", taskId: "a", sha });
    expect(await board.git("branch", "--list", "kanband*")).toBe("");
  });
});
