import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import type { RunView } from "../../../src/decide/snapshot.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  HOUR,
  MINUTE,
  NOW,
  runOf,
  SECOND,
  sessionOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, briefWork, whyOf } from "./brief.ts";

// Its runs have the caps that they began with.
const doing = [{ ...claimed("a"), timeoutMs: "none" as const }];
const caps = { wallMs: null, outputBytes: 1_000, toolCalls: null, costUsd: null };
const TIMED = { ...caps, wallMs: HOUR };

const still = { worktreeChangedAt: 0, committedAt: null, cpuActiveAt: null, watchedSince: NOW - 20 * SECOND };
const answered = { isOver: true, caps: TIMED, lastOutputAt: NOW - 30 * SECOND, evidence: still };

describe("a person stops a run", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["not while it stays in doing/", { doing }, {}, []],
    ["to planned/", { planned: [claimed("a")] }, {}, ["stop a-1: person"]],
    ["to done/", { done: [claimed("a")] }, {}, ["stop a-1: person"]],
    ["by deleting the file", {}, {}, ["stop a-1: person"]],
    ["not while an editor may be replacing the file", {}, { tasksSettleAt: NOW + 50 }, []],
    [
      "by a deletion that is settled, whatever else is not",
      {},
      { tasksSettleAt: NOW + 50, uncommitted: [gone("a")] },
      ["stop a-1: person"],
    ],
    ["by a deletion, though a run has to be looked at again", {}, { unsettledUntil: NOW + 50 }, ["stop a-1: person"]],
    ["not by the deletion of another file", {}, { tasksSettleAt: NOW + 50, uncommitted: [gone("b")] }, []],
    ["once", { planned: [claimed("a")] }, { jobs: [{ kind: "stop", taskId: "a" }] }, []],
    [
      "although its launch is still a job",
      { planned: [claimed("a")] },
      { jobs: [{ kind: "launch", taskId: "a" }] },
      ["stop a-1: person"],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, { runs: [runOf("a")], ...world }))).toEqual(expected);
  });

  it("goes on with a stop that was cut short with its daemon, for the same reason and wherever the file is", () => {
    const runs = [runOf("a", { stop: { reason: "timeout", requestedAt: NOW } })];
    for (const lanes of [{ doing }, { planned: ["a"] }])
      expect(briefWork(boardOf(lanes, { runs }))).toEqual(["stop a-1: timeout"]);
    expect(briefWork(boardOf({ doing }, { runs, jobs: [{ kind: "stop", taskId: "a" }] }))).toEqual([]);
  });

  it("does not stop a task of which a second file appeared", () => {
    const duplicates = [{ path: "board/planned/a.md", isOlderVersion: false, blobSha: "x" }];
    const other = [{ path: "board/doing/a.md", isOlderVersion: false, blobSha: "y" }];
    const lanes = {
      doing: [{ ...claimed("a"), view: { duplicates } }],
      planned: [{ id: "a", view: { duplicates: other } }],
    };
    expect(brief(boardOf(lanes, { runs: [runOf("a")] }))).toEqual([]);
  });

  it.each(["elsewhere", "operation", "busy", "missing"] as const)(
    "never where the board cannot be seen: %s",
    (state) => {
      expect(brief(boardOf({}, { runs: [runOf("a")], repo: { state } }))).toEqual([]);
    },
  );

  it("stops a merge when the task is taken out of done/", () => {
    const runs = [runOf("a", { kind: "merge" })];
    const branches = { a: { isMerged: false } };
    expect(briefWork(boardOf({ done: ["a"] }, { runs, branches }))).toEqual([]);
    expect(briefWork(boardOf({ planned: ["a"] }, { runs, branches }))).toEqual(["stop a-1: person"]);
  });
});

