import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { decide } from "../../../src/decide/decide.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  failedSession,
  MINUTE,
  NOW,
  runOf,
  sessionOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, briefWork, editOf, whyOf } from "./brief.ts";

describe("the circuit breaker", () => {
  const failures = ["a", "b", "c"].map((id, index) => failedSession(id, { finishedAt: NOW - index }));
  const blocked = ["a", "b", "c", "d"];

  it.each<[string, Session[], boolean]>([
    ["three in a row", failures, true],
    ["two are chance", failures.slice(0, 2), false],
    ["another reason", [...failures.slice(0, 2), failedSession("c", { reason: "exit 2", finishedAt: 1 })], false],
    ["another class", [...failures.slice(0, 2), failedSession("c", { failure: "setup" })], false],
    ["a success between", [...failures, sessionOf("d", { finishedAt: NOW - 1 })], false],
    ["a success before", [...failures, sessionOf("d", { finishedAt: NOW - 3 })], true],
    ["a success after", [...failures, sessionOf("d", { finishedAt: NOW })], false],
    ["three of one task", ["x", "y", "z"].map((name) => failedSession("a", { path: `sessions/a/${name}.md` })), false],
    ["those that paused it before", [{ ...failures[0]!, pausedBoard: true }, ...failures.slice(1)], false],
    ["stops are no failures", failures.map((it) => ({ ...it, failure: "stopped" as const })), false],
    ["neither are budgets", failures.map((it) => ({ ...it, failure: "budget" as const })), false],
    ["merges do not count", failures.map((it) => ({ ...it, step: "merge" })), false],
    [
      "red checks after steps that went well",
      failures.flatMap((it) => [
        sessionOf(it.taskId, { finishedAt: it.finishedAt }),
        { ...it, step: "checks", failure: "checks" as const },
      ]),
      true,
    ],
  ])("%s", (_, sessions, isPaused) => {
    const found = brief(boardOf({ blocked }, { sessions }));
    expect(found.some((it) => it.startsWith("pause-board"))).toBe(isPaused);
  });

  it("writes the reason, tells a person, and says which session is to be marked", () => {
    const edit = editOf(boardOf({ blocked }, { sessions: failures }), null);
    const reason = "the same failure on a, b, c: exit 1";
    expect(edit).toMatchObject({
      path: "board/board.md",
      expectBlob: "settings1",
      set: [["paused", reason]],
      notice: { event: "paused", taskId: null, message: reason },
      marksSessions: ["a", "b", "c"].map((id) => `sessions/${id}/engineer.md`),
    });
  });

  const PAUSED = "the same failure on x, y, z: exit 1";
  it.each<[string, string | true, Partial<Session>, boolean]>([
    ["one more of it", PAUSED, {}, true],
    ["one that was cut", `the same failure on x: ${"e".repeat(275)}…`, { reason: "e".repeat(400) }, true],
    ["one without words", "the same failure on x: a failure of class agent", { reason: null }, true],
    ["another failure", PAUSED, { reason: "exit 2" }, false],
    ["one that is marked", PAUSED, { pausedBoard: true }, false],
    ["one under a pause of a person's", true, {}, false],
    ["one under a person's words", "exit 1", {}, false],
  ])("marks what fails on in the same way while the board is paused for it: %s", (_, paused, facts, isMarked) => {
    const sessions = [failedSession("d", facts)];
    const edit = editOf(boardOf({ blocked }, { sessions, settings: { paused } }), null);
    const marks = { intent: "mark-failures", set: [], notice: null, marksSessions: ["sessions/d/engineer.md"] };
    expect(edit).toEqual(isMarked ? expect.objectContaining(marks) : undefined);
  });

  it.each([
    ["the same", { reason: "exit 1" }, true],
    ["another", { reason: "exit 2" }, false],
  ])("goes by what is marked where a person has put other words: %s", (_, facts, isMarked) => {
    const sessions = [failedSession("a", { reason: "exit 1", pausedBoard: true }), failedSession("d", facts)];
    const edit = editOf(boardOf({ blocked }, { sessions, settings: { paused: true } }), null);
    expect(edit?.marksSessions).toEqual(isMarked ? ["sessions/d/engineer.md"] : undefined);
  });

  it("says what failed also of tasks with long names", () => {
    const sessions = ["a", "b", "c"].map((id) => failedSession(id.repeat(90), { reason: "exit 1" }));
    const { set } = editOf(boardOf({ blocked }, { sessions }), null) ?? {};
    expect(set?.[0]?.[1]).toMatch(/^the same failure on a{90}, b+…: exit 1$/);
  });

  it("makes a settings file where there is none: only what is written can be taken back", () => {
    const edit = editOf(boardOf({ blocked }, { sessions: failures, settingsBlob: null }), null);
    expect(edit).toMatchObject({ intent: "pause-board", path: "board/board.md", expectBlob: null });
  });

  it("starts nothing in the tick in which it opens", () => {
    const snapshot = boardOf({ blocked, planned: ["p"], doing: [claimed("q")] }, { sessions: failures });
    expect(briefWork(snapshot).map((it) => it.split(" ")[0])).toEqual(["pause-board"]);
    expect(whyOf(snapshot, "p")).toBe("the board is about to be paused: the same failure on a, b, c: exit 1");
  });

  it.each<[string, WorldWords]>([
    ["it is paused already", { settings: { paused: true } }],
    [
      "the settings file is broken",
      { findings: [{ path: "board/board.md", line: 1, severity: "error", code: "X", message: "x", hint: null }] },
    ],
  ])("edits nothing where %s, and starts nothing either", (_, world) => {
    expect(briefWork(boardOf({ blocked, planned: ["p"] }, { sessions: failures, ...world }))).toEqual([]);
  });
});

