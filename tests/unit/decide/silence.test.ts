import { describe, expect, it } from "vitest";
import { REVIEW_STEP } from "../../../src/board/review-claim.ts";
import type { Session } from "../../../src/board/session.ts";
import { silentReason } from "../../../src/board/silence.ts";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf, claimed, NOW, personaOf, SECOND, sessionOf } from "../../helpers/board-builder.ts";
import { workflowOf } from "../../helpers/workflow-of.ts";
import { briefWork } from "./brief.ts";

const REASON = silentReason("stopped after its longest time, 20 s");
const BLOCKED = `block a to blocked: -assigned blocked=failed 3 times: ${REASON}`;

describe("a provider that is taken to be silent", () => {
  it("uses up an attempt, unlike one that says that it refuses", () => {
    const doing = [claimed("a")];
    const after = (facts: Partial<Session>) => briefWork(boardOf({ doing }, { sessions: [silent(facts)] }));
    expect(after({ retries: 1 })).toEqual(["requeue a: -assigned"]);
    expect(after({ retries: 2 })).toEqual([BLOCKED]);
    expect(after({ retries: 2, reason: "529 Overloaded" })).toEqual(["requeue a: -assigned"]);
  });

  it.each([
    [1, REASON, 2],
    [1, "529 Overloaded", 1],
    [2, REASON, 0],
  ])("counts with %i before and the reason %s", (retries, reason, counted) => {
    const sessions = [silent({ retries, reason, finishedAt: NOW - 900 * SECOND })];
    const { actions } = decide(boardOf({ doing: [claimed("a", "A", 2)] }, { sessions }));
    expect(actions.find((it) => it.kind === "launch")).toMatchObject({ attempt: 2, retries: counted });
  });

  it("does so in a workflow", () => {
    const workflows = [workflowOf("plain", "  - { id: build, persona: engineer }\n")];
    const world = (retries: number) => ({
      workflows,
      personas: [personaOf("engineer")],
      sessions: [silent({ step: "build", path: "sessions/a/engineer.md", retries })],
    });
    const doing = [{ id: "a", workflow: "plain", branch: "kanband/a", assigned: "build/1@A" }];
    expect(briefWork(boardOf({ doing }, world(1)))[0]).not.toContain("block");
    expect(briefWork(boardOf({ doing }, world(2)))).toEqual([
      expect.stringMatching(/^block a to blocked: .*failed 3 times: stopped after its longest time/),
    ]);
  });

  it("does so in a review, which is over then", () => {
    const board = (retries: number) =>
      boardOf(
        { for_review: [{ id: "a", attempt: 1, branch: "kanband/a", review: "tester" }] },
        {
          personas: [personaOf("engineer"), personaOf("tester", { mutates: false })],
          branches: { a: { sha: "tip-a" } },
          sessions: [
            sessionOf("a", { commitSha: "tip-a" }),
            sessionOf("a", { step: "checks", commitSha: "tip-a" }),
            silent({
              step: REVIEW_STEP,
              path: "sessions/a/for_review.md",
              persona: "tester",
              retries,
              commitSha: "tip-a",
              startSha: "tip-a",
              finishedAt: NOW - 900 * SECOND,
            }),
          ],
        },
      );
    expect(briefWork(board(1))).toEqual(["assign a: assigned=for_review/2@A"]);
    expect(briefWork(board(2))).toEqual([]);
  });
});

function silent(facts: Partial<Session>): Session {
  return sessionOf("a", { state: "failed", failure: "overloaded", reason: REASON, startSha: null, ...facts });
}