describe("a cap", () => {
  it.each<[string, Partial<RunView>, string[]]>([
    ["time, just before", { startedAt: NOW - HOUR + 1, caps: { ...caps, wallMs: HOUR } }, []],
    ["time, reached", { startedAt: NOW - HOUR, caps: { ...caps, wallMs: HOUR } }, ["stop a-1: timeout"]],
    ["no limit of time", { startedAt: 0 }, []],
    ["output, reached exactly", { outputBytes: 1_000 }, []],
    ["output, exceeded", { outputBytes: 1_001 }, ["stop a-1: output"]],
    ["tool calls, all of them", { toolCalls: 12, caps: { ...caps, toolCalls: 12 } }, []],
    ["tool calls, one more", { toolCalls: 13, caps: { ...caps, toolCalls: 12 } }, ["stop a-1: tool-calls"]],
    ["an answer, a moment ago", { ...answered, lastOutputAt: NOW - 29 * SECOND }, []],
    ["an answer, and no end", answered, ["stop a-1: lingering"]],
    ["an answer of one that may take its time", { ...answered, caps }, []],
    ["an answer, and nobody looked what it does since", { ...answered, evidence: null }, []],
    [
      "an answer, and work that takes CPU time",
      { ...answered, evidence: { ...still, cpuActiveAt: NOW - 29 * SECOND } },
      [],
    ],
    ["an answer, and files that change", { ...answered, evidence: { ...still, worktreeChangedAt: NOW - SECOND } }, []],
    [
      "an answer, and CPU time not watched long enough",
      { ...answered, evidence: { ...still, watchedSince: NOW - 9 * SECOND } },
      [],
    ],
    ["silence without an answer", { isOver: false, lastOutputAt: NOW - 30 * SECOND }, []],
    ["money, just before", { costUsd: 4.99, caps: { ...caps, costUsd: 5 } }, []],
    ["money, reached", { costUsd: 5, caps: { ...caps, costUsd: 5 } }, ["stop a-1: budget"]],
    ["money, nobody knows", { costUsd: null, caps: { ...caps, costUsd: 0 } }, []],
    ["money, of what costs nothing", { costUsd: 0, caps: { ...caps, costUsd: 0 } }, []],
    ["while it starts", { state: "starting", outputBytes: 1_001 }, ["stop a-1: output"]],
    ["after its end", { state: "exited", outputBytes: 1_001 }, ["collect a-1"]],
  ])("%s", (_, run, expected) => {
    expect(briefWork(boardOf({ doing }, { runs: [runOf("a", { caps, ...run })] }))).toEqual(expected);
  });

  it("holds wherever the repository is", () => {
    const runs = [runOf("a", { caps, outputBytes: 1_001 })];
    expect(brief(boardOf({}, { runs, repo: { state: "elsewhere" } }))).toEqual(["stop a-1: output"]);
  });

  it("asks for a look when the time is up", () => {
    const runs = [runOf("a", { caps: { ...caps, wallMs: 5 * MINUTE } })];
    expect(decide(boardOf({ doing }, { runs })).lookAgainAt).toBe(NOW + 4 * MINUTE);
    const busy = runOf("a", { ...answered, evidence: { ...still, cpuActiveAt: NOW - 10 * SECOND } });
    expect(decide(boardOf({ doing }, { runs: [busy] })).lookAgainAt).toBe(NOW + 20 * SECOND);
  });
});

describe("a silent run", () => {
  const evidence = { worktreeChangedAt: NOW - 3 * HOUR, committedAt: null, cpuActiveAt: NOW - 2 * HOUR };
  const silent = { startedAt: NOW - 4 * HOUR, lastOutputAt: NOW - 3 * HOUR, caps, evidence };

  it.each<[string, number | null, Partial<RunView>, boolean]>([
    ["not unless the settings say so", null, silent, false],
    ["once every signal is silent", 2 * HOUR, silent, true],
    ["not a moment before", 2 * HOUR + 1, silent, false],
    ["not for one silent signal", HOUR, { ...silent, evidence: { ...evidence, cpuActiveAt: NOW } }, false],
    ["not before the evidence is gathered", HOUR, { ...silent, evidence: null }, false],
  ])("is stopped %s", (_, stopStaleAfterMs, run, isStopped) => {
    const settings = { stopStaleAfterMs, staleAfterMs: {} };
    const found = briefWork(boardOf({ doing }, { runs: [runOf("a", run)], settings }));
    expect(found).toEqual(isStopped ? ["stop a-1: stale"] : []);
  });
});

