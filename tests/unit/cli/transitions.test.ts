import { describe, expect, it } from "vitest";
import { describePlan } from "../../../src/cli/up/describe-plan.ts";
import { describeTransitions } from "../../../src/cli/up/transitions.ts";
import { decide } from "../../../src/decide/decide.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  failedSession,
  runOf,
  sessionOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";

type Side = [BoardWords, WorldWords?];

/** What is told of the step from one board to the next, as `task: text`. */
function told([lanes, world]: Side, [nextLanes, nextWorld]: Side): string[] {
  const transitions = describeTransitions(boardOf(lanes, world), boardOf(nextLanes, nextWorld));
  return transitions.map(({ taskId, text }) => `${taskId ?? "board"}: ${text}`);
}

describe("describeTransitions", () => {
  it.each<[string, Side, Side, string[]]>([
    ["nothing", [{ planned: ["a"] }], [{ planned: ["a"] }], []],
    ["a move", [{ planned: ["a"] }], [{ doing: ["a"] }], ["a: planned -> doing"]],
    ["a new task", [{}], [{ planned: ["a"] }], ["a: is new in planned"]],
    ["a task that is gone", [{ doing: ["a"] }], [{}], ["a: is gone from doing"]],
    [
      "why a task is blocked",
      [{ doing: ["a"] }],
      [{ blocked: [{ id: "a", blocked: "no luck" }] }],
      ["a: doing -> blocked: no luck"],
    ],
    ["a stale task", [{ doing: ["a"] }], [{ doing: [{ id: "a", stale: "silent" }] }], ["a: stale: silent"]],
    ["a task that moves again", [{ doing: [{ id: "a", stale: "silent" }] }], [{ doing: ["a"] }], ["a: moves again"]],
    [
      "a stale task that moved on",
      [{ doing: [{ id: "a", stale: "silent" }] }],
      [{ for_review: ["a"] }],
      ["a: doing -> for_review"],
    ],
    [
      "a run",
      [{ doing: [claimed("a")] }],
      [{ doing: [claimed("a")] }, { runs: [runOf("a")] }],
      ["a: engineer runs in slot A"],
    ],
    [
      "a second attempt",
      [{ doing: [claimed("a")] }],
      [{ doing: [claimed("a")] }, { runs: [runOf("a", { attempt: 2 })] }],
      ["a: engineer runs in slot A, attempt 2"],
    ],
    [
      "one of several steps",
      [{ doing: [claimed("a")] }],
      [{ doing: [claimed("a")] }, { runs: [runOf("a", { step: "scope", unit: "scope", persona: "planner" })] }],
      ["a: scope (planner) runs in slot A"],
    ],
    [
      "the end of one of several steps",
      [{ doing: ["a"] }, { sessions: [sessionOf("a", { step: "cold", persona: "pr_reviewer", state: "running" })] }],
      [{ doing: ["a"] }, { sessions: [sessionOf("a", { step: "cold", persona: "pr_reviewer", verdict: "clean" })] }],
      ["a: cold (pr_reviewer): clean"],
    ],
    ["a merge", [{ done: ["a"] }], [{ done: ["a"] }, { runs: [runOf("a", { kind: "merge" })] }], ["a: merge runs"]],
    [
      "the end of a run",
      [{ doing: ["a"] }, { sessions: [sessionOf("a", { state: "running", finishedAt: null })] }],
      [{ doing: ["a"] }, { sessions: [sessionOf("a")] }],
      ["a: engineer: done"],
    ],
    [
      "a failure",
      [{ doing: ["a"] }],
      [{ doing: ["a"] }, { sessions: [failedSession("a")] }],
      ["a: engineer: failed, exit 1"],
    ],
    [
      "a verdict",
      [{ doing: ["a"] }],
      [
        { doing: ["a"] },
        { sessions: [sessionOf("a", { step: "checks", verdict: "must-fix", reason: "1 test failed" })] },
      ],
      ["a: checks: must-fix, 1 test failed"],
    ],
    ["a pause", [{}], [{}, { settings: { paused: "three failures" } }], ["board: paused: three failures"]],
    ["the end of a pause", [{}, { settings: { paused: true } }], [{}], ["board: resumed"]],
    [
      "a branch switch",
      [{}],
      [{}, { repo: { state: "elsewhere", detail: "HEAD is on topic" } }],
      ["board: HEAD is on topic"],
    ],
    [
      "the way back",
      [{}, { repo: { state: "elsewhere", detail: "x" } }],
      [{}],
      ["board: the repository is ready again"],
    ],
    ["no lock of a moment", [{}], [{}, { repo: { state: "busy", detail: "x" } }], []],
    ["nor its end", [{}, { repo: { state: "busy", detail: "x" } }], [{}], []],
  ])("tells of %s", (_, before, after, expected) => {
    expect(told(before, after)).toEqual(expected);
  });

  it("tells at first only what is wrong", () => {
    const finding = {
      path: "board/planned/a.md",
      line: 3,
      severity: "error",
      code: "TASK_INVALID",
      message: "bad",
      hint: null,
    } as const;
    const first = boardOf({ planned: ["a"] }, { sessions: [sessionOf("a")], findings: [finding] });

    expect(describeTransitions(null, first).map(({ text }) => text)).toEqual(["board/planned/a.md:3: bad"]);
    expect(describeTransitions(first, first)).toEqual([]);
  });
});

describe("describePlan", () => {
  it("names each action and why the rest waits", () => {
    const board = boardOf({ planned: ["a", { id: "b", dependencies: ["a"] }], doing: [claimed("c", "B")] });

    const lines = describePlan(decide(board));

    expect(lines.join("\n")).toMatch(/^launch {4}c: engineer by shell in slot B, attempt 1$/m);
    expect(lines.join("\n")).toMatch(/^edit {6}Assign a to slot A$/m);
    expect(lines.join("\n")).toMatch(/^wait {6}b: depends on a/m);
  });

  it("says so when there is nothing to do", () => {
    expect(describePlan(decide(boardOf({})))).toEqual(["Nothing to do."]);
  });
});
