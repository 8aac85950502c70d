import { expect, it } from "vitest";
import type { Edit } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, HOUR, NOW, sessionOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const WORKFLOW = workflowOf("two", [stepOf("plan"), stepOf("build", { persona: "engineer", needs: ["plan"] })]);

function staleAfter(ms: number): readonly Edit[] {
  const plan = sessionOf("a", { step: "plan", path: "sessions/a/plan.md", after: {}, messageSha: "1234567890abcdef" });
  const board = boardOf(
    { doing: [{ id: "a", workflow: "two" }] },
    { now: NOW + ms, workflows: [WORKFLOW], sessions: [plan] },
  );
  const tasks = board.tasks.map((it) => ({ ...it, enteredAt: NOW }));
  const { actions, waiting } = decide({ ...board, tasks });
  expect(waiting.get("a")).toContain("waits for the approval of sessions/a/plan.md");
  return actions.filter((it): it is Edit => it.kind === "edit");
}

it("a task that waits for a person's yes is as patient as one that is blocked", () => {
  expect(staleAfter(23 * HOUR)).toEqual([]);
  expect(staleAfter(25 * HOUR)).toMatchObject([{ intent: "stale" }]);
});