describe("a run that is over", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["exited", { doing }, {}, ["collect a-1"]],
    ["lost", { doing }, { runs: [runOf("a", { state: "lost" })] }, ["collect a-1"]],
    ["of a task that was moved", { backlog: ["a"] }, {}, ["collect a-1"]],
    ["of a task that was deleted", {}, {}, ["collect a-1"]],
    ["while a job is at it", { doing }, { jobs: [{ kind: "collect", taskId: "a" }] }, []],
    ["during a rebase", { doing }, { repo: { state: "operation" } }, ["collect a-1"]],
    ["while the index is busy", { doing }, { repo: { state: "busy" } }, ["collect a-1"]],
    ["on another branch", { doing }, { repo: { state: "elsewhere" } }, []],
    ["without a board", {}, { repo: { state: "missing" } }, []],
    ["while draining", { doing }, { isDraining: true }, ["collect a-1"]],
    ["without settings", { doing }, { settings: null }, ["collect a-1"]],
    [
      "the earlier of two first",
      { doing },
      {
        runs: [
          runOf("a", { runId: "late", state: "exited" }),
          runOf("a", { runId: "early", state: "exited", startedAt: 1 }),
        ],
      },
      ["collect early"],
    ],
  ])("is collected: %s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, { runs: [runOf("a", { state: "exited" })], ...world }))).toEqual(expected);
  });
});

describe("a claim that a stale buffer overwrote", () => {
  const lost = "normalise a: assigned=A branch=kanband/a attempt=1";

  it.each<[string, BoardWords, Partial<RunView>, string[]]>([
    ["is put back while the run goes on", { doing: ["a"] }, {}, [lost]],
    ["is put back before the run is collected", { doing: ["a"] }, { state: "exited" }, [lost]],
    [
      "waits until the file is settled, and so does the collecting",
      { doing: [{ id: "a", view: { isSettled: false } }] },
      { state: "exited" },
      [],
    ],
    [
      "with the attempt of the run, before it is collected",
      { doing: [claimed("a", "A", 7)] },
      { attempt: 2, state: "exited" },
      ["normalise a: attempt=2"],
    ],
    ["with the attempt of the run", { doing: [claimed("a", "A", 7)] }, { attempt: 2 }, ["normalise a: attempt=2"]],
    ["without a reason to be blocked", { doing: [{ ...claimed("a"), blocked: "x" }] }, {}, ["normalise a: -blocked"]],
    ["of checks too", { doing: ["a"] }, { kind: "checks" }, [lost]],
    ["not where a person moved the file", { planned: ["a"] }, { state: "exited" }, ["collect a-1"]],
    [
      "not in a file that cannot be read",
      { doing: [{ id: "a", view: { task: null } }] },
      { state: "exited" },
      ["collect a-1"],
    ],
  ])("%s", (_, lanes, run, expected) => {
    expect(briefWork(boardOf(lanes, { runs: [runOf("a", run)], branches: { a: {} } }))).toEqual(expected);
  });
});

function gone(id: string): { path: string; blobSha: null; headSha: string } {
  return { path: `board/doing/${id}.md`, blobSha: null, headSha: `blob-${id}` };
}

describe("a cost of which not all is known", () => {
  it("reaches a cap with what is known", () => {
    const caps = { wallMs: null, outputBytes: 1_000, toolCalls: null, costUsd: 1 };
    const at = (leastUsd: number) =>
      boardOf({ doing: [claimed("a")] }, { runs: [runOf("a", { caps, costUsd: null, leastUsd })] });
    expect(briefWork(at(0.99))).toEqual([]);
    expect(briefWork(at(1))).toEqual(["stop a-1: budget"]);
  });
});

