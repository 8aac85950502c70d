import { expect, it } from "vitest";
import type { Edit } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, runOf, sessionOf, slotsOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

it("a person's answer is not forgotten while no slot is free", () => {
  const asking = workflowOf("asking", [stepOf("design")]);
  const asked = sessionOf("a", {
    step: "design",
    path: "sessions/a/design.md",
    verdict: "decision",
    question: "Which?",
  });
  const answered = { id: "a", workflow: "asking", blocked: "step design asks: Which?" };
  const busy = { id: "b", assigned: "A", branch: "kanband/b", attempt: 1 };
  const board = boardOf(
    { doing: [answered, busy] },
    { settings: { slots: slotsOf("A") }, workflows: [asking], sessions: [asked], runs: [runOf("b")] },
  );

  const edits = decide(board).actions.filter((it): it is Edit => it.kind === "edit" && it.taskId === "a");

  expect(edits).toEqual([]);
});
