import { expect } from "vitest";
import { undoTask } from "../../../src/apply/undo-task.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, claimedTask, launchOf, runToEnd } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { inStep, landingOf, mergedBoard, moveTo, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

// A quarter of them each day.
const it = itInTurn(2, 4);

/** The base with another commit in place of one, and all that came after it. */
async function replace({ git }: ApplyBoard, sha: string, ...how: string[]): Promise<void> {
  await git("checkout", "-q", "--detach", sha);
  await git("commit", "-q", "--amend", ...how);
  const amended = await git("rev-parse", "HEAD");
  await git("rebase", "-q", "--onto", amended, sha, "main");
}

const told = async (board: ApplyBoard): Promise<string> => {
  const by = await revert(board, await landingOf(board, "a"));
  await tickToEnd(board);
  return by;
};

const undone = async (board: ApplyBoard): Promise<string> => {
  const snapshot = await board.look();
  const view = snapshot.tasks.find(({ id }) => id === "a");
  if (view === undefined) throw new Error("it is not on the board");
  await undoTask(board.world, snapshot, view, { isAlive: true });
  await tickToEnd(board);
  return await board.git("log", "-1", "--format=%H", "--grep=^Undoes: ", "main");
};

const reword = async (board: ApplyBoard, by: string): Promise<void> => {
  const message = await board.git("log", "-1", "--format=%B", by);
  await replace(board, by, "-m", `${message}\n\nBecause.`);
};

/** Takes the secret out of the history that leads to where the branch began. */
const purge = async (board: ApplyBoard): Promise<void> => {
  const oops = await board.git("log", "-1", "--format=%H", "--grep=^Oops$", "main");
  await board.git("rebase", "-q", "--onto", `${oops}^`, oops, "main");
};

const moreWork = async ({ git, write }: ApplyBoard): Promise<void> => {
  await git("checkout", "-q", "kanband/a");
  write("more.txt", "more\n");
  await git("add", "more.txt");
  await git("commit", "-q", "-m", "More");
  await git("checkout", "-q", "main");
};

const toBefore = async ({ git }: ApplyBoard, _by: string, landing: string): Promise<void> => {
  const before = await git("rev-parse", "main");
  await git("reset", "-q", "--hard", `${landing}^`);
  await git("rm", "-rqf", "--ignore-unmatch", "board", "sessions");
  await git("checkout", before, "--", "board", "sessions");
  await git("commit", "-q", "-m", "The board as it was");
};

it.each([
  ["its revert reworded", "merge", told, reword],
  ["its revert reworded", "squash", told, reword],
  ["its revert reworded", "rebase", told, reword],
  ["its undo reworded", "merge", undone, reword],
  ["something else purged before it", "merge", told, purge],
  ["something else purged before its undo", "merge", undone, purge],
  ["the base forced to before all of it", "merge", told, toBefore],
] as const)("a branch that began anew, then %s (%s): its work is merged, and nothing else", async (...row) => {
  const [, style, lose, rewrite] = row;
  const board = await mergedBoard(["a"], { style });
  const landing = await landingOf(board, "a");
  board.write("secret.txt", "secret\n");
  await board.git("add", "secret.txt");
  await board.git("commit", "-q", "-m", "Oops");
  const by = await lose(board);
  if (style === "squash") await moreWork(board);
  const isKept = rewrite === reword;
  await rewrite(board, by, landing);
  await tickToEnd(board);
  await moveTo(board, "a", lose === told ? "blocked" : "for_review", "done");
  await tickToEnd(board);

  expect([board.has("board/done/a.md"), board.read("a.txt"), board.has("more.txt")]).toEqual([
    true,
    "a\n",
    style === "squash",
  ]);
  expect(board.has("secret.txt")).toBe(isKept);
  expect(await board.git("log", "--format=%s", "main")).toEqual(
    isKept ? expect.stringContaining("Oops") : expect.not.stringContaining("Oops"),
  );
  // Neither what was taken out of the history, nor what stands there in another form.
  expect((await board.git("branch", "--format=%(refname)", "--contains", by)).split("\n")).not.toContain(
    "refs/heads/main",
  );
  expect(await board.git("branch", "--list", "kanband/*")).toBe("");
});

it("a branch that began anew where the base is no longer, in conflict: its rework gets both sides, and no history comes along", async () => {
  const changes = { a: { "a.txt": "a\n", "src/app.txt": "theirs\n" } };
  const board = await batchBoard(["a"], { verify: [], changes, clock: inStep });
  await tickToEnd(board);
  const by = await told(board);
  const tip = await board.git("rev-parse", "kanband/a");
  await reword(board, by);
  board.write("src/app.txt", "mine\n");
  await board.git("commit", "-q", "-a", "-m", "Mine");
  await board.git("rm", "-q", "board/blocked/a.md");
  board.write("board/doing/a.md", claimedTask("printf 'both\\n' > src/app.txt").replace("attempt: 1", "attempt: 2"));
  await board.commit();
  await runToEnd(board, launchOf("a", { attempt: 2, cause: "conflict" }));
  const brought = await board.git("rev-parse", "kanband/a~1");
  expect(await board.git("show", `${brought}:src/app.txt`)).toMatch(/<{7}[\s\S]*theirs[\s\S]*mine[\s\S]*>{7}/);
  expect(await board.git("branch", "--format=%(refname)", "--contains", by)).toBe("");
  expect(await board.git("rev-parse", "refs/kanband/preserved/a/1")).toBe(tip);

  await board.commit();
  await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 2 });
  expect(board.read("sessions/a/checks.md")).toMatch(/verdict: clean/);
  await moveTo(board, "a", "doing", "done");
  await board.commit();
  await tickToEnd(board);
  expect([board.read("a.txt"), board.read("src/app.txt")]).toEqual(["a\n", "both\n"]);
});
