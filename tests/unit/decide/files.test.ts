import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/decide/snapshot.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
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

function changed(path: string): Change {
  return { path, blobSha: "new", headSha: "old" };
}
