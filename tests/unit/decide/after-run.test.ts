import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import type { LaunchCause } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import {
  boardOf,
  claimed,
  failedSession,
  NOW,
  SECOND,
  sessionOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { briefWork, editOf, whyOf } from "./brief.ts";

const doing = [claimed("a")];

describe("after the step", () => {
  it.each<[string, Partial<Session>, string]>([
    ["done", {}, "check a #1"],
    ["failed, first time", failure("agent", 0), "requeue a: -assigned"],
    ["failed, last retry", failure("agent", 1), "requeue a: -assigned"],
    ["failed once too often", failure("agent", 2), "block a to blocked: -assigned blocked=failed 3 times: exit 1"],
    ["failed without a class", { ...failure("agent", 0), failure: null }, "requeue a: -assigned"],
    ["setup, no other agent", failure("setup", 0), "block a to blocked: -assigned blocked=exit 1"],
    ["overloaded, no other agent", failure("overloaded", 0), "requeue a: -assigned"],
    ["red, first time", failure("checks", 0), "again a: attempt=2"],
    ["stopped by a shutdown", { state: "stopped", reason: "shutdown" }, "again a: attempt=2"],
    ["stopped by a person who put it back", { state: "stopped", reason: "person" }, "again a: attempt=2"],
    ["lost", { state: "stopped", reason: "lost: no exit record" }, "again a: attempt=2"],
    ["lost for the second time", { state: "stopped", reason: "lost 2: no exit record" }, "again a: attempt=2"],
    [
      "lost for the third time",
      { state: "stopped", reason: "lost 3: gone" },
      "block a to blocked: -assigned blocked=lost 3 times in a row: lost 3: gone",
    ],
  ])("%s", (_, session, expected) => {
    const sessions = [sessionOf("a", { startSha: null, ...session })];
    expect(briefWork(boardOf({ doing }, { sessions }))).toEqual([expected]);
  });

  it("blocks with the figures when the money is gone", () => {
    const sessions = [
      failedSession("a", { failure: "budget", reason: "the run reached 5.00 USD", costUsd: 5, startSha: null }),
    ];
    expect(briefWork(boardOf({ doing }, { sessions }))).toEqual([
      "block a to blocked: -assigned spent_usd=5 blocked=the run reached 5.00 USD; spent on the task: 5.00 USD of 20.00 USD",
    ]);
  });

  it.each<[string, Partial<Session>, string]>([
    ["a rework", failure("checks", 0), "checks failed: exit 1"],
    ["a retry", failure("agent", 0), "exit 1"],
    ["what was stopped", { state: "stopped", reason: "shutdown" }, "shutdown"],
  ])("blocks at once instead of %s when the task has no money left", (_, session, why) => {
    const snapshot = boardOf({ doing }, { sessions: [sessionOf("a", { startSha: null, ...session, costUsd: 25 })] });
    expect(briefWork(snapshot)).toEqual([
      `block a to blocked: -assigned spent_usd=25 blocked=the task's budget is spent: 25.00 USD of 20.00 USD; ${why}`,
    ]);
  });

  it.each<[string, Partial<Session>, string]>([
    ["again", { state: "stopped", reason: "shutdown" }, "attempt 2 is next: shutdown"],
    ["later", failure("agent", 0), "gives up its slot: exit 1"],
    ["blocked", failure("agent", 2), "goes to blocked/: failed 3 times: exit 1"],
    ["checks", {}, "its run is over; its checks are started"],
  ])("says what comes next: %s", (_, session, expected) => {
    expect(whyOf(boardOf({ doing }, { sessions: [sessionOf("a", session)] }), "a")).toBe(expected);
  });

  it("looks only at the attempt of the claim", () => {
    const sessions = [sessionOf("a", { attempt: 1 })];
    expect(briefWork(boardOf({ doing: [claimed("a", "A", 2)] }, { sessions }))).toEqual([
      "launch a in A #2 feedback by shell",
    ]);
  });

  it.each([
    ["the one that ended", { state: "running", finishedAt: null, startedAt: NOW } as const, "check a #1"],
    ["the later one", { startedAt: NOW, state: "stopped", reason: "shutdown" } as const, "again a: attempt=2"],
    [
      "the later one, and this is not it",
      { startedAt: 1, state: "stopped", reason: "shutdown" } as const,
      "check a #1",
    ],
  ])("of two files about one attempt believes %s", (_, other, expected) => {
    const poet = sessionOf("a", { path: "sessions/a/poet.md", ...other });
    for (const sessions of [
      [sessionOf("a"), poet],
      [poet, sessionOf("a")],
    ]) {
      expect(briefWork(boardOf({ doing }, { sessions }))).toEqual([expected]);
    }
  });

  it("takes a session of another slot as the task's own", () => {
    expect(briefWork(boardOf({ doing: [claimed("a", "B")] }, { sessions: [sessionOf("a")] }))).toEqual(["check a #1"]);
  });

  it("lets checks wait while draining", () => {
    const snapshot = boardOf({ doing }, { sessions: [sessionOf("a")], isDraining: true });
    expect(briefWork(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toMatch("so its checks wait");
  });

  it("goes on with what is under way though the board is paused", () => {
    expect(briefWork(boardOf({ doing }, { sessions: [sessionOf("a")], settings: { paused: true } }))).toEqual([
      "check a #1",
    ]);
  });
});

const OPEN = { step: "checks", verdict: "inconclusive", reason: "its URL: not asked" };

describe("after the checks", () => {
  it("says what they left open, to who is told of it and to who asks", () => {
    const sessions = [sessionOf("a"), sessionOf("a", OPEN)];
    const handed = editOf(boardOf({ doing }, { sessions }), "a");
    expect(handed?.notice?.message).toBe("a: not confirmed: its URL: not asked; `kanband why a` lists what came of it");
    expect(whyOf(boardOf({ for_review: ["a"] }, { sessions }), "a")).toMatch(
      /^not confirmed: its URL: not asked; waits for a person/,
    );
  });

  it.each<[string, Partial<Session>, Partial<Session>, string]>([
    ["clean", {}, {}, "review a to for_review: -assigned"],
    ["left open", {}, { verdict: "inconclusive", reason: "its URL: not asked" }, "review a to for_review: -assigned"],
    ["left open, and never ended", {}, { state: "failed", verdict: "inconclusive" }, "again a: attempt=2"],
    ["clean, of an earlier attempt", { attempt: 2 }, { attempt: 1 }, "check a #2"],
    ["still running without a run", {}, { state: "running" }, "check a #1"],
    ["stopped", {}, { state: "stopped" }, "check a #1"],
    ["of a run of the same number that is gone", {}, { finishedAt: NOW - 61 * SECOND }, "check a #1"],
    ["red", {}, { verdict: "must-fix" }, "again a: attempt=2"],
    ["red, as a failure", {}, { state: "failed", failure: "checks", verdict: null }, "again a: attempt=2"],
    ["without a verdict", {}, { verdict: null }, "again a: attempt=2"],
    ["red at the last rework", { reworks: 2 }, { verdict: "must-fix" }, "again a: attempt=2"],
    [
      "red once too often",
      { reworks: 3 },
      { verdict: "must-fix", reason: "npm test: exit 1" },
      "block a to blocked: -assigned blocked=checks failed after 3 reworks: npm test: exit 1",
    ],
    [
      "that could not run",
      {},
      { state: "failed", failure: "setup", reason: "no npm" },
      "block a to blocked: -assigned blocked=the checks could not run: no npm",
    ],
  ])("%s", (_, step, checks, expected) => {
    const attempt = step.attempt ?? 1;
    const sessions = [
      sessionOf("a", { startSha: null, ...step }),
      sessionOf("a", { step: "checks", attempt, ...checks }),
    ];
    expect(briefWork(boardOf({ doing: [claimed("a", "A", attempt)] }, { sessions }))).toEqual([expected]);
  });

  it("adds what the attempt cost, once, and tells a person", () => {
    const sessions = [sessionOf("a", { costUsd: 0.1 }), sessionOf("a", { step: "checks" })];
    const edit = editOf(boardOf({ doing: [{ ...claimed("a"), spentUsd: 0.2 }] }, { sessions }), "a");
    expect(edit?.set).toContainEqual(["spent_usd", 0.3]);
    expect(edit?.trailers).toContainEqual(["Cost-USD", "0.10"]);
    expect(edit?.trailers).toContainEqual(["Lane", "doing..for_review"]);
    expect(edit?.notice).toMatchObject({ event: "for_review", taskId: "a" });
  });

  it("waits for a file that is not settled", () => {
    const sessions = [sessionOf("a"), sessionOf("a", { step: "checks" })];
    const snapshot = boardOf({ doing: [{ ...claimed("a"), view: { isSettled: false } }] }, { sessions });
    expect(briefWork(snapshot)).toEqual([]);
  });
});

describe("a reason to be blocked", () => {
  it("is one line under 300 characters, with a notice", () => {
    const sessions = [failedSession("a", { retries: 2, reason: `line one\n${"x".repeat(500)}` })];
    const edit = editOf(boardOf({ doing }, { sessions }), "a");
    const line = String(edit?.set.find(([key]) => key === "blocked")?.[1]);
    expect(line.length).toBeLessThan(300);
    expect(line).not.toMatch(/[\r\n]/);
    expect(edit?.notice).toEqual({ event: "blocked", taskId: "a", message: line });
  });

  it.each<[string, Partial<Session>, string]>([
    ["where the session names another tip", { commitSha: "0123456789abcdef" }, "; its work: git log -p 0123456789ab"],
    ["where nothing was kept", {}, "exit 1"],
    ["where there was no worktree", { startSha: null, commitSha: null }, "exit 1"],
  ])("says how to get at the work: %s", (_, facts, expected) => {
    const sessions = [failedSession("a", { retries: 2, ...facts })];
    const edit = editOf(boardOf({ doing }, { sessions }), "a");
    const line = String(edit?.set.find(([key]) => key === "blocked")?.[1]);
    expect(line.endsWith(expected)).toBe(true);
  });
});

describe("the cause and the counters of the next run", () => {
  type Row = [string, Partial<Session>[], number, LaunchCause, number, number, number];

  it.each<Row>([
    ["nothing before", [], 1, "first", 0, 0, 0],
    ["a retry", [failure("agent", 1)], 2, "retry", 2, 0, 0],
    ["a retry keeps the reworks", [{ ...failure("agent", 0), reworks: 2 }], 2, "retry", 1, 2, 0],
    [
      "a rework keeps the retries",
      [
        { retries: 1, reworks: 1 },
        { step: "checks", verdict: "must-fix" },
      ],
      2,
      "checks",
      1,
      2,
      0,
    ],
    [
      "a rework beyond the limit starts afresh",
      [{ reworks: 3 }, { step: "checks", verdict: "must-fix" }],
      2,
      "checks",
      0,
      0,
      0,
    ],
    ["a retry beyond the limit starts afresh", [failure("agent", 2)], 2, "retry", 0, 0, 0],
    ["a gap starts a new chain", [failure("agent", 1)], 3, "retry", 0, 0, 0],
    ["stopped", [{ state: "stopped", reason: "shutdown", retries: 1 }], 2, "stopped", 1, 0, 0],
    ["lost", [{ state: "stopped", reason: "lost: gone", reworks: 1 }], 2, "lost", 0, 1, 1],
    ["lost again", [{ state: "stopped", reason: "lost 2: gone" }], 2, "lost", 0, 0, 2],
    ["lost too often, and asked again", [{ state: "stopped", reason: "lost 3: gone" }], 2, "lost", 0, 0, 0],
    ["asked again after checks that left something open", [{}, OPEN], 2, "feedback", 0, 0, 0],
    ["asked again after review", [{}, { step: "checks" }], 2, "feedback", 0, 0, 0],
    ["feedback counts afresh", [{ retries: 2, reworks: 3 }, { step: "checks" }], 2, "feedback", 0, 0, 0],
    ["a conflict", [{}, { step: "checks" }, { step: "merge", verdict: "conflict" }], 2, "conflict", 0, 0, 0],
    [
      "red on the merged tree",
      [{}, { step: "checks" }, { step: "merge", verdict: "checks-failed" }],
      2,
      "conflict",
      0,
      0,
      0,
    ],
    [
      "a conflict of long ago",
      [{ attempt: 2 }, { step: "checks", attempt: 2 }, { step: "merge", verdict: "conflict" }],
      3,
      "feedback",
      0,
      0,
      0,
    ],
    ["setup", [failure("setup", 1)], 2, "retry", 1, 0, 0],
    ["money", [failure("budget", 1)], 2, "retry", 0, 0, 0],
  ])("%s", (_, facts, attempt, cause, retries, reworks, losses) => {
    const sessions = facts.map((it) => sessionOf("a", it));
    const { actions } = decide(boardOf({ doing: [claimed("a", "A", attempt)] }, { sessions }));
    const launch = actions.find((it) => it.kind === "launch");
    expect(launch).toMatchObject({ attempt, cause, retries, reworks, losses });
  });
});

describe("a run that was begun and never started", () => {
  it.each<[string, Partial<Session>[], number, LaunchCause]>([
    ["the first", [], 1, "first"],
    ["a rework", [{ step: "checks", verdict: "must-fix" }], 2, "checks"],
    ["asked for again", [{ step: "checks" }], 2, "feedback"],
    ["after a conflict", [{ step: "checks" }, { step: "merge", verdict: "conflict" }], 2, "conflict"],
    ["after a conflict of long ago", [{ step: "merge", verdict: "conflict" }], 3, "stopped"],
    ["after a stop", [], 2, "stopped"],
  ])("starts for the same cause: %s", (_, before, attempt, cause) => {
    const begun = sessionOf("a", { attempt, state: "running", finishedAt: null, reworks: 2 });
    const sessions = [begun, ...before.map((it) => sessionOf("a", it))];
    const { actions } = decide(boardOf({ doing: [claimed("a", "A", attempt)] }, { sessions }));
    expect(actions.find((it) => it.kind === "launch")).toMatchObject({ attempt, cause, reworks: 2, retries: 0 });
  });
});

describe("an agent that is overloaded", () => {
  it("is tried again after the longest wait", () => {
    const world: WorldWords = {
      sessions: [failedSession("a", { failure: "overloaded", finishedAt: NOW - 299 * SECOND })],
    };
    const snapshot = boardOf({ doing: [{ id: "a", attempt: 1 }] }, world);
    expect(briefWork(snapshot)).toEqual([]);
    expect(decide(snapshot).lookAgainAt).toBe(NOW + SECOND);
  });
});

function failure(kind: NonNullable<Session["failure"]>, count: number): Partial<Session> {
  const counter = kind === "checks" ? { reworks: count } : { retries: count };
  return { state: "failed", failure: kind, reason: "exit 1", startSha: null, ...counter };
}
