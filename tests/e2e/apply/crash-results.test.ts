import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { sweepResults } from "../../../src/apply/sweep-results.ts";
import { noteResult, readResults } from "../../../src/apply/tree-results.ts";
import { noteVainMerge } from "../../../src/apply/vain-merges.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";
import { collectCall, dieAt, effectCall, expectTidy, startAgain, workAccepted, workDone } from "./crash-board.ts";
import { DAYS_APART, points } from "./crash-points.ts";

// A third of them each day.
const it = itInTurn(1, DAYS_APART);

describe("killed at any step of the checks", () => {
  const CHECK = { kind: "check", taskId: "a", slot: "A", attempt: 1 } as const;

  it.each([...points("apply.verify"), "process.start.after-record", "process.start.after-spawn"])(
    "%s: one verdict",
    async (point) => {
      const board = await workDone(["test -e new.txt"]);
      await dieAt(point, board, effectCall(CHECK));
      await startAgain(board);
      await board.run(CHECK);
      await board.over();
      await collectAll(board);
      expect(board.read("sessions/a/checks.md")).toMatch(/verdict: clean/);
      await expectTidy(board);
    },
  );

  it.each(points("apply.check"))("%s: one verdict where there is nothing to run", async (point) => {
    const board = await workDone([]);
    await dieAt(point, board, effectCall(CHECK));
    await board.run(CHECK);
    expect(board.read("sessions/a/checks.md")).toMatch(/verdict: clean/);
  });
});

describe("killed at any step of a merge", () => {
  const MERGE = { kind: "merge", taskId: "a" } as const;

  it.each([
    ...points(
      "apply.merge.before-a",
      "apply.merge.after-a",
      "apply.merge.before-s",
      "apply.merge.after-s",
      "git.advance",
    ),
  ])("%s: merged once, the checkout follows", async (point) => {
    const board = await workAccepted([]);
    await dieAt(point, board, effectCall(MERGE));
    await board.git("worktree", "prune");
    await board.run(MERGE);
    await expectMerged(board);
  });

  it.each(
    points(
      "apply.merge.before-remove",
      "apply.merge.after-remove",
      "apply.worktree.before-free",
      "apply.worktree.after-free",
    ),
  )("%s: verified and merged once", async (point) => {
    const board = await workAccepted(["test -e new.txt"]);
    if (point.startsWith("apply.worktree")) await dieAt(point, board, effectCall(MERGE));
    else {
      await board.run(MERGE);
      await board.over();
      await dieAt(point, board, collectCall(board));
    }
    await startAgain(board);
    await collectAll(board);
    await board.run(MERGE);
    await board.over();
    await collectAll(board);
    await expectMerged(board);
    expect(await board.git("branch", "--list", "kanband-free/*")).toBe("");
  });

  it.each(points("apply.conflict"))("%s: the base is brought in once", async (point) => {
    const board = await workAccepted([]);
    board.write("new.txt", "mine\n");
    await board.git("add", "new.txt");
    await board.git("commit", "-qm", "Mine");
    await board.run(MERGE);
    await board.git("mv", "board/done/a.md", "board/doing/a.md");
    await board.commit();
    const launch = launchOf("a", { attempt: 2, cause: "conflict" });
    await dieAt(point, board, effectCall(launch));
    await startAgain(board);
    await board.run(launch);
    await board.over();
    await collectAll(board);
    expect(await board.git("rev-list", "--merges", "--count", "main..kanband/a")).toBe("1");
  });

  async function expectMerged(board: ApplyBoard): Promise<void> {
    expect(board.read("sessions/a/merge.md")).toMatch(/verdict: merged/);
    expect(board.read("new.txt")).toBe("new\n");
    expect(await board.git("rev-list", "--merges", "--count", "main")).toBe("1");
    await board.commit();
    expect(await board.git("status", "--porcelain")).toBe("");
    await expectTidy(board);
  }
});

it("what is known of a merge goes once it is over, and at the next start, whoever died in between", async () => {
  const board = await workAccepted([]);
  await board.git("branch", "kanband/blocked");
  const left = () => ["a", "blocked", "gone"].filter((id) => readResults(board.world, id).size > 0);
  const note = () => {
    for (const id of ["a", "blocked", "gone"]) {
      noteResult(board.world, id, { key: "tree", red: null });
      noteVainMerge(board.world, id);
    }
  };
  note();
  await sweepResults(board.world);
  expect(left()).toEqual(["a"]);
  expect(readdirSync(join(board.world.runtimeDir, "vain-merges"))).toEqual(["a"]);
  await board.run({ kind: "merge", taskId: "a" });
  note();
  await board.run({ kind: "drop-branch", taskId: "a", sha: await board.git("rev-parse", "kanband/a") });
  expect(left()).toEqual(["blocked", "gone"]);
});