describe("worktrees", () => {
  const held = (taskId: string | null) => ({ name: "w1", taskId, isUsable: true, isAtBase: true });

  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["a finished task gives its worktree back", { for_review: ["a"] }, {}, ["release w1 of a"]],
    ["so does one that was deleted", {}, {}, ["release w1 of a"]],
    ["not one whose file may only be out of sight", {}, { tasksSettleAt: NOW + 1 }, []],
    ["a claim keeps it", { doing: [claimed("a")] }, { settings: { paused: true } }, []],
    [
      "a run keeps it",
      { planned: ["a"] },
      { runs: [runOf("a", { stop: { reason: "person", requestedAt: 1 } })], jobs: [{ kind: "stop", taskId: "a" }] },
      [],
    ],
    ["a job keeps it", { planned: ["a"] }, { jobs: [{ kind: "collect", taskId: "a" }] }, []],
    ["a file that cannot be read keeps it", { doing: [{ id: "a", view: { task: null } }] }, {}, []],
    ["waiting without a slot does not", { doing: [{ id: "a", dependencies: ["x"] }] }, {}, ["release w1 of a"]],
    [
      "it is not given back and taken in one tick",
      { planned: ["a"] },
      {},
      ["assign a to doing: assigned=A branch=kanband/a attempt=1", "prepare a in A"],
    ],
    ["nothing while draining", { for_review: ["a"] }, { isDraining: true }, []],
    ["free ones stay", { for_review: ["a"] }, { worktrees: [held(null)] }, []],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, { worktrees: [held("a")], ...world }))).toEqual(expected);
  });

  it.each<[string, number, BoardWords, WorldWords, boolean]>([
    ["one more for a free slot", 2, {}, { worktrees: [held(null)] }, true],
    ["enough", 1, {}, { worktrees: [held(null)] }, false],
    ["one that is behind the base is brought there", 1, {}, { worktrees: [{ ...held(null), isAtBase: false }] }, true],
    [
      "one that is behind stays so in use",
      1,
      {},
      { worktrees: [{ ...held("a"), isAtBase: false }, held(null)] },
      false,
    ],
    ["one that is broken does not count", 1, {}, { worktrees: [{ ...held(null), isUsable: false }] }, true],
    [
      "no more than free slots",
      2,
      { doing: [claimed("a"), claimed("b", "B")] },
      { runs: [runOf("a"), runOf("b", { slot: "B" })] },
      false,
    ],
    ["not beside other work", 2, { planned: ["a"] }, {}, false],
    ["not beside a job", 2, {}, { jobs: [{ kind: "warm", taskId: null }] }, false],
    ["not on a paused board", 2, {}, { settings: { paused: true, worktree: { copy: [], setup: [], pool: 2 } } }, false],
    ["not without a base", 2, {}, { repo: { baseSha: null } }, false],
    ["none wanted", 0, {}, {}, false],
  ])("warm: %s", (_, pool, lanes, world, isWarm) => {
    const settings = { worktree: { copy: [], setup: [], pool }, slots: slotsOf("A", "B"), ...world.settings };
    expect(brief(boardOf(lanes, { ...world, settings })).includes("warm")).toBe(isWarm);
  });
});

