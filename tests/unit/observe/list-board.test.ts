import { expect, it } from "vitest";
import { kindOfPath } from "../../../src/observe/list-board.ts";

it.each([
  ["board/doing/a.md", "task"],
  ["board/done/2026-11/a.md", "task"],
  ["board/planned/epic/deep/a.md", "task"],
  ["board/board.md", "other"],
  ["board/README.md", "other"],
  ["board/doing/readme.md", "other"],
  ["board/doing/.gitkeep", "other"],
  ["board/todo/a.md", "other"],
  ["board/doing/.hidden/a.md", null],
  ["board/.hidden/a.md", null],
  ["board/.hidden/.gitkeep", null],
  ["board/doing/.a.md", null],
  ["board/doing/#a.md", null],
  ["board/doing/a.md~", null],
  ["board/doing/a.txt", null],
  ["board/doing", null],
  ["board", null],
  ["boards/doing/a.md", null],
  ["sessions/a/engineer.md", null],
])("%s is %s", (path, expected) => {
  expect(kindOfPath(path)).toBe(expected);
});
