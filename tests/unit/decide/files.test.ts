import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import type { Change } from "../../../src/decide/snapshot.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  NOW,
  runOf,
  sessionOf,
  type TaskWords,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, briefWork, editOf, whyOf } from "./brief.ts";

describe("the key lane", () => {
  it.each<[string, string, string | null | undefined, string[]]>([
    ["fresh: there was none", "done", null, ["request a to done: -lane"]],
    ["fresh: there was another", "backlog", "done", ["request a to backlog: -lane"]],
    ["fresh, for the lane it is in", "for_review", null, ["normalise a: -lane"]],
    ["committed already", "done", "done", []],
    ["in a new or moved file", "done", undefined, ["normalise a: -lane"]],
    ["unknown", "dong", null, []],
    ["unknown, in a new file", "dong", undefined, []],
  ])("%s", (_, laneRequest, headLaneRequest, expected) => {
    const for_review = [{ id: "a", laneRequest, view: { headLaneRequest } }];
    expect(briefWork(boardOf({ for_review }))).toEqual(expected);
  });

  it("takes the stale flag of the old lane with it", () => {
    const for_review = [{ id: "a", laneRequest: "done", stale: "x", view: { headLaneRequest: null } }];
    expect(briefWork(boardOf({ for_review }))).toEqual(["request a to done: -lane -stale"]);
  });

  it("goes before every other edit of the file", () => {
    const doing = [{ id: "a", laneRequest: "blocked", view: { headLaneRequest: null } }];
    expect(briefWork(boardOf({ doing }, { runs: [runOf("a")] }))).toEqual(["request a to blocked: -lane"]);
    const planned = [{ id: "a", laneRequest: "done", attempt: 3, view: { headLaneRequest: null } }];
    expect(briefWork(boardOf({ planned }))).toEqual(["request a to done: -lane"]);
  });

  it.each<[string, Exclude<TaskWords, string>["view"], WorldWords]>([
    ["the file is not settled", { isSettled: false }, {}],
    ["a job is at the task", {}, { jobs: [{ kind: "check", taskId: "a" }] }],
    ["a second file is there", { duplicates: [{ path: "x", isOlderVersion: false, blobSha: null }] }, {}],
  ])("stays uncommitted, and so fresh, while %s", (_, view, world) => {
    const uncommitted = [changed("board/for_review/a.md"), changed("board/for_review/b.md")];
    const for_review = [{ id: "a", laneRequest: "done", view: { headLaneRequest: null, ...view } }];
    expect(brief(boardOf({ for_review }, { uncommitted, ...world }))).toEqual(["commit board/for_review/b.md"]);
  });

  it("is obeyed without settings in force", () => {
    const for_review = [{ id: "a", laneRequest: "done", view: { headLaneRequest: null } }];
    expect(briefWork(boardOf({ for_review }, { settings: null }))).toEqual(["request a to done: -lane"]);
  });
});

describe("keys that are not true", () => {
  const keys = { assigned: "A", branch: "kanband/a", attempt: 2, spentUsd: 1, blocked: "x" };

  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["backlog/", { backlog: [{ id: "a", ...keys }] }, {}, ["normalise a: -assigned -branch -attempt -blocked"]],
    [
      "planned/",
      { planned: [{ id: "a", ...keys, dependencies: ["x"] }] },
      {},
      ["normalise a: -assigned -branch -attempt -blocked"],
    ],
    ["for_review/", { for_review: [{ id: "a", ...keys }] }, {}, ["normalise a: -assigned -branch -blocked"]],
    ["blocked/", { blocked: [{ id: "a", ...keys }] }, {}, ["normalise a: -assigned -branch"]],
    ["done/", { done: [{ id: "a", ...keys }] }, {}, ["normalise a: -assigned -branch -attempt -blocked"]],
    [
      "doing/, without a slot",
      { doing: [{ id: "a", ...keys, assigned: null, dependencies: ["x"] }] },
      {},
      ["normalise a: -branch -attempt -blocked"],
    ],
    [
      "not where the branch is",
      { for_review: [{ id: "a", ...keys, blocked: null, assigned: null }] },
      { branches: { a: {} } },
      [],
    ],
    ["not while there is a run", { backlog: [{ id: "a", ...keys }] }, { runs: [runOf("a")] }, ["stop a-1: person"]],
    ["not during a job", { backlog: [{ id: "a", ...keys }] }, { jobs: [{ kind: "collect", taskId: "a" }] }, []],
    ["not in a file that is not settled", { backlog: [{ id: "a", ...keys, view: { isSettled: false } }] }, {}, []],
    ["not in a file that cannot be read", { backlog: [{ id: "a", view: { task: null } }] }, {}, []],
    [
      "without settings too",
      { backlog: [{ id: "a", ...keys }] },
      { settings: null },
      ["normalise a: -assigned -branch -attempt -blocked"],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, world))).toEqual(expected);
  });

  it("adds what an interrupted attempt cost", () => {
    const sessions = [sessionOf("a", { attempt: 2, state: "stopped", costUsd: 0.5 })];
    expect(briefWork(boardOf({ backlog: [{ id: "a", ...keys }] }, { sessions }))).toEqual([
      "normalise a: spent_usd=1.5 -assigned -branch -attempt -blocked",
    ]);
  });
});

