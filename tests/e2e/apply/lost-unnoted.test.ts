import { expect } from "vitest";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, openApplyBoard } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { inStep, landingOf, mergedBoard, moveTo, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

// A third of them each day.
const it = itInTurn(1, 3);

/** Takes a landing out of the history of the base. */
async function drop({ git }: ApplyBoard, sha: string): Promise<void> {
  await git("rebase", "-q", "--onto", `${sha}^`, sha, "main");
}

const blockedLine = (board: ApplyBoard, id: string): string =>
  /^blocked:.*$/m.exec(board.read(`board/blocked/${id}.md`))?.[0] ?? "";

it.each([
  ["deleted", async ({ git }: ApplyBoard) => await git("rm", "-q", "board/done/a.md")],
  ["put off", async (board: ApplyBoard) => await moveTo(board, "a", "done", "backlog")],
])("the work of a task that was %s ends on a ref when the base is forced back", async (_, away) => {
  const board = await mergedBoard(["a"]);
  const landing = await landingOf(board, "a");
  const tip = await board.git("rev-parse", `${landing}^2`);
  await away(board);
  await board.git("commit", "-q", "-m", "Away");
  await drop(board, landing);
  await tickToEnd(board);
  expect(await board.git("for-each-ref", "--format=%(objectname)", "refs/kanband/preserved/a")).toBe(tip);
});

it("a base that is forced back with its board, to where a task waited for review: its branch is there again", async () => {
  const board = await batchBoard(["a"], { verify: [], clock: inStep });
  const tip = await board.git("rev-parse", "kanband/a");
  await moveTo(board, "a", "done", "for_review");
  board.write("board/for_review/a.md", "---\nattempt: 1\nbranch: kanband/a\n---\n# a\n");
  await board.commit();
  const review = await board.git("rev-parse", "main");
  await moveTo(board, "a", "for_review", "done");
  await board.commit();
  await tickToEnd(board);
  expect([board.read("a.txt"), await board.git("branch", "--list", "kanband/*")]).toEqual(["a\n", ""]);

  await board.git("reset", "-q", "--hard", review);
  await tickToEnd(board);
  expect(await board.git("rev-parse", "kanband/a")).toBe(tip);
  await moveTo(board, "a", "for_review", "done");
  await tickToEnd(board);
  expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
});

it("a merge that is taken away before anybody noted it is told, and not merged again without a word", async () => {
  const board = await batchBoard(["a"], { verify: [], clock: inStep });
  await expect.poll(async () => (await board.look()).areAgesKnown).toBe(true);
  await board.run({ kind: "merge", taskId: "a" });
  const landing = await landingOf(board, "a");
  await board.git("reset", "-q", "--keep", `${landing}^`);
  const again = await openApplyBoard(board.root, { clock: inStep });
  await tickToEnd(again);
  expect(blockedLine(board, "a")).toContain(`its merge ${landing.slice(0, 12)} is not on main any more`);
  expect(board.has("a.txt")).toBe(false);
  await moveTo(again, "a", "blocked", "done");
  await tickToEnd(again);
  expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
});

it.each([
  ["a merge, reverted", "--no-ff", revert],
  ["a merge, dropped", "--no-ff", drop],
  ["moving the base, reverted", "--ff-only", revert],
  ["moving the base, dropped", "--ff-only", drop],
] as const)("what a person brought in by %s, is lost as well", async (_, how, lose) => {
  const board = await batchBoard(["a"], { verify: [], clock: inStep });
  await board.git("merge", "-q", how, "-m", "By hand", "kanband/a");
  const landing = await board.git("rev-parse", "HEAD");
  await tickToEnd(board);
  expect([board.has("board/done/a.md"), await board.git("branch", "--list", "kanband/*")]).toEqual([true, ""]);
  await lose(board, landing);
  await tickToEnd(board);
  expect(blockedLine(board, "a")).toContain(`its merge ${landing.slice(0, 12)}`);
  await moveTo(board, "a", "blocked", "done");
  await tickToEnd(board);
  expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
});

it("a file that nobody can read keeps nothing else from being noted, and is told once it is mended", async () => {
  const board = await mergedBoard(["a"]);
  const text = board.read("board/done/a.md");
  await revert(board, await landingOf(board, "a"));
  board.write("board/done/a.md", "---\nattempt: [\n---\n# Broken\n");
  await board.git("commit", "-q", "-a", "-m", "Break it");
  const { landed } = await tickToEnd(board);
  expect([landed.isNoted, board.has("board/done/a.md")]).toEqual([true, true]);
  board.write("board/done/a.md", text);
  await tickToEnd(board);
  expect(blockedLine(board, "a")).toContain("was reverted on main");
});
