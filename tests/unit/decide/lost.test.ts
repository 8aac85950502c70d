import { describe, expect, it } from "vitest";
import type { Lane } from "../../../src/board/lane.ts";
import type { LostLanding } from "../../../src/decide/snapshot.ts";
import { boardOf, HOUR, MINUTE, NOW, runOf, sessionOf, type WorldWords } from "../../helpers/board-builder.ts";
import { briefWork, editOf, whyOf } from "./brief.ts";

const LOST: LostLanding = { sha: "1234567890abcdef", tip: "tip-a", revertedBy: null };
const REVERTED: LostLanding = { ...LOST, revertedBy: "fedcba0987654321" };
const merge = (facts: object) => sessionOf("a", { step: "merge", verdict: "merged", slot: null, ...facts });
const told = (facts: object = {}) => merge({ verdict: "lost", reason: "it is lost", mergedAs: LOST.sha, ...facts });

function workOf(lane: Lane, lost: LostLanding | null, world: WorldWords = {}): string[] {
  const landed = lost === null ? {} : { isNoted: false, lost: new Map([["a", lost]]) };
  return briefWork(boardOf({ [lane]: ["a"] }, { landed, ...world }));
}

it("an accepted task says that the base branch is gone", () => {
  const done = [{ id: "a", branch: "kanband/a" }];
  const branches = { a: { isMerged: null } };
  const line = whyOf(boardOf({ done }, { branches, repo: { baseSha: null } }), "a");
  expect(line).toBe("the base branch main does not exist: make it, or correct `base` in board/board.md");
});

describe("a merge that is lost", () => {
  it.each<[string, Lane, WorldWords, string[]]>([
    ["without its branch: it is made again", "done", {}, ["restore-branch a gone"]],
    [
      "with its branch: it is told, and not merged",
      "done",
      { branches: { a: { isMerged: false } } },
      ["restore-branch a gone"],
    ],
    [
      "in the way of a person: also there",
      "for_review",
      { sessions: [merge({ commitSha: "tip-a" })] },
      ["restore-branch a gone"],
    ],
    [
      "of which no record tells, where none was accepted: it is noted",
      "blocked",
      {},
      ["note-base base1 keeping tip-a"],
    ],
    ["that a person put off: to note it, and its work is kept", "backlog", {}, ["note-base base1 keeping tip-a"]],
    [
      "that is blocked with its branch: the same",
      "blocked",
      { branches: { a: {} } },
      ["note-base base1 keeping tip-a"],
    ],
    ["during a job: it waits", "done", { jobs: [{ kind: "drop-branch", taskId: "a" }] }, []],
    ["that is told: nothing but to note it", "blocked", { sessions: [told()] }, ["note-base base1"]],
    ["and merged since, from another tip", "done", { sessions: [merge({ commitSha: "new" })] }, ["note-base base1"]],
    ["while nothing may start: it waits", "done", { isDraining: true }, []],
  ])("%s", (_, lane, world, expected) => {
    expect(workOf(lane, LOST, world)).toEqual(expected);
  });

  it("is told of whatever its file is like: others must not wait for that", () => {
    const landed = { isNoted: false, lost: new Map([["a", LOST]]) };
    const duplicates = [{ path: "board/backlog/a.md", isOlderVersion: false, blobSha: null }];
    for (const view of [{ task: null }, { duplicates }]) {
      expect(briefWork(boardOf({ done: [{ id: "a", view }] }, { landed }))).toContain("restore-branch a gone");
      const sessions = [told()];
      const done = boardOf({ done: [{ id: "a", view }] }, { landed, sessions, branches: { a: { isMerged: false } } });
      expect(briefWork(done)).toContain("note-base base1");
    }
  });

  it("of which its record alone tells, since it was taken away before it was noted, is told, and not merged again", () => {
    const world = (facts: object): WorldWords => ({
      branches: { a: { isMerged: false } },
      sessions: [merge({ mergedAs: LOST.sha, ...facts })],
    });
    expect(workOf("done", null, world({}))).toEqual(["restore-branch a gone"]);
    expect(workOf("done", null, world({ finishedAt: NOW - HOUR }))).toEqual(["merge a"]);
    const view = { enteredAt: null };
    expect(briefWork(boardOf({ done: [{ id: "a", view }] }, { ...world({}), areAgesKnown: false }))).toEqual([]);
  });

  it("whose branch a person has checked out is left alone, and says so", () => {
    const world = { branches: { a: { isHeld: true, isMerged: true } } };
    const board = boardOf({ done: ["a"] }, { ...world, landed: { isNoted: false, lost: new Map([["a", REVERTED]]) } });
    expect(briefWork(board)).toEqual([]);
    expect(whyOf(board, "a")).toBe(
      "its merge 1234567890ab was reverted on main by fedcba098765; its branch is checked out: check out another, so that it can begin anew",
    );
  });

  it("is dealt with beside a few others, however many there are, and noted after all of them", () => {
    const ids = Array.from({ length: 20 }, (_, at) => `t${at}`);
    const landed = { isNoted: false, lost: new Map(ids.map((id) => [id, LOST] as const)) };
    const jobs = [{ kind: "restore-branch", taskId: "t0" }];
    expect(briefWork(boardOf({ done: ids }, { landed, jobs }))).toEqual(
      ids.slice(1, 8).map((id) => `restore-branch ${id} gone`),
    );
  });

  it("keeps those that depend on it from starting, and they say why", () => {
    const landed = { isNoted: false, lost: new Map([["a", LOST]]) };
    const board = boardOf({ done: ["a"], planned: [{ id: "b", dependencies: ["a"] }] }, { landed });
    expect(briefWork(board)).toEqual(["restore-branch a gone"]);
    expect(whyOf(board, "b")).toBe("depends on a, and its merge 1234567890ab is not on main any more");
  });
});

