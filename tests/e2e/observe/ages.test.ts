import { renameSync } from "node:fs";
import { expect, it } from "vitest";
import { observedBoard, taskOf } from "./observed-board.ts";

const HOUR = 3_600_000;

it("what is dated ahead of the clock came now: by a commit of another machine, and by a clock that was put back", async () => {
  const board = await observedBoard({ "board/planned/moved.md": "# Moved\n" });
  board.write({ "board/planned/ahead.md": "# Ahead\n" });
  await board.git("add", "-A");
  process.env["GIT_COMMITTER_DATE"] = new Date(board.now() + HOUR).toISOString();
  try {
    await board.git("commit", "-q", "-m", "By a clock that is ahead");
  } finally {
    delete process.env["GIT_COMMITTER_DATE"];
  }
  await board.look();
  await expect.poll(async () => taskOf(await board.look("x"), "ahead").enteredAt).toBe(board.now());

  board.later(HOUR);
  renameSync(board.at("board/planned/moved.md"), board.at("board/done/moved.md"));
  expect(taskOf(await board.look(), "moved").enteredAt).toBe(board.now());
  board.later(-HOUR);
  const back = board.now();
  expect(taskOf(await board.look("x"), "moved").enteredAt).toBe(back);
  // From then on time goes on as ever.
  board.later(1000);
  const { tasks } = await board.look();
  expect(tasks.map(({ enteredAt }) => enteredAt)).toEqual([back, back]);
});

it("what was committed to another lane and came back between two looks came now; what is committed where it lies did not", async () => {
  const board = await observedBoard({ "board/for_review/one.md": "# One\n" });
  await board.look();
  renameSync(board.at("board/for_review/one.md"), board.at("board/done/one.md"));
  board.later(1000);
  const accepted = board.now();
  expect(taskOf(await board.look(), "one").enteredAt).toBe(accepted);
  await board.git("add", "-A");
  await board.git("commit", "-q", "-m", "Move one from for_review to done");
  board.later(1000);
  expect(taskOf(await board.look(), "one").enteredAt).toBe(accepted);

  renameSync(board.at("board/done/one.md"), board.at("board/blocked/one.md"));
  await board.git("add", "-A");
  await board.git("commit", "-q", "-m", "Block one");
  renameSync(board.at("board/blocked/one.md"), board.at("board/done/one.md"));
  board.later(1000);
  const again = board.now();
  expect(taskOf(await board.look(), "one").enteredAt).toBe(again);
  board.later(1000);
  expect(taskOf(await board.look(), "one").enteredAt).toBe(again);
});
