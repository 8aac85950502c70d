import { describe, expect, it } from "vitest";
import {
  type BoardWords,
  boardOf,
  runOf,
  sessionOf,
  settingsOf,
  slotsOf,
  type TaskWords,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { briefWork, whyOf } from "./brief.ts";

const upper = (id: string, ...dependencies: string[]): Exclude<TaskWords, string> => ({
  id,
  stack: true,
  dependencies,
});

describe("a task with stack: true", () => {
  it.each<[string, BoardWords, WorldWords, string | null]>([
    ["starts once what it stands on waits for review", { for_review: ["b"] }, { branches: { b: {} } }, null],
    ["starts from one that is named by its alias", { for_review: [alias("b")] }, { branches: { x: {} } }, null],
    ["starts when that is accepted", { done: ["b"] }, { branches: { b: { isMerged: false } }, settings: MANUAL }, null],
    ["waits while that is at work", { doing: ["b"] }, {}, "depends on b, which is in doing/"],
    ["waits while that has no branch", { for_review: ["b"] }, {}, "depends on b, which has no branch"],
    [
      "waits while that is checked",
      { for_review: ["b"] },
      { branches: { b: {} }, runs: [runOf("b", { kind: "checks" })] },
      "depends on b, which is still at work",
    ],
    [
      "waits while that is brought onto something else",
      { for_review: ["b"] },
      { branches: { b: {} }, jobs: [{ kind: "restack", taskId: "b" }] },
      "depends on b, which is still at work",
    ],
    [
      "waits while that is to be checked again on what it stands on now",
      { for_review: ["b"] },
      {
        branches: { b: {} },
        sessions: [
          sessionOf("b", { step: "checks", finishedAt: 1, commitSha: "old" }),
          sessionOf("b", { step: "restack", finishedAt: 2, verdict: "restacked", commitSha: "tip-b" }),
        ],
      },
      "depends on b, which is still at work",
    ],
    ["says what only a person can mend", { blocked: ["b"] }, {}, "depends on b, which is in blocked/"],
  ])("%s", (_, lanes, world, reason) => {
    const snapshot = boardOf({ ...lanes, planned: [upper("a", "b")] }, world);
    if (reason === null) expect(briefWork(snapshot)).toContain("prepare a in A");
    else expect(whyOf(snapshot, "a")).toBe(reason);
  });

  it("waits for a dependency that is not done where it says nothing of the kind", () => {
    const snapshot = boardOf(
      { for_review: ["b"], planned: [{ id: "a", dependencies: ["b"] }] },
      { branches: { b: {} } },
    );
    expect(whyOf(snapshot, "a")).toBe("depends on b, which is in for_review/");
  });

  it("starts at once with all the others that stand on the same one, up to the slots that are free", () => {
    const planned = ["p", "q", "r", "s"].map((id) => upper(id, "base-work"));
    const world = { branches: { "base-work": {} }, settings: settingsOf({ slots: slotsOf("A", "B", "C") }) };
    const started = briefWork(boardOf({ for_review: ["base-work"], planned }, world));
    expect(started.filter((it) => it.startsWith("prepare"))).toEqual([
      "prepare p in A",
      "prepare q in B",
      "prepare r in C",
    ]);
  });

  it("names a cycle of those that stand on each other", () => {
    expect(whyOf(boardOf({ planned: [upper("a", "b"), upper("b", "a")] }), "a")).toBe("dependency cycle: a → b → a");
  });
});

describe("a task with a base", () => {
  it.each<[string, BoardWords, WorldWords, string | null]>([
    ["a branch, as far as anybody knows", {}, {}, null],
    ["in review: its branch", { for_review: ["b"] }, { branches: { b: {} } }, null],
    ["in review, by its alias", { for_review: [{ id: "c", aliases: ["b"] }] }, { branches: { c: {} } }, null],
    ["in review, without a branch", { for_review: ["b"] }, {}, "starts from b, which has no branch"],
    [
      "in review, and at work",
      { for_review: ["b"] },
      { branches: { b: {} }, runs: [runOf("b", { kind: "checks" })] },
      "starts from b, which is still at work",
    ],
    ["merged", { done: ["b"] }, { branches: { b: { isMerged: true } } }, null],
    ["accepted: its branch", { done: ["b"] }, { branches: { b: { isMerged: false } }, settings: MANUAL }, null],
    ["at work", { backlog: ["b"] }, {}, "starts from b, which is in backlog/"],
    [
      "at work, and this one has begun before",
      { backlog: ["b"] },
      { branches: { a: { isMerged: false } } },
      "starts from b, which is in backlog/",
    ],
    [
      "two tasks by one alias",
      {
        for_review: [
          { id: "c", aliases: ["b"] },
          { id: "d", aliases: ["b"] },
        ],
      },
      {},
      "starts from b, which may be c or d",
    ],
    ["in two lanes", { done: ["b"], backlog: ["b"] }, {}, "starts from b, which is in backlog/ and done/ at once"],
    ["in a cycle", { planned: [{ id: "b", dependencies: ["a"] }] }, {}, "dependency cycle: a → b → a"],
  ])("%s", (_, lanes, world, reason) => {
    const snapshot = boardOf({ ...lanes, planned: [...(lanes.planned ?? []), { id: "a", base: "b" }] }, world);
    if (reason === null) expect(briefWork(snapshot)).toContain("prepare a in A");
    else expect(whyOf(snapshot, "a")).toBe(reason);
  });

  it("lets no task start from itself", () => {
    expect(whyOf(boardOf({ planned: [{ id: "a", base: "a" }] }), "a")).toBe("starts from its own branch: base: a");
  });
});

describe("the merge of a task that stands on others", () => {
  it.each<[string, Exclude<TaskWords, string>, BoardWords, WorldWords["branches"], string | undefined]>([
    ["waits for one that nobody accepted yet", upper("a", "b"), { for_review: ["b"] }, { b: {} }, "b"],
    ["waits for one that is accepted later", upper("a", "b"), { done: ["b"] }, { b: { isMerged: false } }, "b"],
    ["waits for all of them", upper("a", "b", "c"), { for_review: ["b", "c"] }, { b: {}, c: {} }, "b, c"],
    [
      "waits for one that its branch holds, whatever its file says by now",
      { id: "a" },
      { for_review: ["b"] },
      { a: { isMerged: false, stackedOn: { b: "tip-b" } }, b: {} },
      "b",
    ],
    ["goes ahead once they are merged", upper("a", "b"), { done: ["b"] }, { b: { isMerged: true } }, undefined],
  ])("%s", (_, task, lanes, branches, waitsFor) => {
    const words = { ...task, branch: "kanband/a" };
    const snapshot = boardOf(
      { ...lanes, done: [words, ...(lanes.done ?? [])] },
      { branches: { a: { isMerged: false }, ...branches }, settings: { mergeBatch: 1 } },
    );
    if (waitsFor === undefined) expect(briefWork(snapshot)).toContain("merge a");
    else {
      expect(briefWork(snapshot)).not.toContain("merge a");
      expect(whyOf(snapshot, "a")).toBe(`its merge waits for that of ${waitsFor}`);
    }
  });
});

describe("conflicts between the branches below", () => {
  it("are what the first run is for", () => {
    const task = { ...upper("a", "b", "c"), assigned: "A", branch: "kanband/a", attempt: 1 };
    const sessions = [sessionOf("a", { step: "restack", verdict: "to-mend", commitSha: "tip-a" })];
    const world = { sessions, branches: { a: { stackedOn: { b: "tip-b", c: "tip-c" } }, b: {}, c: {} } };
    const snapshot = boardOf({ doing: [task], for_review: ["b", "c"] }, world);
    expect(briefWork(snapshot)).toContain("launch a in A #1 conflict by shell");
  });
});

const MANUAL = { merge: "manual" } as const;

function alias(name: string): Exclude<TaskWords, string> {
  return { id: "x", aliases: [name] };
}
