import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  DAY,
  failedSession,
  HOUR,
  MINUTE,
  NOW,
  runOf,
  sessionOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { briefWork, editOf } from "./brief.ts";

const waits = { dependencies: ["nobody"] };

describe("in the lanes where nothing runs", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["planned/, just before", { planned: [{ id: "a", ...waits, view: { enteredAt: NOW - 7 * DAY + 1 } }] }, {}, []],
    [
      "planned/, at the limit",
      { planned: [{ id: "a", ...waits, view: { enteredAt: NOW - 7 * DAY } }] },
      {},
      ["stale a: stale=in planned/ since 2026-11-13T10:00:00Z"],
    ],
    [
      "for_review/",
      { for_review: [{ id: "a", view: { enteredAt: NOW - DAY } }] },
      {},
      ["stale a: stale=in for_review/ since 2026-11-19T10:00:00Z"],
    ],
    [
      "blocked/",
      { blocked: [{ id: "a", view: { enteredAt: NOW - DAY } }] },
      {},
      ["stale a: stale=in blocked/ since 2026-11-19T10:00:00Z"],
    ],
    ["backlog/ has no limit", { backlog: [{ id: "a", view: { enteredAt: 0 } }] }, {}, []],
    [
      "a flag once set stays as it is",
      { for_review: [{ id: "a", stale: "since then", view: { enteredAt: NOW - DAY } }] },
      {},
      [],
    ],
    [
      "it goes when it is not true any more",
      { for_review: [{ id: "a", stale: "since then" }] },
      {},
      ["stale a: -stale"],
    ],
    ["it goes where there is no limit", { backlog: [{ id: "a", stale: "since then" }] }, {}, ["stale a: -stale"]],
    [
      "it goes with a move that is not committed yet",
      { for_review: [{ id: "a", stale: "x", view: { enteredAt: 0, headPath: "board/doing/a.md" } }] },
      {},
      ["stale a: -stale"],
    ],
    [
      "nothing is said of an unknown arrival",
      { for_review: [{ id: "a", stale: "x", view: { enteredAt: null } }] },
      {},
      [],
    ],
    [
      "nothing of a file that is not settled",
      { for_review: [{ id: "a", view: { enteredAt: 0, isSettled: false } }] },
      {},
      [],
    ],
    ["nothing without settings", { for_review: [{ id: "a", view: { enteredAt: 0 } }] }, { settings: null }, []],
    [
      "done/ where a limit is set and it is not merged",
      { done: [{ id: "a", view: { enteredAt: 0 } }] },
      { branches: { a: { isMerged: false } }, settings: { merge: "manual", staleAfterMs: { done: DAY } } },
      ["stale a: stale=in done/ since 1970-01-01T00:00:00Z"],
    ],
    [
      "not what is done",
      { done: [{ id: "a", view: { enteredAt: 0 } }] },
      { settings: { staleAfterMs: { done: DAY } } },
      [],
    ],
    [
      "not a retry that waits for a slot, however long",
      { doing: [{ id: "a", attempt: 1, stale: "x", view: { enteredAt: 0 } }] },
      { sessions: [failedSession("a", { finishedAt: NOW - DAY })], settings: { paused: "for now" } },
      ["stale a: -stale"],
    ],
    [
      "not what is assigned in this tick",
      { planned: [{ id: "a", stale: "x", view: { enteredAt: 0 } }] },
      {},
      ["assign a to doing: assigned=A branch=kanband/a attempt=1 -stale", "prepare a in A"],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, world))).toEqual(expected);
  });

  it("is noticed once, with the flag", () => {
    const edit = editOf(boardOf({ for_review: [{ id: "a", view: { enteredAt: NOW - DAY } }] }), "a");
    expect(edit?.notice).toEqual({ event: "stale", taskId: "a", message: "in for_review/ since 2026-11-19T10:00:00Z" });
    expect(editOf(boardOf({ for_review: [{ id: "a", stale: "x" }] }), "a")?.notice).toBeNull();
  });

  it("asks for a look when the next one is due", () => {
    const for_review = [
      { id: "a", view: { enteredAt: NOW - HOUR } },
      { id: "b", view: { enteredAt: NOW - 2 * HOUR } },
    ];
    expect(decide(boardOf({ for_review })).lookAgainAt).toBe(NOW + 22 * HOUR);
  });
});

