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
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, whyOf } from "./brief.ts";

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

  it("takes the record of a merge that waits: it is written anew only when its reason changes", () => {
    const sessions = [sessionOf("a", { step: "merge", verdict: "waiting", reason: "dirty", finishedAt: NOW })];
    const done = [{ id: "a", branch: "kanband/a", attempt: 1, blocked: "the merge waits: dirty" }];
    const branches = { a: { isMerged: false } };
    const uncommitted = [changed("sessions/a/merge.md")];
    expect(brief(boardOf({ done }, { sessions, branches, uncommitted }))).toEqual(["commit sessions/a/merge.md"]);
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
      worktrees: [{ name: "w1", taskId: "z", isUsable: true, isAtBase: true }],
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
