import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import type { Task } from "../../../src/board/task.ts";
import { boardOf, claimed, failedSession, sessionOf } from "../../helpers/board-builder.ts";
import { briefWork, editOf } from "./brief.ts";

const doing = [claimed("a")];

describe("an unknown cost in `spent_usd`", () => {
  it.each<[string, Task["spentUsd"], Partial<Session>, unknown]>([
    ["says unknown where nothing is known", null, { costUsd: null }, "unknown"],
    ["keeps the sum of what is known", 0.9, { costUsd: null }, undefined],
    ["keeps unknown beside what cost nothing", "unknown", { costUsd: 0 }, undefined],
    ["says what is known once something is", "unknown", { costUsd: 0.9 }, 0.9],
    ["adds the part that is known", 0.9, { costUsd: null, leastUsd: 0.2 }, 1.1],
    ["says nothing of what cost nothing", null, { costUsd: 0 }, undefined],
  ])("%s", (_, spentUsd, session, expected) => {
    const sessions = [sessionOf("a", session), sessionOf("a", { step: "checks", costUsd: 0 })];
    const edit = editOf(boardOf({ doing: [{ ...claimed("a"), spentUsd }] }, { sessions }), "a");
    expect(edit?.set.find(([key]) => key === "spent_usd")?.[1]).toBe(expected);
    if (session.costUsd === null) expect(edit?.trailers.map(([key]) => key)).not.toContain("Cost-USD");
  });

  it("does not write unknown again and again", () => {
    const snapshot = boardOf({ for_review: [{ id: "a", branch: "kanband/a", attempt: 1, spentUsd: "unknown" }] });
    expect(briefWork({ ...snapshot, branches: new Map([["a", { sha: "x", isMerged: false }]]) })).toEqual([]);
  });
});

describe("an unknown cost in budgets", () => {
  it.each<[string, Partial<Session>, Task["spentUsd"], string]>([
    ["of a run before it", { costUsd: 5, earlierUnknown: 1 }, null, "5.00 USD and 1 run of unknown cost, of 20.00 USD"],
    [
      "of two runs, of which a part is known",
      { costUsd: null, leastUsd: 5, earlierUnknown: 1 },
      1,
      "6.00 USD and 2 runs of unknown cost, of 20.00 USD",
    ],
    ["of all there were", { costUsd: null }, null, "1 run of unknown cost, of 20.00 USD"],
  ])("says beside the figures what is unknown: %s", (_, facts, spentUsd, expected) => {
    const sessions = [failedSession("a", { failure: "budget", reason: "no more", startSha: null, ...facts })];
    const edit = editOf(boardOf({ doing: [{ ...claimed("a"), spentUsd }] }, { sessions }), "a");
    expect(edit?.set.find(([key]) => key === "blocked")?.[1]).toBe(`no more; spent on the task: ${expected}`);
  });

  it("holds what is known of an unknown cost against the task's budget", () => {
    const sessions = [
      sessionOf("a", {
        state: "failed",
        failure: "agent",
        reason: "exit 1",
        startSha: null,
        costUsd: null,
        leastUsd: 25,
      }),
    ];
    expect(briefWork(boardOf({ doing }, { sessions }))).toEqual([
      "block a to blocked: -assigned spent_usd=25 blocked=the task's budget is spent: 25.00 USD and 1 run of unknown cost, of 20.00 USD; exit 1",
    ]);
  });
});
