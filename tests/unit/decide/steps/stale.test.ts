import { expect, it } from "vitest";
import type { Edit } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import {
  boardOf,
  claimed,
  failedSession,
  HOUR,
  NOW,
  runOf,
  sessionOf,
  slotsOf,
} from "../../../helpers/board-builder.ts";
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
  const stale = "waits for a person's approval since 2026-11-20T10:00:00Z";
  expect(staleAfter(25 * HOUR)).toMatchObject([{ intent: "stale", set: [["stale", stale]] }]);
});

it("a task with a step that is to be tried again is not silent, however long it waits for its time or for a slot", () => {
  const failure = { step: "plan", path: "sessions/a/plan.md", after: {}, finishedAt: NOW };
  const sessions = [failedSession("a", failure)];
  const retry = { limit: 2, baseMs: 2 * HOUR, maxMs: 2 * HOUR };
  for (const now of [NOW + HOUR, NOW + 3 * HOUR]) {
    const taken = { ...runOf("b", { slot: "A" }), lastOutputAt: now };
    const words = { now, workflows: [WORKFLOW], sessions, settings: { retry, slots: slotsOf("A") }, runs: [taken] };
    const doing = [
      { id: "a", workflow: "two", view: { enteredAt: NOW } },
      { ...claimed("b"), view: { enteredAt: NOW } },
    ];
    expect(decide(boardOf({ doing }, words)).actions.filter(({ kind }) => kind === "edit")).toEqual([]);
  }
});

it("a full doing/ says which of the tasks there wait for an approval, and what to type", () => {
  const plan = (id: string) =>
    sessionOf(id, { step: "plan", path: `sessions/${id}/plan.md`, after: {}, messageSha: "1234567890abcdef" });
  const doing = ["b", "a", "c"].map((id) => ({ id, workflow: id === "c" ? null : "two" }));
  const words = { workflows: [WORKFLOW], sessions: [plan("a"), plan("b")] };
  const lineOf = (count: number, trust: "approve" | "shadow") => {
    const settings = { wip: { doing: count, forReview: 8 }, trust };
    return decide(
      boardOf({ doing: doing.slice(0, count), planned: [{ id: "d", persona: "tester" }] }, { ...words, settings }),
    ).waiting.get("d");
  };
  const full = "doing/ is full: 3 of 3 (a, b, c)";
  expect(lineOf(3, "approve")).toBe(
    `${full}; 2 of them wait for an approval: \`kanband approve a\`, \`kanband approve b\``,
  );
  expect(lineOf(1, "approve")).toBe("doing/ is full: 1 of 1 (b); 1 of them waits for an approval: `kanband approve b`");
  expect(lineOf(2, "shadow")).toBe("doing/ is full: 2 of 2 (a, b)");
});
