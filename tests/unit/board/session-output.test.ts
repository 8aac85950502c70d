import { expect, it } from "vitest";
import { isSessionOutput } from "../../../src/board/session-output.ts";

it("a session file lies no deeper than the daemon looks: one that it never sees would be written for ever", () => {
  expect(isSessionOutput("a/b/c/d.md")).toBe(true);
  expect(isSessionOutput("a/b/c/d/e.md")).toBe(false);
});

it("no session file can be the folder of another", () => {
  expect(isSessionOutput("c.md/d.md")).toBe(false);
  expect(isSessionOutput("a/C.MD/d.md")).toBe(false);
  expect(isSessionOutput("c.d/d.md")).toBe(true);
});
