import { expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { renderWhy } from "../../../../src/cli/status/render-why.ts";
import type { Decision } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { boardOf, claimed, MINUTE, NOW, runOf, sessionOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "../../decide/steps/workflows.ts";

const GATED = workflowOf("gated", [stepOf("build", { gate: "person" })]);

it.each<[string, Snapshot, Decision["waiting"], RegExp]>([
  [
    "waits",
    boardOf({ planned: ["a"] }),
    new Map([["a", "every slot is taken"]]),
    /^a: every slot is taken\n {2}file {2}board\/planned\/a\.md\n$/,
  ],
  [
    "runs",
    boardOf({ doing: [claimed("a")] }, { runs: [runOf("a", { startedAt: NOW - MINUTE, lastLine: "testing" })] }),
    new Map(),
    /^a: runs in slot A as engineer for 1m 00s: testing\n/,
  ],
  [
    "is parked",
    boardOf({ backlog: ["a"] }),
    new Map(),
    /^a: is parked in backlog\/.*\n.*\n {2}next {2}kanband move a planned\n/,
  ],
  ["is blocked", boardOf({ blocked: [{ id: "a", blocked: "exit 1" }] }), new Map(), /^a: is blocked: exit 1\n/],
  [
    "waits for its request",
    boardOf({ for_review: [{ id: "a", pr: "https://x/1" }] }),
    new Map(),
    /next {2}kanband pr a --sync\n(?!.*accept)/,
  ],
  [
    "whose request was closed",
    boardOf({ for_review: [{ id: "a", pr: "https://x/1 closed" }] }),
    new Map(),
    /kanband accept a\n/,
  ],
  ["waits for review", boardOf({ for_review: ["a"] }), new Map(), /kanband accept a\n/],
  ["is done", boardOf({ done: ["a"] }), new Map(), /^a: is done\n/],
])("says in one line that a task %s", (_, snapshot, waiting, expected) => {
  expect(why(snapshot, waiting)).toMatch(expected);
});

it("names the file of a live session to follow", () => {
  const sessions = [sessionOf("a", { state: "running" })];

  expect(why(boardOf({ doing: [claimed("a")] }, { sessions, runs: [runOf("a")] }))).toContain(
    "tail -f sessions/a/engineer.md",
  );
});

it("says how each of several questions is answered", () => {
  const nextOf = (blocked: string) => why(boardOf({ blocked: [{ id: "a", blocked }] }), new Map());

  expect(nextOf("asks: Which?")).toContain("write `answer:` into");
  expect(nextOf("step x asks: Which?; its work: git log -p 1")).toContain("write `answer:` into");
  expect(nextOf("step x asks: Which?; step y.z asks: How?")).toContain("write `answer: { x: …, y.z: … }` into");
});

it("names the way out of a run that cannot be collected", () => {
  const failed = new Map([["a", "collect of a-1 failed: no space left; tried again at 10:01"]]);

  expect(why(boardOf({ doing: [claimed("a")] }, { runs: [runOf("a", { state: "exited" })] }), failed)).toContain(
    "free its slot: kanband move a backlog",
  );
});

it("tells of a broken file the line and the way out", () => {
  const finding = { path: "board/planned/a.md", line: 3, severity: "error", code: "TASK_INVALID" } as const;
  const findings = [{ ...finding, message: "bad YAML", hint: "Quote the text." }];

  const text = why(
    boardOf({ planned: [{ id: "a", view: { task: null, findings } }] }),
    new Map([["a", "cannot be read"]]),
  );

  expect(text).toContain("  line  3: bad YAML\n  next  Quote the text.\n");
});

it.each<[string, Snapshot, RegExp]>([
  [
    "the day's budget",
    boardOf({ planned: ["a"] }, { settings: { budget: money(1) }, sessions: [sessionOf("x", { costUsd: 2 })] }),
    /^a: the day's budget is spent: .*\n(.*\n)* {2}next {2}raise day_usd of budget in kanban\/board\/board\.md; /,
  ],
  [
    "a day's budget that others were given",
    boardOf(
      { planned: ["a"], doing: [claimed("x")] },
      { settings: { budget: { runUsd: 5, taskUsd: 20, dayUsd: 5 } }, runs: [runOf("x", { caps: capped(5) })] },
    ),
    /^a: waits for the day's budget: .*\n(.*\n)* {2}next {2}wait for one of them to end, or raise day_usd/,
  ],
  [
    "a full for_review/",
    boardOf({ planned: ["a"], for_review: ["b"] }, { settings: { wip: { doing: 0, forReview: 1 } } }),
    /^a: for_review\/ is full: .*\n(.*\n)* {2}next {2}kanband accept or rework .*kanban\/board\/board\.md/,
  ],
  [
    "a full doing/",
    boardOf({ planned: ["a"], doing: [claimed("b")] }, { settings: { wip: { doing: 1, forReview: 0 } } }),
    /^a: doing\/ is full: .*\n(.*\n)* {2}next {2}wait for one of them/,
  ],
  [
    "a full doing/ of which somebody waits for an approval",
    boardOf(
      { planned: ["a"], doing: [{ id: "b", workflow: "gated" }] },
      { settings: { wip: { doing: 1, forReview: 0 } }, workflows: [GATED] },
    ),
    /^a: doing\/ is full: .*\n(.*\n)* {2}next {2}kanband approve b\n {2}next {2}wait for one of them/,
  ],
])("says what to do about %s", (_, snapshot, expected) => {
  const options = { now: NOW, hasColor: false, place: (path: string) => `kanban/${path}` };
  expect(renderWhy(snapshot, decide(snapshot), "a", options)).toMatch(expected);
});

function capped(costUsd: number) {
  return { wallMs: null, outputBytes: 1_000, toolCalls: null, costUsd };
}

it("names the two ways out of a merge that failed", () => {
  const text = why(boardOf({ blocked: [{ id: "a", blocked: "could not be merged: npm test exited with 1" }] }));
  expect(text).toMatch(/next {2}mend .*kanband move a done\n {2}next {2}.*kanband move a planned\n/);
});

it("says where the work is, of a task that has some and is not being worked on", () => {
  const branches = { a: {} };
  expect(why(boardOf({ backlog: ["a"] }, { branches }))).toContain("  work  git log -p main..kanband/a\n");
  expect(why(boardOf({ doing: [claimed("a")] }, { branches }))).not.toContain("git log");
  expect(why(boardOf({ done: ["a"] }, { branches: { a: { isMerged: true } } }))).not.toContain("git log");
});

it("refuses a task that is not there", () => {
  expect(() => why(boardOf({}))).toThrow(expect.objectContaining({ code: "TASK_UNKNOWN" }));
});

function why(snapshot: Snapshot, waiting: Decision["waiting"] = new Map()): string {
  return renderWhy(snapshot, { actions: [], waiting, parked: new Map(), lookAgainAt: null }, "a", {
    now: NOW,
    hasColor: false,
  });
}

function money(dayUsd: number) {
  return { runUsd: 5, taskUsd: 20, dayUsd };
}

it("lists the cycles of a round-robin, and says how one is picked", () => {
  const cycle = (index: number, persona: string, facts: Partial<Session>) =>
    sessionOf("a", {
      step: `cycle-${String(index)}`,
      path: `sessions/a/cycles/${String(index)}.md`,
      persona,
      ...facts,
    });
  const sessions = [
    cycle(10, "tester", { verdict: "no-change", costUsd: null }),
    cycle(2, "engineer", { verdict: "changed", startSha: "x", commitSha: "y", costUsd: 0.5 }),
  ];
  const snapshot = boardOf({ for_review: ["a"] }, { sessions, cycles: { a: { 2: { sha: "y" } } } });
  const decision: Decision = { actions: [], waiting: new Map(), parked: new Map(), lookAgainAt: null };

  const text = renderWhy(snapshot, decision, "a", { now: NOW, hasColor: false, commits: new Map([[2, 1]]) });

  expect(text).toContain(
    [
      "  work  cycle 2, engineer, changed, 1 commit, 0.50 USD: kanband-cycle/a/2",
      "  work  cycle 10, tester, no-change, cost unknown",
      "  next  choose: write `pick: <cycle>` into board/for_review/a.md; without it cycle 2 is taken",
      "  next  kanband accept a",
    ].join("\n"),
  );
});
