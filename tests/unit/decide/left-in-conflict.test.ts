import { expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { boardOf, claimed, NOW, SECOND, sessionOf } from "../../helpers/board-builder.ts";
import { briefWork } from "./brief.ts";

const LEFT =
  "block a to blocked: -assigned blocked=still in conflict after a rework: x.ts:3-9 has conflict markers; no commit";

it.each<[string, Partial<Session>[], string]>([
  ["the rework of a conflict with the base", [{ step: "merge", verdict: "conflict" }], LEFT],
  ["the rework of one with a task below", [{ step: "restack", verdict: "to-mend", attempt: 1 }], LEFT],
  [
    "a first run upon several that conflict",
    [{ step: "restack", verdict: "to-mend", attempt: 2 }],
    "again a: attempt=3",
  ],
  [
    "a run before the conflict",
    [{ step: "restack", verdict: "to-mend", attempt: 1, finishedAt: NOW }],
    "again a: attempt=3",
  ],
  ["no conflict that is known of", [], "again a: attempt=3"],
])("what is left of a conflict after %s", (_, records, expected) => {
  const step = { attempt: 2, startSha: null, finishedAt: NOW - 30 * SECOND };
  const checks = { step: "checks", attempt: 2, verdict: "must-fix", finishedAt: NOW - 20 * SECOND };
  const reason = "still in conflict: x.ts:3-9 has conflict markers; no commit";
  const before = records.map((it) => sessionOf("a", { finishedAt: NOW - 50 * SECOND, ...it }));
  const sessions = [...before, sessionOf("a", step), sessionOf("a", { ...checks, reason })];
  expect(briefWork(boardOf({ doing: [claimed("a", "A", 2)] }, { sessions }))).toEqual([expected]);
});
