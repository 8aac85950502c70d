import { describe, expect, it } from "vitest";
import { undoTask } from "../../../src/apply/undo-task.ts";
import { type ApplyBoard, applyBoard } from "./apply-board.ts";

/**
 * A board on which the daemon did this last to `a`, whose branch holds work that the base has not, is at the base, or is not
 * there.
 */
async function boardAfter(move: string, branch: "work" | "base" | "none" = "work"): Promise<ApplyBoard> {
  const [from, to, intent] = move.split(/\.\.| /);
  const board = await applyBoard({ [`board/${from}/a.md`]: "# A\n" });
  const { git } = board;
  if (branch === "work") await commitOn(board, "main", "work.txt");
  if (branch === "base") await git("branch", "kanband/a");
  await git("mv", `board/${from}/a.md`, `board/${to}/a.md`);
  await git("commit", "-q", "-m", `Move a\n\nTask: a\nLane: ${from}..${to}\nAction: ${intent}`);
  return board;
}

async function commitOn({ git, write }: ApplyBoard, from: string, file: string): Promise<void> {
  await git("checkout", "-q", "-B", "kanband/a", from);
  write(file, "x\n");
  await git("add", file);
  await git("commit", "-q", "-m", "Work");
  await git("checkout", "-q", "main");
}

async function undo(board: ApplyBoard) {
  const snapshot = await board.look();
  const view = snapshot.tasks.find(({ id }) => id === "a");
  if (view === undefined) throw new Error("it is not on the board");
  return await undoTask(board.world, snapshot, view, { isAlive: false });
}

const branchNow = ({ git }: ApplyBoard): Promise<string> =>
  git("for-each-ref", "--format=%(objectname)", "refs/heads/kanband/", "refs/kanband/");

describe("undo without a daemon, of a task whose file does not name its branch", () => {
  it.each([
    ["planned..doing assign", "planned"],
    ["doing..blocked block", "doing"],
    ["doing..for_review review", "doing"],
    ["for_review..doing requeue", "for_review"],
    ["blocked..done request", "blocked"],
    ["done..doing requeue", "done"],
    ["done..backlog request", "done"],
    // Who took it away did not accept it.
    ["done..blocked block", "for_review"],
  ])("leaves a branch that was there before: %s", async (move, lane) => {
    const board = await boardAfter(move);
    const before = await branchNow(board);
    expect(await undo(board)).toMatchObject({ lane, preserved: [] });
    expect(await branchNow(board)).toBe(before);
  });

  it("puts such a branch back to where the run that was assigned found it", async () => {
    const board = await boardAfter("planned..doing assign");
    const start = await board.git("rev-parse", "kanband/a");
    await commitOn(board, "kanband/a", "more.txt");
    const run = `task: a\nstep: work\npersona: engineer\nattempt: 1\nstate: stopped\nstarted: ${new Date(Date.now() + 2000).toISOString()}`;
    board.write("sessions/a/engineer.md", `---\n${run}\nstart_commit: ${start}\n---\n`);
    expect(await undo(board)).toMatchObject({ lane: "planned", preserved: ["refs/kanband/preserved/a/1"] });
    expect(await board.git("rev-parse", "kanband/a", "refs/kanband/preserved/a/1^")).toBe(`${start}\n${start}`);
  });

  it.each([
    ["a branch of a person's", "refs/heads/feature"],
    ["the one below", "refs/kanband/stack/a/low"],
  ])("takes away one that had nothing but the work of %s", async (_, ref) => {
    const board = await boardAfter("planned..doing assign");
    const tip = await board.git("rev-parse", "kanband/a");
    await board.git("update-ref", ref, tip);
    expect(await undo(board)).toMatchObject({ lane: "planned", preserved: ["refs/kanband/preserved/a/1"] });
    expect(await board.git("branch", "--list", "kanband/*")).toBe("");
  });

  it.each([
    ["done..backlog request", "none"],
    ["done..doing requeue", "none"],
    ["done..blocked block", "none"],
    ["done..backlog request", "base"],
  ] as const)("says of nothing that would not be merged that it is done: %s, branch: %s", async (move, branch) => {
    const board = await boardAfter(move, branch);
    expect(await undo(board)).toMatchObject({ lane: "for_review", wasLane: "done" });
    expect(board.read("board/for_review/a.md").includes("branch: kanband/a")).toBe(branch === "base");
  });
});

it("undo of what closed a task whose merge was found again is refused", async () => {
  const board = await boardAfter("blocked..done close", "none");
  await expect(undo(board)).rejects.toThrow("the base has its merge again");
  expect(board.has("board/done/a.md")).toBe(true);
});
