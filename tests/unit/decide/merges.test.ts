import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { decide } from "../../../src/decide/decide.ts";
import {
  type BoardWords,
  boardOf,
  HOUR,
  NOW,
  runOf,
  SECOND,
  sessionOf,
  type TaskWords,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { briefWork, editOf, whyOf } from "./brief.ts";

const unmerged = { a: { isMerged: false }, b: { isMerged: false }, c: { isMerged: false } };

describe("merge", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["an accepted task", { done: [accepted("a")] }, {}, ["merge a"]],
    ["known by name only", { done: [{ id: "a", view: { task: null, isNameOnly: true } }] }, {}, ["merge a"]],
    ["nothing without a branch", { done: [{ id: "a" }] }, { branches: {} }, []],
    ["nothing in another lane", { for_review: [accepted("a")] }, {}, []],
    ["nothing by itself where it is manual", { done: [accepted("a")] }, { settings: { merge: "manual" } }, []],
    ["nothing while draining", { done: [accepted("a")] }, { isDraining: true }, []],
    [
      "also on a paused board: a person asked for it",
      { done: [accepted("a")] },
      { settings: { paused: true } },
      ["merge a"],
    ],
    ["nothing broken", { done: [{ id: "a", view: { task: null } }] }, {}, []],
    [
      "only once the move is committed",
      { done: [{ ...accepted("a"), view: { headPath: "board/for_review/a.md" } }] },
      {},
      [],
    ],
    [
      "one at a time where no more is wanted, the first that came",
      { done: [accepted("b", 1), accepted("a", 2)] },
      { settings: { mergeBatch: 1 } },
      ["merge b"],
    ],
    ["together, in the order they came", { done: [accepted("b", 1), accepted("a", 2)] }, {}, ["merge b + a"]],
    ["together, by id among equals", { done: [accepted("b"), accepted("a")] }, {}, ["merge a + b"]],
    [
      "no more at once than it may",
      { done: [accepted("a"), accepted("b"), accepted("c")] },
      { settings: { mergeBatch: 2 } },
      ["merge a + b"],
    ],
    [
      "nothing beside a merge job",
      { done: [accepted("a"), accepted("b")] },
      { jobs: [{ kind: "merge", taskId: "b" }] },
      [],
    ],
    [
      "nothing beside a merge run",
      { done: [accepted("a"), accepted("b")] },
      { runs: [runOf("b", { kind: "merge" })] },
      [],
    ],
    [
      "dependencies first",
      { done: [{ ...accepted("a", 1), dependencies: ["b"] }, accepted("b", 2)] },
      {},
      ["merge b + a"],
    ],
    [
      "nothing that is not known to be unmerged",
      { done: [accepted("a")] },
      { branches: { a: { isMerged: null } } },
      [],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, { branches: unmerged, ...world }))).toEqual(expected);
  });

  it("says what each waits for", () => {
    const done = [accepted("a", 1), { ...accepted("b", 2), dependencies: ["a"] }, accepted("c", 3)];
    const snapshot = boardOf({ done }, { branches: unmerged });
    expect(whyOf(snapshot, "a")).toBe("its merge is started");
    expect(whyOf(snapshot, "b")).toBe("its merge is started, with that of a");
    const alone = boardOf({ done }, { branches: unmerged, settings: { mergeBatch: 1 } });
    expect(whyOf(alone, "b")).toBe("its merge waits for that of a");
    expect(whyOf(alone, "c")).toBe("its merge waits for that of a");
    const runs = [runOf("a", { kind: "merge", with: ["b"] })];
    const running = boardOf({ done }, { branches: unmerged, runs });
    expect(whyOf(running, "a")).toBe("it is being merged");
    expect(whyOf(running, "b")).toBe("it is being merged with a");
    expect(whyOf(running, "c")).toBe("its merge waits for that of a");
    const manual = boardOf({ done }, { branches: unmerged, settings: { merge: "manual" } });
    expect(whyOf(manual, "a")).toBe("merging is manual here: merge its branch into main");
  });

  it("waits for the task whose branch it started from, accepted or not", () => {
    const stacked = { ...accepted("a"), base: "b" };
    const before = boardOf({ done: [stacked], for_review: [accepted("b")] }, { branches: unmerged });
    const together = boardOf({ done: [stacked, accepted("b", 2)] }, { branches: unmerged });
    const after = boardOf({ done: [stacked, "b"] }, { branches: { a: { isMerged: false }, b: { isMerged: true } } });

    expect(briefWork(before)).toEqual([]);
    expect(whyOf(before, "a")).toBe("its merge waits for that of b");
    expect(briefWork(together)).toEqual(["merge b + a"]);
    expect(briefWork(after)).toContain("merge a");
  });

  it("says nothing of what is merged, nor of what has no branch", () => {
    const { waiting } = decide(boardOf({ done: [accepted("a"), "b"] }, { branches: { a: { isMerged: true } } }));
    expect([...waiting]).toEqual([]);
  });
});