describe("what failed and rests", () => {
  const resting = { kind: "launch", taskId: "a", problem: "no space left", retryAt: NOW + MINUTE };

  it("is not tried before its time, and says when", () => {
    const snapshot = boardOf({ doing: [claimed("a")] }, { jobs: [resting] });
    expect(brief(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe("launch failed: no space left; tried again at 2026-11-20T10:01:00Z");
    expect(decide(snapshot).lookAgainAt).toBe(NOW + MINUTE);
  });

  it("does not keep a person's move, or other work on the task, from happening", () => {
    expect(briefWork(boardOf({ backlog: [claimed("a")] }, { jobs: [resting] }))).toEqual([
      "normalise a: -assigned -branch -attempt",
    ]);
    expect(briefWork(boardOf({ doing: [claimed("a")] }, { jobs: [{ ...resting, kind: "prepare" }] }))).toEqual([
      "launch a in A #1 first by shell",
    ]);
  });

  it("says so where its run could not be collected, and nothing where it does not matter", () => {
    const runs = [runOf("a", { state: "exited" })];
    const collect = boardOf({ doing: [claimed("a")] }, { runs, jobs: [{ ...resting, kind: "collect", of: "a-1" }] });
    expect(brief(collect)).toEqual([]);
    expect(whyOf(collect, "a")).toMatch("collect of a-1 failed: no space left");
    const release = boardOf({ for_review: ["a"] }, { jobs: [{ ...resting, kind: "release" }] });
    expect(whyOf(release, "a")).toMatch("waits for a person");
  });

  it("lets other merges go ahead", () => {
    const done = [
      { id: "a", branch: "kanband/a" },
      { id: "b", branch: "kanband/b" },
    ];
    const branches = { a: { isMerged: false }, b: { isMerged: false } };
    const snapshot = boardOf({ done }, { branches, jobs: [{ ...resting, kind: "merge" }] });
    expect(brief(snapshot)).toEqual(["merge b"]);
    expect(whyOf(snapshot, "a")).toMatch("merge failed: no space left");
  });
});

describe("dependencies", () => {
  it.each<[string, BoardWords, WorldWords, string | null]>([
    ["done, without a branch", { done: ["b"] }, {}, null],
    ["done and merged", { done: ["b"] }, { branches: { b: { isMerged: true } } }, null],
    ["done, known by name only", { done: [{ id: "b", view: { task: null, isNameOnly: true } }] }, {}, null],
    [
      "done and not merged",
      { done: ["b"] },
      { branches: { b: { isMerged: false } }, settings: { merge: "manual" } },
      "depends on b, which is accepted but not merged yet",
    ],
    ["in review", { for_review: ["b"] }, {}, "depends on b, which is in for_review/"],
    ["blocked", { blocked: ["b"] }, {}, "depends on b, which is in blocked/"],
    [
      "by an alias",
      { planned: [{ id: "x", aliases: ["b"], dependencies: ["y"] }] },
      {},
      "depends on b (x), which is in planned/",
    ],
    [
      "accepted while it was running",
      { done: ["b"] },
      { runs: [runOf("b")] },
      "depends on b, which is accepted but not merged yet",
    ],
    ["by an alias that is done", { done: [{ id: "x", aliases: ["b"] }] }, {}, null],
    [
      "by a name that may be two",
      {
        done: [
          { id: "x", aliases: ["b"] },
          { id: "y", aliases: ["b"] },
        ],
      },
      {},
      "depends on b, which may be x or y",
    ],
    [
      "in two lanes at once",
      { done: ["b"], backlog: ["b"] },
      {},
      "depends on b, which is in backlog/ and done/ at once",
    ],
  ])("%s", (_, lanes, world, reason) => {
    const snapshot = boardOf(
      { ...lanes, planned: [...(lanes.planned ?? []), { id: "a", dependencies: ["b"] }] },
      world,
    );
    if (reason === null) expect(briefWork(snapshot)).toContain("prepare a in A");
    else expect(whyOf(snapshot, "a")).toBe(reason);
  });

  it("names what only a person can mend before what time will", () => {
    const planned = [
      { id: "a", dependencies: ["b", "nobody"] },
      { id: "b", dependencies: ["x"] },
    ];
    expect(whyOf(boardOf({ planned }), "a")).toBe("depends on nobody, and no task has that id or alias");
  });

  it("names the cycle on every task in it, and on those that wait for it", () => {
    const planned = [
      { id: "c", dependencies: ["a"] },
      { id: "a", dependencies: ["b"] },
      { id: "b", dependencies: ["c"] },
      { id: "d", dependencies: ["e"] },
      { id: "e", dependencies: ["b"] },
    ];
    const { waiting } = decide(boardOf({ planned }));
    for (const id of ["a", "b", "c"]) expect(waiting.get(id)).toBe("dependency cycle: a → b → c → a");
    for (const id of ["d", "e"]) expect(waiting.get(id)).toBe("depends on tasks in a cycle: a → b → c → a");
  });

  it("sees no cycle through what is met", () => {
    const lanes = { planned: [{ id: "a", dependencies: ["b"] }], done: [{ id: "b", dependencies: ["a"] }] };
    expect(briefWork(boardOf(lanes))).toContain("prepare a in A");
  });

  it("follows a chain of thousands without losing its breath", () => {
    const planned = Array.from({ length: 20_000 }, (_, index) => ({
      id: `t${index}`,
      dependencies: [`t${index + 1}`],
    }));
    expect(whyOf(boardOf({ planned, backlog: ["t20000"] }), "t0")).toBe("depends on t1, which is in planned/");
  });
});