describe("in doing/, with a run", () => {
  const old = NOW - 30 * MINUTE;
  const evidence = { worktreeChangedAt: old - MINUTE, committedAt: null, cpuActiveAt: old };
  const line =
    "silent since 2026-11-20T09:30:00Z: last output 2026-11-20T09:30:00Z, last change in the worktree 2026-11-20T09:29:00Z, no commit yet, last CPU time 2026-11-20T09:30:00Z";

  it.each<[string, Parameters<typeof runOf>[1], string | null, string[]]>([
    ["every signal is silent", { evidence }, null, [`stale a: stale=${line}`]],
    ["it was silent a moment less", { evidence: { ...evidence, cpuActiveAt: old + 1 } }, null, []],
    ["one signal is alive: files", { evidence: { ...evidence, worktreeChangedAt: NOW } }, null, []],
    ["one signal is alive: commits", { evidence: { ...evidence, committedAt: NOW } }, null, []],
    ["one signal is alive: output", { lastOutputAt: NOW, evidence }, null, []],
    ["nobody has looked closer yet", { evidence: null }, null, []],
    [
      "it has only just started",
      {
        startedAt: NOW - MINUTE,
        lastOutputAt: null,
        evidence: { worktreeChangedAt: null, committedAt: null, cpuActiveAt: null },
      },
      null,
      [],
    ],
    ["the flag stands already", { evidence }, "silent since then", []],
    ["it woke up", { lastOutputAt: NOW }, "silent since then", ["stale a: -stale"]],
    ["the flag stands and the evidence is not gathered again yet", { evidence: null }, "silent since then", []],
  ])("%s", (_, run, stale, expected) => {
    const runs = [runOf("a", { startedAt: NOW - HOUR, lastOutputAt: old, ...run })];
    expect(briefWork(boardOf({ doing: [{ ...claimed("a"), stale }] }, { runs }))).toEqual(expected);
  });

  it("asks for the look that gathers the evidence, and soon again until it is there", () => {
    const settings = { staleAfterMs: { doing: 30 * MINUTE } };
    const at = (lastOutputAt: number) => {
      const caps = { wallMs: null, outputBytes: 1, toolCalls: null, costUsd: null };
      return decide(
        boardOf({ doing: [claimed("a")] }, { settings, runs: [runOf("a", { startedAt: old, lastOutputAt, caps })] }),
      );
    };
    expect(at(NOW - MINUTE).lookAgainAt).toBe(NOW + 29 * MINUTE);
    expect(at(old).lookAgainAt).toBe(NOW + 1_000);
  });
});

describe("in doing/, without a run", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    [
      "claimed and never started",
      { doing: [{ ...claimed("a"), view: { enteredAt: NOW - 30 * MINUTE } }] },
      { settings: { paused: true } },
      ["stale a: stale=claimed by slot A and not started since 2026-11-20T09:30:00Z"],
    ],
    [
      "not while it is started in this very tick",
      { doing: [{ ...claimed("a"), view: { enteredAt: NOW - 30 * MINUTE } }] },
      {},
      ["launch a in A #1 first by shell"],
    ],
    [
      "waiting for a slot that never comes",
      { doing: [{ id: "a", ...waits, view: { enteredAt: NOW - 30 * MINUTE } }] },
      {},
      ["stale a: stale=in doing/ without a slot since 2026-11-20T09:30:00Z"],
    ],
    [
      "the end of its last run counts",
      { doing: [{ id: "a", ...waits, attempt: 1, view: { enteredAt: NOW - HOUR } }] },
      { sessions: [sessionOf("a")] },
      [],
    ],
    ["nothing is known", { doing: [{ id: "a", ...waits, view: { enteredAt: null } }] }, {}, []],
    [
      "a job is at it",
      { doing: [{ ...claimed("a"), view: { enteredAt: 0 } }] },
      { jobs: [{ kind: "launch", taskId: "a" }] },
      [],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, world))).toEqual(expected);
  });
});
