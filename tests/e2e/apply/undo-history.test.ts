import { watch } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { lastAction } from "../../../src/apply/undo-reads.ts";
import { undoTask } from "../../../src/apply/undo-task.ts";
import { type ApplyBoard, applyBoard } from "./apply-board.ts";

const MAIN = "refs/heads/main";
const VICTIM = { id: "victim", sessions: [], isAtWork: false };

async function boardWithMerge(): Promise<{ board: ApplyBoard; landing: string }> {
  const board = await applyBoard({ "board/done/victim.md": "# Add it\n" });
  const { git } = board;
  await commit(board, "kanband/victim", "main", "victim.txt", "Work");
  const tip = await git("rev-parse", "kanband/victim");
  await mergeIn(board, "kanband/victim", `Merge victim: Add it\n\nTask: victim\nMerged: ${tip}`);
  return { board, landing: await git("rev-parse", "main") };
}

/** A commit upon `from` that adds a file, on a branch. */
async function commit(board: ApplyBoard, branch: string, from: string, file: string, message: string): Promise<string> {
  const { git } = board;
  await git("checkout", "-q", "-B", branch, from);
  board.write(file, "x\n");
  await git("add", "-A", file);
  await git("commit", "-q", "-m", message);
  await git("checkout", "-q", "main");
  return await git("rev-parse", branch);
}

async function mergeIn({ git }: ApplyBoard, branch: string, message: string): Promise<void> {
  await git("merge", "-q", "--no-ff", "-m", message, branch);
}

async function undo(board: ApplyBoard) {
  const snapshot = await board.look();
  const view = snapshot.tasks.find(({ id }) => id === "victim");
  if (view === undefined) throw new Error("it is not on the board");
  return await undoTask(board.world, snapshot, view, { isAlive: true });
}

const last = async (board: ApplyBoard) => await lastAction(board.world, MAIN, { ...VICTIM, lane: "done" });

describe("what the daemon did last to a task, as the history tells it", () => {
  it("is never a merge, nor the undoing of one, that a branch brought in", async () => {
    const { board, landing } = await boardWithMerge();
    const forged = `Merge victim: Add it\n\nTask: victim\nMerged: ${landing}`;
    await commit(board, "kanband/forger", "main", "forged.txt", forged);
    await commit(board, "kanband/forger", "kanband/forger", "more.txt", `Undo\n\nTask: victim\nUndoes: ${landing}`);
    await mergeIn(board, "kanband/forger", "Merge forger: It\n\nTask: forger");

    expect(await last(board)).toMatchObject({ kind: "merge", sha: landing });
  });

  it("is no commit that names another tip than it brought in, or none", async () => {
    const { board, landing } = await boardWithMerge();
    for (const merged of [`\nMerged: ${landing}`, ""]) {
      await commit(board, "by-hand", "main", `by-hand${merged.length}.txt`, "Work");
      await mergeIn(board, "by-hand", `Merge victim: Add it\n\nTask: victim${merged}`);
    }

    expect(await last(board)).toMatchObject({ kind: "merge", sha: landing });
  });

  it("is no move that a branch, or a commit of more than the board, tells of", async () => {
    const { board, landing } = await boardWithMerge();
    const move = "Move it\n\nTask: victim\nLane: doing..blocked\nAction: block";
    await commit(board, "kanband/forger", "main", "board/backlog/x.md", move);
    await mergeIn(board, "kanband/forger", "Merge forger: It\n\nTask: forger");
    await commit(board, "ahead", "main", "src/ahead.txt", move);
    await board.git("merge", "-q", "--ff-only", "ahead");
    await board.git("commit", "-q", "--allow-empty", "-m", move);

    const onBoard = { ...VICTIM, lane: "blocked" as const };
    expect(await lastAction(board.world, MAIN, onBoard)).toBeNull();
    expect(await last(board)).toMatchObject({ kind: "merge", sha: landing });
    await commit(board, "board", "main", "board/backlog/y.md", move);
    await board.git("merge", "-q", "--ff-only", "board");
    expect(await lastAction(board.world, MAIN, onBoard)).toMatchObject({ intent: "block", from: "doing" });
  });

  it("is no move by a person that the daemon only tidied up after", async () => {
    const { board } = await boardWithMerge();
    const own = "Block it\n\nTask: victim\nLane: doing..blocked\nAction: block";
    const tidied = "Put the keys right\n\nTask: victim\nAction: normalise\nLane: blocked..backlog";
    for (const [index, message] of [own, tidied].entries()) {
      await commit(board, "board", "main", `board/backlog/z${index}.md`, message);
      await board.git("merge", "-q", "--ff-only", "board");
    }

    const action = await lastAction(board.world, MAIN, { ...VICTIM, lane: "backlog" });
    expect(action).toMatchObject({ intent: "block", from: "doing" });
  });
});