describe("killed at any step of giving back", () => {
  it.each(points("apply.release"))("%s: unsaved work is on a ref, the worktree is free", async (point) => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("true") });
    await board.run({ kind: "prepare", taskId: "a", slot: "A" });
    board.write(".kanband/worktrees/w1/unsaved.txt", "unsaved\n");
    const release = { kind: "release", taskId: "a", worktree: "w1" } as const;
    await dieAt(point, board, effectCall(release));
    await board.run(release);
    expect(await board.git("show", "refs/kanband/preserved/a/1:unsaved.txt")).toBe("unsaved");
    expect((await board.look()).worktrees).toMatchObject([{ taskId: null, isUsable: true }]);
  });

  it.each(points("apply.drop"))("%s: the branch goes", async (point) => {
    const board = await workAccepted([]);
    const sha = await board.git("rev-parse", "kanband/a");
    await board.run({ kind: "merge", taskId: "a" });
    const drop = { kind: "drop-branch", taskId: "a", sha } as const;
    await dieAt(point, board, effectCall(drop));
    await board.run(drop);
    expect(await board.git("branch", "--list", "kanband*")).toBe("");
  });

  it.each(points("apply.stop"))("%s: a run that is to end ends", async (point) => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("sleep 300") });
    await board.run(launchOf("a"));
    const stop = { kind: "stop", taskId: "a", runId: board.runs()[0]?.runId ?? "", reason: "person" } as const;
    await dieAt(point, board, effectCall(stop));
    await board.run(stop);
    await collectAll(board);
    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "stopped" });
    await expectTidy(board);
  });
});

describe("killed at any step of an edit or a commit", () => {
  const edit = (board: ApplyBoard) =>
    `const { tasks } = await look();
     const view = tasks.find(({ id }) => id === "a");
     const edit = { kind: "edit", intent: "assign", taskId: "a", path: view.path, expectBlob: view.blobSha, toLane: "doing", set: [["assigned", "A"]], subject: "Assign a", trailers: [], notice: null${board.has("sessions/a/engineer.md") ? ', marksSessions: ["sessions/a/engineer.md"]' : ""} };
     const outcome = await applyEdit(world, edit);
     await applyCommit(world, { boardBranch: "main", edits: [{ edit, touched: outcome.touched }], changes: [] });`;

  it.each([...points("apply.edit", "apply.commit")])("%s: the task is in one place, whole", async (point) => {
    const session = point.includes("mark") ? { "sessions/a/engineer.md": "---\nstate: failed\n---\n\nNo.\n" } : {};
    const board = await applyBoard({ "board/planned/a.md": "---\ntitle: A\n---\nbody\n", ...session });
    await dieAt(point, board, edit(board));
    await startAgain(board);
    await board.commit();
    const snapshot = await board.look();
    const [view] = snapshot.tasks.filter(({ id }) => id === "a");
    const older = view?.duplicates.filter(({ isOlderVersion }) => isOlderVersion) ?? [];
    expect(view?.duplicates.length).toBe(older.length);
    expect(["board/planned/a.md", "board/doing/a.md"]).toContain(view?.path);
    expect(board.read(view?.path ?? "")).toMatch(/^---\ntitle: A\n(assigned: A\n)?---\nbody\n$/);
    expect(existsSync(join(board.root, ".git/index.lock"))).toBe(false);
  });

  it.each(points("apply.duplicate"))("%s: the older one goes, the other stays", async (point) => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n", "board/doing/a.md": "# A\nmore\n" });
    const call = `
      const snapshot = await look();
      const { blobSha } = await import("./files/durable.js");
      const edit = { kind: "edit", intent: "remove-duplicate", taskId: "a", path: "board/planned/a.md", expectBlob: blobSha(Buffer.from("# A\\n")), toLane: null, set: [], subject: "Remove", trailers: [], notice: null };
      await applyEdit(world, edit);`;
    await dieAt(point, board, call);
    await startAgain(board);
    expect(board.read("board/doing/a.md")).toBe("# A\nmore\n");
    expect(board.has("board/planned/a.md")).toBe(point.includes("before"));
  });
});
