import { expect, it } from "vitest";
import { statusJson } from "../../../../src/cli/status/status-json.ts";
import { boardOf, claimed, MINUTE, NOW, runOf, sessionOf } from "../../../helpers/board-builder.ts";

it("holds everything that a face needs, under keys that stay", () => {
  const snapshot = boardOf(
    { planned: [{ id: "b", dependencies: ["a"] }], doing: [claimed("a")] },
    { runs: [runOf("a", { startedAt: NOW - MINUTE })], sessions: [sessionOf("a")], branches: { a: {} } },
  );
  const decision = { actions: [], waiting: new Map([["b", "depends on a"]]), parked: new Map(), lookAgainAt: null };

  const json = JSON.parse(JSON.stringify(statusJson({ snapshot, decision })));

  expect(Object.keys(json)).toEqual(
    "version observedAt repo paused isDraining counts progress slots tasks runs sessions personas agents parked jobs worktrees uncommittedPaths findings".split(
      " ",
    ),
  );
  expect(json).toMatchObject({
    version: 1,
    observedAt: "2026-11-20T10:00:00.000Z",
    paused: false,
    counts: { planned: 1, doing: 1, done: 0 },
  });
  expect(json.slots).toEqual([
    { name: "A", state: "running", taskId: "a", step: null, persona: "engineer", runId: "a-1", jobs: [] },
    { name: "B", state: "idle", taskId: null, step: null, persona: null, runId: null, jobs: [] },
  ]);
  expect(json.tasks[0]).toMatchObject({
    id: "b",
    lane: "planned",
    waiting: "depends on a",
    dependencies: ["a"],
    branch: null,
  });
  expect(json.tasks[1]).toMatchObject({
    id: "a",
    assigned: "A",
    waiting: null,
    isCommitted: true,
    branch: { sha: "tip-a", isMerged: null },
  });
  expect(json.runs[0]).toMatchObject({
    taskId: "a",
    elapsedMs: MINUTE,
    startedAt: "2026-11-20T09:59:00.000Z",
    stopReason: null,
  });
  expect(json.sessions.a[0]).toMatchObject({ step: "work", state: "done", finishedAt: "2026-11-20T09:59:00.000Z" });
});

it("says what it does not know with null, never with zero", () => {
  const snapshot = boardOf(
    { done: [{ id: "a", view: { task: null, isNameOnly: true, blobSha: null } }] },
    { settings: null },
  );

  const json = statusJson({
    snapshot,
    decision: { actions: [], waiting: new Map(), parked: new Map(), lookAgainAt: null },
  });

  expect(json.paused).toBeNull();
  expect(json.tasks[0]).toMatchObject({
    title: null,
    priority: null,
    spentUsd: null,
    isBroken: false,
    isNameOnly: true,
  });
});

it("counts as done what the base holds, and as accepted what it does not hold yet", () => {
  const snapshot = boardOf({ done: ["a", "b"], backlog: ["c"] }, { branches: { a: { isMerged: false } } });
  const json = statusJson({
    snapshot,
    decision: { actions: [], waiting: new Map(), parked: new Map(), lookAgainAt: null },
  });

  expect(json.progress).toEqual({ total: 2, done: 1, accepted: 1 });
  expect(json.tasks.map(({ id, isDone }) => [id, isDone])).toEqual([
    ["c", false],
    ["a", false],
    ["b", true],
  ]);
});
