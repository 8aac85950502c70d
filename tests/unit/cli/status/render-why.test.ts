import { expect, it } from "vitest";
import { renderWhy } from "../../../../src/cli/status/render-why.ts";
import type { Decision } from "../../../../src/decide/action.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { boardOf, claimed, MINUTE, NOW, runOf, sessionOf } from "../../../helpers/board-builder.ts";

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

it("tells of a broken file the line and the way out", () => {
  const finding = { path: "board/planned/a.md", line: 3, severity: "error", code: "TASK_INVALID" } as const;
  const findings = [{ ...finding, message: "bad YAML", hint: "Quote the text." }];

  const text = why(
    boardOf({ planned: [{ id: "a", view: { task: null, findings } }] }),
    new Map([["a", "cannot be read"]]),
  );

  expect(text).toContain("  line  3: bad YAML\n  next  Quote the text.\n");
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