describe("a task whose loss is told", () => {
  const branches = { a: { isMerged: false } };

  it.each<[string, WorldWords, string[]]>([
    [
      "goes back to done/ when its merge is on the base again, without its branch",
      { branches: { a: {} } },
      ["forget-loss a tip-a"],
    ],
    ["the same when nobody lived to write that down", {}, ["forget-loss a no branch"]],
    ["stays where it is when somebody went on with its branch", { branches: { a: { sha: "more" } } }, []],
    ["stays where it is while somebody has its branch checked out", { branches: { a: { isHeld: true } } }, []],
    ["waits for what is done to it", { branches: { a: {} }, jobs: [{ kind: "release", taskId: "a" }] }, []],
  ])("%s", (_, world, expected) => {
    const landed = { found: new Map([["a", LOST.sha]]) };
    expect(briefWork(boardOf({ blocked: ["a"] }, { sessions: [told()], landed, ...world }))).toEqual(expected);
  });

  it("is closed by the record that it is merged, of this stay in blocked/ alone", () => {
    const board = (facts: object) =>
      boardOf({ blocked: [{ id: "a", blocked: "it is lost" }] }, { sessions: [merge(facts)] });
    expect(briefWork(board({}))).toEqual(["close a to done: -blocked"]);
    expect(briefWork(board({ finishedAt: NOW - HOUR }))).toEqual([]);
    expect(briefWork({ ...board({}), isDraining: true })).toEqual(["close a to done: -blocked"]);
  });

  it("goes to blocked/, once", () => {
    const board = boardOf({ done: ["a"] }, { branches, sessions: [told()] });
    expect(briefWork(board)).toEqual(["block a to blocked: blocked=it is lost"]);
    expect(editOf(board, "a")?.notice).toMatchObject({ event: "blocked" });
  });

  it("that is accepted since then is merged", () => {
    expect(workOf("done", null, { branches, sessions: [told({ finishedAt: NOW - HOUR })] })).toEqual(["merge a"]);
    // Whether it is, is not known yet.
    const view = { enteredAt: null };
    const world = { branches, sessions: [told()], areAgesKnown: false };
    expect(briefWork(boardOf({ done: [{ id: "a", view }] }, world))).toEqual([]);
  });

  it("and that a person put into done/ without a branch stays there, and counts as done", () => {
    const view = { enteredAt: NOW - MINUTE / 2 };
    const lanes = { done: [{ id: "a", view }], planned: [{ id: "b", dependencies: ["a"] }] };
    expect(briefWork(boardOf(lanes, { sessions: [told()] }))).toContainEqual(expect.stringContaining("assign b"));
  });
});

it("notes nothing of the base while checks of a merge may have moved it, and takes none for merged by them", () => {
  const world = { branches: { a: { isMerged: true } }, landed: { isNoted: false } };
  const runs = [runOf("a", { kind: "merge" })];
  expect(workOf("done", null, { ...world, runs })).toEqual([]);
  expect(workOf("done", null, world)).toEqual(["note-base base1"]);
  const lanes = { done: ["a"], planned: [{ id: "b", dependencies: ["a"] }] };
  expect(whyOf(boardOf(lanes, { ...world, runs }), "b")).toMatch(/^depends on a/);
});

it("keeps every merged branch until it is noted where it was merged", () => {
  const branches = { a: { isMerged: true } };
  expect(workOf("done", null, { branches })).toEqual(["drop-branch a tip-a"]);
  expect(workOf("done", null, { branches, landed: { isNoted: false } })).toEqual(["note-base base1"]);
});