describe("a budget that a person lowers in mid-run", () => {
  const caps = { wallMs: null, outputBytes: 1_000, toolCalls: null, costUsd: 5 };
  const runs = [runOf("a", { caps, costUsd: 1 })];
  const budget = { runUsd: 5, taskUsd: 20, dayUsd: 100 };

  it.each<[string, number, Partial<typeof budget>, string[]]>([
    ["as it was", 20, {}, []],
    ["of the task", 1, {}, ["stop a-1: budget"]],
    ["of a run", 20, { runUsd: 1 }, ["stop a-1: budget"]],
  ])("%s", (_, budgetUsd, lowered, expected) => {
    const snapshot = boardOf(
      { doing: [{ ...claimed("a"), budgetUsd }] },
      { runs, settings: { budget: { ...budget, ...lowered } } },
    );
    expect(briefWork(snapshot)).toEqual(expected);
  });
});

describe("a time limit that a person changes in mid-run", () => {
  const since = (wallMs: number | null) => runOf("a", { startedAt: NOW - 30 * MINUTE, caps: { ...caps, wallMs } });

  it.each<[string, number | null, WorldWords["settings"], number | "none" | null, number | "ends"]>([
    ["as it was", HOUR, { timeoutMs: HOUR }, null, NOW + 30 * MINUTE],
    ["of the board, shorter than it has run", HOUR, { timeoutMs: 30 * MINUTE }, null, "ends"],
    ["of the task, shorter than it has run", HOUR, {}, 10 * MINUTE, "ends"],
    ["of the task, which has not come yet", HOUR, {}, 31 * MINUTE, NOW + MINUTE],
    ["of one that had none", null, {}, 10 * MINUTE, "ends"],
    ["a longer one holds for the next run", HOUR, { timeoutMs: 3 * HOUR }, "none", NOW + 30 * MINUTE],
    ["where the board's cannot be read", HOUR, null, null, NOW + 30 * MINUTE],
  ])("%s", (_, wallMs, settings, timeoutMs, expected) => {
    const words = settings === null ? null : { timeoutMs: HOUR, staleAfterMs: {}, ...settings };
    const snapshot = boardOf({ doing: [{ ...claimed("a"), timeoutMs }] }, { runs: [since(wallMs)], settings: words });
    expect(briefWork(snapshot)).toEqual(expected === "ends" ? ["stop a-1: timeout"] : []);
    if (expected !== "ends") expect(decide(snapshot).lookAgainAt).toBe(expected);
  });
});

describe("the budget of the day", () => {
  it("counts a run that is over and not collected yet, and no run twice", () => {
    const budget = { runUsd: 5, taskUsd: 20, dayUsd: 6 };
    const over = { settings: { budget }, runs: [runOf("x", { state: "exited", costUsd: 6 })] };
    expect(whyOf(boardOf({ doing: [claimed("x")], planned: ["p"] }, over), "p")).toContain("the day's budget is spent");
    const session = sessionOf("x", { costUsd: 3, runId: "x-1" });
    const both = { ...over, runs: [runOf("x", { state: "exited", costUsd: 3 })], sessions: [session] };
    expect(whyOf(boardOf({ doing: [claimed("x")], planned: ["p"] }, both), "p")).not.toContain("budget");
  });

  const lanes = { doing: [claimed("a", "A"), claimed("b", "B"), claimed("c", "C")] };
  const settings = { slots: slotsOf("A", "B", "C"), budget: { runUsd: 5, taskUsd: 20, dayUsd: 6 } };
  const runs = [
    runOf("a", { costUsd: 1 }),
    runOf("b", { costUsd: 1, slot: "B" }),
    runOf("c", { costUsd: null, slot: "C" }),
  ];
  const spent = (usd: number, facts = {}) => [sessionOf("x", { costUsd: usd, ...facts })];

  it.each([
    ["leaves runs alone while something is left", spent(3.99), []],
    [
      "ends all that cost anything once it is spent by them together",
      spent(4),
      ["stop a-1: budget", "stop b-1: budget"],
    ],
    [
      "counts what a replaced attempt cost today",
      spent(1, { earlierUsd: 3 }),
      ["stop a-1: budget", "stop b-1: budget"],
    ],
    ["not what one cost yesterday", spent(1, { earlierUsd: 3, startedAt: NOW - 24 * HOUR }), []],
  ])("%s", (_, sessions, expected) => {
    const world = { runs, sessions, settings };
    expect(briefWork(boardOf({ ...lanes, for_review: ["x"] }, world))).toEqual(expected);
  });
});