describe("a task that was accepted while it ran", () => {
  const stopped = (finishedAt: number) =>
    boardOf(
      { done: [accepted("a")] },
      {
        branches: unmerged,
        sessions: [sessionOf("a", { attempt: 2, state: "stopped", failure: "stopped", finishedAt })],
      },
    );

  it("is not merged half-made: it comes back, and a second acceptance takes it as it is", () => {
    expect(briefWork(stopped(NOW))[0]).toMatch(/^block a to blocked: blocked=it was accepted while it ran/);
    expect(briefWork(stopped(NOW - 2 * HOUR))).toEqual(["merge a"]);
  });
});

describe("a merge that was tried", () => {
  it.each<[string, Partial<Session>, string[]]>([
    ["in conflict: one rework", { verdict: "conflict", reason: "src/a.ts" }, ["requeue a to doing:"]],
    [
      "in conflict again: blocked",
      { verdict: "conflict", reworks: 1, reason: "src/a.ts" },
      ["block a to blocked: blocked=still in conflict after a rework: src/a.ts"],
    ],
    [
      "red: blocked",
      { verdict: "checks-failed", reason: "npm test: exit 1" },
      ["block a to blocked: blocked=could not be merged: npm test: exit 1"],
    ],
    [
      "failed in another way: blocked",
      { state: "failed", failure: "agent", verdict: null, reason: "timeout" },
      ["block a to blocked: blocked=could not be merged: timeout"],
    ],
    ["stopped: again", { state: "stopped", verdict: null }, ["merge a"]],
    ["begun and never started: again", { state: "running", verdict: null }, ["merge a"]],
    ["at an older tip: again", { verdict: "conflict", commitSha: "older" }, ["merge a"]],
    ["at an older attempt: again", { verdict: "checks-failed", attempt: 1 }, ["merge a"]],
    ["in an earlier stay in done/: again", { verdict: "checks-failed", finishedAt: NOW - 2 * HOUR }, ["merge a"]],
  ])("%s", (_, facts, expected) => {
    expect(briefWork(boardOf({ done: [accepted("a")] }, { branches: unmerged, sessions: [merge(facts)] }))).toEqual(
      expected,
    );
  });

  it("refused, perhaps in an earlier stay: nothing is done until that is known", () => {
    const done = [{ ...accepted("a"), view: { enteredAt: null } }];
    const world = { branches: unmerged, sessions: [merge({ verdict: "checks-failed", reason: "red" })] };
    const asking = boardOf({ done }, { ...world, areAgesKnown: false });
    expect(briefWork(asking)).toEqual([]);
    expect(whyOf(asking, "a")).toBe("when it was accepted is being looked up");
    expect(briefWork(boardOf({ done }, world))).toEqual(["block a to blocked: blocked=could not be merged: red"]);
  });

  it.each<[number, string[]]>([
    [2 * SECOND - 1, ["normalise a: blocked=the merge waits: README.md has unsaved changes"]],
    [2 * SECOND, ["normalise a: blocked=the merge waits: README.md has unsaved changes", "merge a"]],
  ])("that waits is tried again, %i ms later", (elapsed, expected) => {
    const sessions = [
      merge({ verdict: "waiting", reason: "README.md has unsaved changes", finishedAt: NOW - elapsed }),
    ];
    expect(briefWork(boardOf({ done: [accepted("a")] }, { branches: unmerged, sessions }))).toEqual(expected);
  });

  it("that waits says which files, and when", () => {
    const sessions = [merge({ verdict: "waiting", reason: "README.md has unsaved changes", finishedAt: NOW - SECOND })];
    const snapshot = boardOf({ done: [accepted("a")] }, { branches: unmerged, sessions });
    expect(whyOf(snapshot, "a")).toBe(
      "its merge waits: README.md has unsaved changes; tried again at 2026-11-20T10:00:01Z",
    );
    expect(decide(snapshot).lookAgainAt).toBe(NOW + SECOND);
  });

  it.each<[number, number | null]>([
    [NOW - SECOND, NOW + SECOND],
    [NOW - 2 * SECOND, null],
    // A clock that was put back.
    [NOW + HOUR, null],
  ])("that waits is tried again two seconds after the last try, though its record is older (%i)", (triedAt, next) => {
    const sessions = [merge({ verdict: "waiting", reason: "x", finishedAt: NOW - 30 * SECOND })];
    const done = [{ ...accepted("a"), blocked: "the merge waits: x" }];
    const snapshot = boardOf({ done }, { branches: { a: { isMerged: false, triedAt } }, sessions });
    expect(briefWork(snapshot)).toEqual(next === null ? ["merge a"] : []);
    expect(decide(snapshot).lookAgainAt).toBe(next);
  });

  it("that waits says for what in the commit, too", () => {
    const sessions = [merge({ verdict: "waiting", reason: "unsaved changes in a.js", finishedAt: NOW })];
    const snapshot = boardOf({ done: [accepted("a")] }, { branches: unmerged, sessions });
    expect(editOf(snapshot, "a")?.subject).toBe("Hold the merge of a: unsaved changes in a.js");
  });

  it("that waits has a turn of its own, before the others or after", () => {
    const sessions = [merge({ verdict: "waiting", reason: "dirty", finishedAt: NOW - 2 * SECOND })];
    const dirty = { ...accepted("a", 2), blocked: "the merge waits: dirty" };
    const later = boardOf({ done: [accepted("b", 1), dirty, accepted("c", 3)] }, { branches: unmerged, sessions });
    const first = boardOf({ done: [dirty, accepted("c", 3)] }, { branches: unmerged, sessions });
    expect(briefWork(later)).toEqual(["merge b + c"]);
    expect(briefWork(first)).toEqual(["merge a"]);
  });

  it("that waits lets others go ahead, but not those that depend on it", () => {
    const sessions = [merge({ verdict: "waiting", finishedAt: NOW })];
    const done = [
      { ...accepted("a"), blocked: "the merge waits: dirty" },
      { ...accepted("b"), dependencies: ["a"] },
      accepted("c"),
    ];
    const reasoned = sessions.map((it) => ({ ...it, reason: "dirty" }));
    expect(briefWork(boardOf({ done }, { branches: unmerged, sessions: reasoned }))).toEqual(["merge c"]);
  });

  it("tells a person when it is blocked", () => {
    const sessions = [merge({ verdict: "checks-failed", reason: "red" })];
    const edit = editOf(boardOf({ done: [accepted("a")] }, { branches: unmerged, sessions }), "a");
    expect(edit?.notice?.event).toBe("blocked");
    expect(edit?.trailers).toContainEqual(["Lane", "done..blocked"]);
  });
});