describe("two files with one id", () => {
  const committed = { headSha: "blob-a" };

  it.each<[string, object, object, string[]]>([
    ["the older version goes", { isOlderVersion: true, blobSha: "old" }, committed, ["remove-duplicate a:"]],
    ["neither goes where both are somebody's work", { isOlderVersion: false, blobSha: "old" }, committed, []],
    ["not before the other is in git", { isOlderVersion: true, blobSha: "old" }, { headSha: null }, []],
    ["not while the other is being written", { isOlderVersion: true, blobSha: "old" }, { isSettled: false }, []],
    ["not when nobody read it", { isOlderVersion: true, blobSha: null }, committed, []],
  ])("%s", (_, other, view, expected) => {
    const duplicates = [{ path: "board/planned/a.md", isOlderVersion: false, blobSha: null, ...other }];
    const snapshot = boardOf({ doing: [{ ...claimed("a"), view: { ...view, duplicates } }] });
    expect(briefWork(snapshot)).toEqual(expected);
  });

  it("removes no file of another name, though the two share an alias", () => {
    const duplicates = [{ path: "board/planned/b.md", isOlderVersion: true, blobSha: "old" }];
    expect(briefWork(boardOf({ backlog: [{ id: "a", view: { duplicates } }] }))).toEqual([]);
  });

  it("names the file that goes, by its bytes", () => {
    const duplicates = [{ path: "board/planned/a.md", isOlderVersion: true, blobSha: "old" }];
    const edit = editOf(boardOf({ doing: [{ ...claimed("a"), view: { duplicates } }] }), "a");
    expect(edit).toMatchObject({ path: "board/planned/a.md", expectBlob: "old", toLane: null, set: [] });
  });

  it.each(["board/doing/a.md", "board/planned/a.md"])(
    "of two equal files keeps the one on the branch: %s",
    (headPath) => {
      const twin = (path: string) => ({ duplicates: [{ path, isOlderVersion: true, blobSha: "blob-a" }], headPath });
      const lanes = {
        planned: [{ id: "a", view: twin("board/doing/a.md") }],
        doing: [{ id: "a", view: twin("board/planned/a.md") }],
      };
      const edit = editOf(boardOf(lanes), "a");
      expect(edit?.intent).toBe("remove-duplicate");
      expect(edit?.path).not.toBe(headPath);
    },
  );

  it("does not remove one that somebody is writing", () => {
    const lanes = {
      planned: [
        {
          id: "a",
          view: {
            isSettled: false,
            duplicates: [{ path: "board/doing/a.md", isOlderVersion: false, blobSha: "blob-a" }],
          },
        },
      ],
      doing: [
        {
          ...claimed("a"),
          view: { duplicates: [{ path: "board/planned/a.md", isOlderVersion: true, blobSha: "blob-a" }] },
        },
      ],
    };
    expect(briefWork(boardOf(lanes))).toEqual([]);
  });

  it("runs neither and names both", () => {
    const duplicates = [{ path: "board/backlog/a.md", isOlderVersion: false, blobSha: "other" }];
    const snapshot = boardOf({ planned: [{ id: "a", view: { duplicates } }] });
    expect(brief(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe(
      "2 files are this task, and neither runs: board/backlog/a.md, board/planned/a.md; remove all but one",
    );
  });
});

describe("the commit", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    [
      "takes what people changed",
      { backlog: ["a"] },
      { uncommitted: [changed("board/backlog/a.md"), changed("board/board.md")] },
      ["commit board/backlog/a.md board/board.md"],
    ],
    ["is not made for nothing", { backlog: ["a"] }, {}, []],
    [
      "leaves an edited file to its edit",
      { backlog: [{ id: "a", attempt: 1 }] },
      { uncommitted: [changed("board/backlog/a.md")] },
      ["normalise a: -attempt", "commit"],
    ],
    [
      "waits with the session of a live run",
      { doing: [claimed("a")] },
      { runs: [runOf("a")], uncommitted: [changed("sessions/a/engineer.md")] },
      [],
    ],
    [
      "and with that of a job",
      { backlog: ["a"] },
      { jobs: [{ kind: "collect", taskId: "a" }], uncommitted: [changed("sessions/a/engineer.md")] },
      [],
    ],
    [
      "takes the session of a task that is at rest",
      { backlog: ["a"] },
      { uncommitted: [changed("sessions/a/engineer.md")] },
      ["commit sessions/a/engineer.md"],
    ],
    [
      "takes the session of a deleted task",
      {},
      { uncommitted: [changed("sessions/a/engineer.md")] },
      ["commit sessions/a/engineer.md"],
    ],
    [
      "without settings too",
      {},
      { settings: null, uncommitted: [changed("board/board.md")] },
      ["commit board/board.md"],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(brief(boardOf(lanes, world))).toEqual(expected);
  });

  it("takes the session with the edit that ends the attempt, before the next one replaces it", () => {
    const sessions = [sessionOf("a", { state: "stopped", reason: "shutdown" })];
    const uncommitted = [changed("sessions/a/engineer.md")];
    expect(brief(boardOf({ doing: [claimed("a")] }, { sessions, uncommitted }))).toEqual([
      "again a: attempt=2",
      "commit sessions/a/engineer.md",
    ]);
  });

  it("takes the record of a merge that came to an end", () => {
    const uncommitted = [changed("sessions/b/merge.md")];
    const done = [{ id: "b", branch: "kanband/b", attempt: 1 }];
    const sessions = [sessionOf("b", { step: "merge", verdict: "conflict", reason: "x" })];
    const world = { uncommitted, sessions, branches: { b: { isMerged: false } } };
    expect(brief(boardOf({ done }, world))).toEqual(["requeue b to doing:", "commit sessions/b/merge.md"]);
  });

  it("does not commit every try of a merge that waits", () => {
    const sessions = [sessionOf("a", { step: "merge", verdict: "waiting", reason: "dirty", finishedAt: NOW })];
    const done = [{ id: "a", branch: "kanband/a", attempt: 1, blocked: "the merge waits: dirty" }];
    const branches = { a: { isMerged: false } };
    const first = { path: "sessions/a/merge.md", blobSha: "1", headSha: null };
    const second = { ...first, headSha: "0" };
    expect(brief(boardOf({ done }, { sessions, branches, uncommitted: [first] }))).toEqual([
      "commit sessions/a/merge.md",
    ]);
    expect(brief(boardOf({ done }, { sessions, branches, uncommitted: [second] }))).toEqual([]);
  });
});