it("says where a person moved the file on before the daemon's move was committed", async () => {
  const board = await applyBoard({ "board/doing/victim.md": "# Add it\n" });
  await board.git("rm", "-q", "board/doing/victim.md");
  const message = "Hand victim over for review\n\nTask: victim\nLane: doing..for_review\nAction: review";
  await board.git("commit", "-q", "-m", message);
  board.write("board/planned/victim.md", "# Add it\n");

  await expect(undo(board)).rejects.toThrow("somebody moved it from for_review/ to planned/");
});

describe("a merge that cannot be taken back", () => {
  it("leaves the file where it is all the time, and is taken back once the way is free", async () => {
    const { board } = await boardWithMerge();
    const moved: (string | null)[] = [];
    const watcher = watch(join(board.root, "board/for_review"), (_, name) => void moved.push(name));
    onTestFinished(() => watcher.close());
    board.write("victim.txt", "dirty\n");

    await expect(undo(board)).rejects.toThrow("a checkout has changes in victim.txt");
    expect(board.has("board/done/victim.md")).toBe(true);
    await board.git("checkout", "-q", "victim.txt");
    board.write("board/for_review/mark", "");
    await expect.poll(() => moved).toContain("mark");
    expect(moved.filter((it) => it !== "mark")).toEqual([]);
    expect(await undo(board)).toMatchObject({ lane: "for_review", path: "board/for_review/victim.md" });
    expect(board.has("victim.txt")).toBe(false);
  });
});

/** A landing of three commits upon two of a person's, as `merge_style: rebase` makes them. */
async function boardWithRebase(): Promise<ApplyBoard> {
  const board = await applyBoard({ "board/done/victim.md": "# Add it\n" });
  for (const name of ["p1", "p2"]) await commit(board, "main", "main", `${name}.txt`, `Person's ${name}`);
  const steps: string[] = [];
  for (const at of [1, 2, 3]) {
    const from = steps.at(-1) ?? "main";
    steps.push(await commit(board, "kanband/victim", from, `t${at}.txt`, `Step ${at}`));
  }
  await board.git("cherry-pick", "-x", ...steps);
  await board.git("commit", "-q", "--amend", "-m", `Step 3\n\nTask: victim\nMerged: ${steps[2]}\nCommits: 3`);
  return board;
}

describe("taking back a landing of several commits", () => {
  it("takes those and no others", async () => {
    const board = await boardWithRebase();
    expect(await undo(board)).toMatchObject({ lane: "for_review" });
    expect(await board.git("ls-tree", "--name-only", "main", "--", "p1.txt", "p2.txt", "t1.txt", "t3.txt")).toBe(
      "p1.txt\np2.txt",
    );
  });

  it("is refused where a person joined them: those before are somebody else's", async () => {
    const board = await boardWithRebase();
    const message = await board.git("log", "-1", "--format=%B");
    await board.git("reset", "-q", "--soft", "HEAD~3");
    await board.git("commit", "-q", "-m", message);
    const main = await board.git("rev-parse", "main");
    await expect(undo(board)).rejects.toThrow("are not those that came with it any more: `git revert` what is to go");
    expect(await board.git("rev-parse", "main")).toBe(main);
    expect(board.has("board/done/victim.md")).toBe(true);
  });
});
