import { expect, it } from "vitest";
import { applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";

it("what a failed attempt changed is known while the next one runs, and after it", async () => {
  const board = await applyBoard({ "board/doing/a.md": claimedTask('touch "first [1].txt"; exit 3') });
  const session = (): string => board.read("sessions/a/engineer.md");

  await runToEnd(board, launchOf("a"));
  expect(session()).toMatch(/state: failed[\s\S]*touched: \["first \[1\]\.txt"\]/);
  board.write("board/doing/a.md", claimedTask("touch second.txt"));
  await board.commit();
  await board.run(launchOf("a", { attempt: 2, cause: "retry" }));
  expect(session()).toMatch(/state: running[\s\S]*touched: \["first \[1\]\.txt"\]/);
  await board.over();
  await collectAll(board);

  expect(session()).toMatch(/state: done[\s\S]*touched: \["first \[1\]\.txt", ?"second\.txt"\]/);
});