describe("a merged task", () => {
  const branches = { a: { isMerged: true, sha: "tip" } };
  const keys = { branch: "kanband/a", attempt: 2, blocked: "x", stale: "y" };

  it("frees its worktree, then drops its branch; its keys go at once", () => {
    const worktrees = [{ name: "w1", taskId: "a", isUsable: true, isAtBase: true }];
    const normalise = "normalise a: -branch -attempt -blocked -stale";
    expect(briefWork(boardOf({ done: [{ id: "a", ...keys }] }, { branches, worktrees }))).toEqual([
      normalise,
      "release w1 of a",
    ]);
    expect(briefWork(boardOf({ done: ["a"] }, { branches }))).toEqual(["drop-branch a tip"]);
  });

  it.each<[string, BoardWords, WorldWords]>([
    ["elsewhere than in done/", { for_review: ["a"] }, {}],
    ["in two lanes", { for_review: ["a"], done: ["a"] }, {}],
    ["without a file", {}, {}],
    ["with a run", { done: ["a"] }, { runs: [runOf("a", { kind: "merge" })] }],
    ["with a job", { done: ["a"] }, { jobs: [{ kind: "merge", taskId: "a" }] }],
    ["while draining", { done: ["a"] }, { isDraining: true }],
    ["that a person looks at", { done: ["a"] }, { branches: { a: { ...branches.a, isHeld: true } } }],
  ])("keeps its branch %s", (_, lanes, world) => {
    expect(briefWork(boardOf(lanes, { branches, ...world })).filter((it) => it.startsWith("drop"))).toEqual([]);
  });
});

describe("a task that its checks refuted, and whose commit the base holds already", () => {
  const sha = "tip-a";
  const checks = sessionOf("a", { step: "checks", attempt: 2, state: "failed", verdict: "must-fix", commitSha: sha });
  const work = (sessions: Session[], settings = {}) =>
    briefWork(boardOf({ done: [accepted("a")] }, { branches: { a: { isMerged: true } }, sessions, settings }));
  const CLOSED = ["normalise a: -branch -attempt", "drop-branch a tip-a"];
  const told = "its checks refute it; accept it once more to merge it all the same: red";

  it("goes the way of refuted work: asked, told, and closed when it is accepted although it was", () => {
    expect(work([checks])).toEqual(["merge a"]);
    expect(work([checks, merge({ verdict: "checks-failed", reason: told })])).toEqual([
      `block a to blocked: blocked=could not be merged: ${told}`,
    ]);
    expect(work([checks, merge({ verdict: "merged" })])).toEqual(CLOSED);
  });

  it("is closed where people merge by hand, or where another commit was refuted", () => {
    expect(work([checks], { merge: "manual" })).toEqual(CLOSED);
    expect(work([{ ...checks, commitSha: "older" }])).toEqual(CLOSED);
  });
});

function accepted(id: string, enteredAt: number = 0): Exclude<TaskWords, string> {
  return { id, branch: `kanband/${id}`, attempt: 2, view: { enteredAt: NOW - HOUR + enteredAt } };
}

function merge(facts: Partial<Session>): Session {
  return sessionOf("a", { step: "merge", attempt: 2, ...facts });
}
