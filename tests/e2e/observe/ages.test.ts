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
