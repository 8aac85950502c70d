import { expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { type BoardWords, boardOf, MINUTE, NOW, sessionOf, type TaskWords } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const REVIEWED = workflowOf("reviewed", [
  stepOf("plan"),
  stepOf("build", { persona: "engineer", needs: ["plan"], gate: "person" }),
  stepOf("ship", { persona: "engineer", needs: ["build"] }),
  stepOf("review", {
    needs: ["ship"],
    verdicts: "reviewer",
    rework: { verdict: "must-fix", backTo: "build", limit: null },
  }),
  stepOf("report", { needs: ["review"] }),
]);
const TASK = { id: "a", workflow: "reviewed", approved: "me today 1234567890ab" };

function done(step: string, facts: Partial<Session> = {}): Session {
  return sessionOf("a", { step, path: `sessions/a/${step}.md`, commitSha: "tip-a", ...facts });
}

const FINISHED = [
  done("plan", { commitSha: "base1", messageSha: "1234567890abcdef" }),
  done("build", { after: { plan: 1 }, commitSha: "tip-0" }),
  done("ship", { after: { plan: 1 } }),
  done("checks", { of: "ship", after: { build: 1, ship: 1 }, verdict: "clean" }),
  done("review", { after: { plan: 1, build: 1, ship: 1 }, verdict: "clean" }),
  done("report", { after: { plan: 1, build: 1, ship: 1, review: 1 } }),
  done("merge", { verdict: "conflict", state: "failed", failure: "checks", reason: "both changed x" }),
];

function next(lanes: BoardWords, sessions: readonly Session[]): string[] {
  const world = { workflows: [REVIEWED], sessions, branches: { a: { isMerged: false } } };
  return decide(boardOf(lanes, world)).actions.flatMap((it) => {
    if (it.kind === "edit") return `${it.subject}${it.toLane === null ? "" : ` in ${it.toLane}`}`;
    return it.kind === "launch"
      ? `${it.step}/${it.attempt}: ${it.cause}`
      : it.kind === "check"
        ? `check ${it.unit?.step}`
        : [];
  });
}

it("a conflict at the merge goes to the last step that changed files, and what rests upon it is done again behind it", () => {
  const with_ = (...newer: readonly Session[]) => [
    ...FINISHED.filter(({ step }) => !newer.some((it) => it.step === step)),
    ...newer,
  ];
  const doing = (assigned: string | null): TaskWords => ({ ...TASK, assigned, branch: "kanband/a" });
  expect(next({ done: [{ ...TASK, branch: "kanband/a" }] }, FINISHED)).toEqual([
    "Send a back to mend its conflict in doing",
  ]);
  expect(next({ doing: [doing(null)] }, FINISHED)).toEqual(["Assign a: ship to slot A"]);
  expect(next({ doing: [doing("ship/2@A")] }, FINISHED)).toEqual(["ship/2: conflict"]);

  const mended = done("ship", { attempt: 2, after: { plan: 1 }, commitSha: "tip-b" });
  expect(next({ doing: [doing("ship/2@A")] }, with_(mended))).toEqual(["check ship"]);
  const looked = { attempt: 2, of: "ship", after: { build: 1, ship: 2 } };
  const left = done("checks", {
    ...looked,
    verdict: "must-fix",
    reason: "still in conflict: x:1-5 has conflict markers",
  });
  expect(next({ doing: [doing("ship/2@A")] }, with_(mended, left))).toEqual(["Block a in blocked"]);
  const checks = done("checks", { ...looked, verdict: "clean" });
  expect(next({ doing: [doing("ship/2@A")] }, with_(mended, checks))).toEqual(["Assign a: review to slot A"]);
  expect(next({ doing: [doing("review/2@A")] }, with_(mended, checks))).toEqual(["review/2: stale-input"]);

  const again = done("review", { attempt: 2, after: { plan: 1, build: 1, ship: 2 }, verdict: "clean" });
  expect(next({ doing: [doing("review/2@A")] }, with_(mended, checks, again))).toEqual(["Assign a: report to slot A"]);
  const report = done("report", { attempt: 2, after: { plan: 1, build: 1, ship: 2, review: 2 } });
  expect(next({ doing: [doing("report/2@A")] }, with_(mended, checks, again, report))).toEqual([
    "Hand a over for review in for_review",
  ]);
});

it("a task that is accepted in the midst of a step is not merged as it is", () => {
  const accepted = { ...TASK, branch: "kanband/a", view: { enteredAt: NOW - 2 * MINUTE } };
  const stopped = done("ship", { state: "stopped", failure: "stopped", reason: "stopped by a person" });
  expect(next({ done: [accepted] }, [...FINISHED.slice(0, 2), stopped])).toEqual(["Block a in blocked"]);
});