describe("a board that cannot be worked on", () => {
  it.each(["elsewhere", "operation", "busy", "missing"] as const)("does nothing and says so: %s", (state) => {
    const lanes = {
      planned: ["a"],
      doing: [claimed("b")],
      for_review: ["c"],
      blocked: [{ id: "d", blocked: "because" }],
      done: ["e"],
      backlog: [{ id: "f", attempt: 1 }],
    };
    const world: WorldWords = {
      repo: { state, detail: "a rebase is in progress" },
      uncommitted: [changed("board/planned/a.md")],
      branches: { e: { isMerged: false } },
      worktrees: [{ name: "w1", taskId: "z", isUsable: true }],
      settings: { worktree: { copy: [], setup: [], pool: 2 } },
    };
    const { actions, waiting } = decide(boardOf(lanes, world));
    expect(actions).toEqual([]);
    for (const id of ["a", "b", "e"]) expect(waiting.get(id)).toBe("a rebase is in progress");
    expect(waiting.get("c")).toMatch("waits for a person");
    expect(waiting.get("d")).toBe("because");
    expect(waiting.has("f")).toBe(false);
  });

  it("starts nothing without settings, and names what is wrong with them", () => {
    const finding = {
      path: "board/board.md",
      line: 2,
      severity: "error",
      code: "SETTINGS_INVALID",
      message: "slots: a number was expected",
      hint: null,
    } as const;
    const other = { ...finding, path: "personas/poet.md", message: "not this one" };
    const warning = { ...finding, severity: "warning", message: "nor this one" } as const;
    const findings = [other, warning, finding];
    const snapshot = boardOf({ planned: ["a"], doing: [claimed("b")] }, { settings: null, findings });
    expect(brief(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe("no settings are in force: slots: a number was expected");
    expect(whyOf(boardOf({ planned: ["a"] }, { settings: null }), "a")).toBe(
      "no settings are in force: board/board.md cannot be read",
    );
  });
});

function changed(path: string): Change {
  return { path, blobSha: "new", headSha: "old" };
}
