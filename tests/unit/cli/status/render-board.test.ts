import stringWidth from "string-width";
import { expect, it } from "vitest";
import { renderBoard } from "../../../../src/cli/status/render-board.ts";
import type { Decision } from "../../../../src/decide/action.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { boardOf, claimed, MINUTE, NOW, runOf, slotsOf } from "../../../helpers/board-builder.ts";

it("shows progress, slots, lanes, and why a task waits", () => {
  const snapshot = boardOf(
    { planned: [{ id: "fix-login", title: "Repair the login" }], doing: [claimed("build-api")], done: ["setup-ci"] },
    { runs: [runOf("build-api", { startedAt: NOW - 2 * MINUTE - 14_000, lastLine: "14 passing", costUsd: 0.42 })] },
  );

  const text = render(snapshot, 80, [["fix-login", "depends on build-api, which is in doing/"]]);

  expect(text).toMatch(/kanband on main {2}█+▒+░+ {2}1 of 3 done/);
  expect(text).toMatch(/^ A {2}build-api {2}engineer {2}2m 14s {2}\$0\.42 {2}14 passing$/m);
  expect(text).toMatch(/^ B {2}idle$/m);
  expect(text).toMatch(/^ planned 1\n {3}○ fix-login {2}Repair the login$/m);
  expect(text).toMatch(/^ {3}● build-api$/m);
  expect(text).toMatch(/^ waiting\n {3}fix-login {2}depends on build-api, which is in doing\/$/m);
});

it("says of a cost that is known in part that it is one", () => {
  const text = render(boardOf({ doing: [claimed("a")] }, { runs: [runOf("a", { leastUsd: 0.42 })] }), 80);
  expect(text).toMatch(/^ A +a +engineer +1m 00s +at least \$0\.42/m);
});

it("counts and ticks off only what the base holds", () => {
  const done = [
    { id: "waits", blocked: "the merge waits: unsaved changes in a.js" },
    "merged",
    "tests-only",
    "merging",
  ];
  const branches = { waits: { isMerged: false }, merging: { isMerged: false }, merged: { isMerged: true } };
  const text = render(
    boardOf({ planned: ["next"], done }, { branches, runs: [runOf("merging", { kind: "merge" })] }),
    80,
  );

  expect(text).toMatch(/█{14}▓{14}░{7} {2}2 of 5 done, 2 accepted/);
  expect(text).toMatch(/ done 4\n {3}● merging.*\n {3}◇ waits +the merge waits: .*\n {3}✓ merged\n {3}✓ tests-only\n/);
});

it("does not take a board that is not checked out for an empty one", () => {
  const text = render(boardOf({}, { repo: { state: "elsewhere", detail: "on topic" } }), 80);
  expect(text).toContain("not checked out here");
  expect(text).not.toContain("nothing planned");
});

it("puts the lanes side by side where there is room", () => {
  const snapshot = boardOf({ planned: ["a"], doing: ["b"], for_review: ["c"] });

  expect(render(snapshot, 120)).toMatch(/^ backlog +planned 1 +doing 1 +for review 1 +done +blocked$/m);
  expect(render(snapshot, 80)).toMatch(/^ backlog$/m);
});

it.each([40, 60, 80, 99, 100, 120, 200, 500])("never writes a line wider than %i", (columns) => {
  const text = render(crowded(), columns, [["日本語のタスク", "word ".repeat(80)]]);

  for (const line of text.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
});

it("says first of all why nothing starts", () => {
  const elsewhere = boardOf({}, { repo: { state: "elsewhere", detail: "on topic, the board is on main" } });
  const paused = boardOf({}, { settings: { paused: "a broken toolchain" } });

  expect(render(elsewhere, 80)).toContain("elsewhere: on topic, the board is on main");
  expect(render(paused, 80)).toContain("paused: a broken toolchain");
  const jobs = [{ kind: "merge", taskId: "a", problem: "no space left", retryAt: NOW + 1_000 }];
  expect(render(boardOf({}, { jobs }), 80)).toContain("merge of a failed and is tried again: no space left");
  const budget = [["a", "the day's budget is spent: 2.10 USD of 2.00 USD"]] as const;
  expect(render(boardOf({ planned: ["a"] }), 80, budget)).toMatch(
    /^ the day's budget is spent: 2\.10 USD of 2\.00 USD$/m,
  );
  expect(render(boardOf({}, { settings: null }), 80)).toContain("board/board.md is broken");
});

it("names a broken file by path and line, errors before warnings, each once", () => {
  const finding = { path: "board/planned/b.md", line: 3, code: "TASK_INVALID", message: "bad YAML", hint: null };
  const findings = [
    { ...finding, path: "board/board.md", line: 7, severity: "warning", message: "unknown key" },
    { ...finding, severity: "error" },
    { ...finding, severity: "error" },
  ] as const;
  const snapshot = boardOf({ planned: [{ id: "b", view: { task: null, findings: [findings[1]] } }] }, { findings });

  const text = render(snapshot, 80);

  expect(text).toMatch(/x b {2}line 3: bad YAML$/m);
  expect(text).toMatch(/findings\n {3}board\/planned\/b\.md:3: bad YAML\n {3}board\/board\.md:7: unknown key\n$/);
});

it("counts what it does not show", () => {
  const text = render(boardOf({ done: Array.from({ length: 30 }, (_, at) => `task-${at}`) }), 80);

  expect(text).toMatch(/ done 30\n( {3}✓ task-\d+\n){5} {5}and 25 more\n/);
});

it("colours only when asked to", () => {
  const snapshot = boardOf({ blocked: [{ id: "a", blocked: "exit 1" }] });

  expect(render(snapshot, 80)).not.toContain("\u001b");
  expect(renderBoard(snapshot, decisionOf([]), { now: NOW, columns: 80, hasColor: true })).toContain("\u001b[31m");
});

it("lets nothing from a file steer the terminal", () => {
  const evil = "\u001b[2J\u202Egnp\r\nx";
  const snapshot = boardOf(
    { doing: [{ ...claimed(evil), title: evil, stale: evil }], blocked: [{ id: "b", blocked: evil }] },
    {
      runs: [runOf(evil, { lastLine: evil })],
      repo: { state: "busy", detail: evil },
      settings: { slots: slotsOf(evil) },
    },
  );

  const text = render(snapshot, 120, [[evil, evil]]);

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
});

function render(snapshot: Snapshot, columns: number, waiting: readonly (readonly [string, string])[] = []): string {
  return renderBoard(snapshot, decisionOf(waiting), { now: NOW, columns, hasColor: false });
}

function decisionOf(waiting: readonly (readonly [string, string])[]): Decision {
  return { actions: [], waiting: new Map(waiting), parked: new Map(), lookAgainAt: null };
}

function crowded(): Snapshot {
  const long = "日本語のタイトル with words and averyveryverylongwordwithoutanybreakinit ".repeat(3);
  const tasks = ["日本語のタスク", "x".repeat(150), "add-users-endpoint"].map((id) => ({
    id,
    title: long,
    stale: long,
  }));
  return boardOf(
    { backlog: tasks, planned: tasks, doing: tasks, for_review: tasks, done: tasks, blocked: tasks },
    {
      runs: [
        runOf("x".repeat(150), { persona: "p".repeat(60), lastLine: long, stop: { reason: "person", requestedAt: 0 } }),
      ],
      repo: { state: "operation", detail: long, boardBranch: "b".repeat(70) },
    },
  );
}
