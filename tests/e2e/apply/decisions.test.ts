import { expect, it } from "vitest";
import { noteDecision } from "../../../src/apply/decisions.ts";
import { formatDecisionLine } from "../../../src/board/decision-line.ts";
import { applyBoard } from "./apply-board.ts";

it("a decision is told once, whoever comes to it again", async () => {
  const board = await applyBoard({});
  const line = (at: number, attempt: number) =>
    formatDecisionLine({ at, step: "cold", attempt, kind: "result", text: "clean" });
  noteDecision(board.world, "a", line(0, 1));
  noteDecision(board.world, "a", line(5_000, 1));
  noteDecision(board.world, "a", line(9_000, 2));
  expect(board.read("sessions/a/decisions.md")).toBe(
    "# Decisions of a\n\n- 1970-01-01T00:00:00Z cold/1 result: clean\n- 1970-01-01T00:00:09Z cold/2 result: clean\n",
  );
});
