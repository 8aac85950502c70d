import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { renderBoard } from "../../../../src/cli/status/render-board.ts";
import { renderWhy } from "../../../../src/cli/status/render-why.ts";
import { slotViews } from "../../../../src/cli/status/slot-views.ts";
import { statusJson } from "../../../../src/cli/status/status-json.ts";
import { stepProgress, stepViews } from "../../../../src/cli/status/step-views.ts";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  MINUTE,
  NOW,
  personaOf,
  runOf,
  sessionOf,
  type WorldWords,
} from "../../../helpers/board-builder.ts";
import { RELAY, workflowOf } from "../../../helpers/workflow-of.ts";

const PLAN = "5cd1d7e1a9b0".padEnd(40, "0");
const OTHER = "77aa77aa77aa".padEnd(40, "1");

describe("the steps of a task", () => {
  it("stand as the session files, the runs and the gate say", () => {
    const snapshot = halfWay();

    const steps = stepViews(viewOf(snapshot, "a"), snapshot);

    expect(steps.map(({ id, persona, state, attempt, slot }) => [id, persona, state, attempt, slot])).toEqual([
      ["scope", "planner", "done", 1, null],
      ["design", "architect", "running", 2, "B"],
      ["build", "engineer", "waiting", null, null],
      ["review", "tester", "waiting", null, null],
    ]);
    expect(steps[0]).toMatchObject({ costUsd: 0.02, verdict: null, session: "sessions/a/scope.md" });
    // The record is of the attempt before: what it came to is not said of this one.
    expect(steps[1]).toMatchObject({ costUsd: null, verdict: null, startedAt: NOW - MINUTE, finishedAt: null });
    expect(steps[2]?.reason).toBe("waits for design");
    expect(stepProgress(steps)).toEqual({ done: 1, total: 4 });
  });

  it("are left out where the task names its workflow, which takes the place of the verdict", () => {
    const routed = workflowOf(
      "routed",
      "  - { id: route, persona: tester, verdicts: router, skipped_as: factory }\n" +
        "  - { id: build, persona: engineer, when: { route: [factory] } }\n",
    );
    const snapshot = relay({ planned: [{ id: "a", workflow: "routed" }] }, { workflows: [routed] });

    const steps = stepViews(viewOf(snapshot, "a"), snapshot);

    const reason = "the task names its workflow";
    expect(steps[0]).toMatchObject({ state: "skipped", verdict: "factory", reason, session: null });
    expect(stepProgress(steps)).toEqual({ done: 0, total: 1 });
    expect(why(snapshot)).toMatch(/^ {4}- {2}route +tester +skipped, factory +the task names its workflow$/m);
  });

  it("are none of a task that has only one", () => {
    const snapshot = relay({ planned: ["a"] });
    expect(stepViews(viewOf(snapshot, "a"), snapshot)).toEqual([]);
    expect(stepProgress([])).toBeNull();
  });

  it("are not asked for again where the task rests", () => {
    const sessions = [done("scope"), done("design"), done("build", ["scope", "design"]), clean()];
    const checks = sessionOf("a", { step: "checks", after: { build: 1 } });
    const snapshot = relay({ for_review: [{ id: "a", workflow: "relay" }] }, { sessions: [...sessions, checks] });

    const steps = stepViews(viewOf(snapshot, "a"), snapshot);

    expect(steps.map(({ state, verdict }) => [state, verdict])).toEqual([
      ["done", null],
      ["done", null],
      ["done", null],
      ["done", "clean"],
    ]);
  });

  it("that a person left out are not counted", () => {
    const override = { review: "skip", scope: "skip" } as const;
    const snapshot = relay({ planned: [{ id: "a", workflow: "relay", override }] });
    const steps = stepViews(viewOf(snapshot, "a"), snapshot);

    expect(steps.map(({ state }) => state)).toEqual(["skipped", "ready", "waiting", "skipped"]);
    expect(stepProgress(steps)).toEqual({ done: 0, total: 2 });
  });
});

describe("slots", () => {
  it("are those that the claims name, each with its step", () => {
    const assigned = "scope/1@A, design/1@C";
    const snapshot = relay({ doing: [{ id: "a", workflow: "relay", assigned }] });

    const slots = slotViews(snapshot);

    expect(slots.map(({ name, state, taskId, step }) => [name, state, taskId, step])).toEqual([
      ["A", "claimed", "a", "scope"],
      ["B", "idle", null, null],
      ["C", "claimed", "a", "design"],
    ]);
  });
});

describe("the board", () => {
  it("shows who is at which step, and how far the task has come", () => {
    const text = draw(halfWay(), 120);

    expect(text).toMatch(/^ B {2}a +design \(architect\) {2}1m 00s {2}attempt 2 {2}looking$/m);
    expect(text).toMatch(/^ A {2}idle$/m);
    expect(text).toContain("1 of 4 steps");
  });

  it("says how much a run was told", () => {
    const promptBytes = { persona: 1_900, rules: 600, task: 800 };
    const sessions = [sessionOf("a", { state: "running", promptBytes })];
    const snapshot = boardOf({ doing: [claimed("a")] }, { runs: [runOf("a")], sessions });
    expect(draw(snapshot, 120)).toMatch(/^ A {2}a +engineer {2}1m 00s {2}prompt 3\.3 kB, persona 1\.9 kB$/m);
  });

  it("has the steps as values", () => {
    const snapshot = halfWay();
    const { tasks, slots, sessions } = statusJson({ snapshot, decision: decide(snapshot) });

    expect(tasks[0]?.progress).toEqual({ done: 1, total: 4 });
    expect(tasks[0]?.steps[0]).toMatchObject({ id: "scope", state: "done", finishedAt: "2026-11-20T09:59:00.000Z" });
    expect(slots[1]).toMatchObject({ name: "B", step: "design", persona: "architect" });
    expect(sessions["a"]?.[0]).toMatchObject({ promptBytes: { persona: 1_900, task: 1_200 }, tokens: null });
  });
});

describe("why", () => {
  it("lists the steps with state, cost and the size of the prompt", () => {
    const text = why(halfWay());

    expect(text).toMatch(/^a: runs step design in slot B as architect for 1m 00s: looking\n/);
    expect(text).toContain("  steps 1 of 4 done\n");
    expect(text).toMatch(/^ {4}✓ {2}scope +planner +done +1m 00s · \$0\.02 · prompt 3\.1 kB, persona 1\.9 kB$/m);
    expect(text).toMatch(/^ {4}● {2}design +architect +running +attempt 2 · slot B · 1m 00s · cost unknown$/m);
    expect(text).toMatch(/^ {4}· {2}build +engineer +waiting +waits for design$/m);
  });

  it("names the plan to read and the command that approves it", () => {
    const snapshot = relay(
      { doing: [{ id: "a", workflow: "relay" }] },
      { sessions: [done("scope", [], { messageSha: PLAN }), done("design", [], { messageSha: OTHER })] },
    );

    const text = why(snapshot);

    expect(text).toMatch(
      /^a: waits for the approval of sessions\/a\/scope\.md, sessions\/a\/design\.md: `kanband approve a`/,
    );
    expect(text).toMatch(/^ {4}◆ {2}build +engineer +waits for you/m);
    expect(text).toContain("  next  read sessions/a/scope.md and sessions/a/design.md\n  next  kanband approve a\n");
  });

  it("says how to answer what a step asks", () => {
    const blocked = "step scope asks: which one? (a, b); recommends a";
    const text = why(relay({ blocked: [{ id: "a", workflow: "relay", blocked }] }));
    expect(text).toContain("next  write `answer:` into board/blocked/a.md, then: kanband move a planned\n");
  });
});

/** Scope is done, design is run a second time. */
function halfWay(): Snapshot {
  const failed = { state: "failed", failure: "agent", reason: "exit 1", verdict: "invalid", costUsd: 9 } as const;
  return relay(
    { doing: [{ id: "a", workflow: "relay", assigned: "design/2@B" }] },
    {
      sessions: [
        done("scope", [], { costUsd: 0.02, promptBytes: { persona: 1_900, task: 1_200 } }),
        done("design", [], failed),
      ],
      runs: [
        runOf("a", {
          step: "design",
          unit: "design",
          persona: "architect",
          slot: "B",
          attempt: 2,
          lastLine: "looking",
        }),
      ],
    },
  );
}

function relay(lanes: BoardWords, world: WorldWords = {}): Snapshot {
  const thinkers = ["planner", "architect", "tester"].map((id) => personaOf(id, { mutates: false }));
  return boardOf(lanes, {
    personas: [...thinkers, personaOf("engineer")],
    workflows: [workflowOf("relay", RELAY)],
    ...world,
  });
}

function done(step: string, needs: readonly string[] = [], facts: Partial<Session> = {}): Session {
  const after = Object.fromEntries(needs.map((it) => [it, 1]));
  return sessionOf("a", { step, path: `sessions/a/${step}.md`, runId: `a-${step}`, after, ...facts });
}

function clean(): Session {
  return done("review", ["scope", "design", "build"], { verdict: "clean" });
}

function viewOf({ tasks }: Snapshot, id: string) {
  const view = tasks.find((it) => it.id === id);
  if (view === undefined) throw new Error(`no task ${id}`);
  return view;
}

function draw(snapshot: Snapshot, columns: number): string {
  return renderBoard(snapshot, decide(snapshot), { now: NOW, columns, hasColor: false });
}

function why(snapshot: Snapshot): string {
  return renderWhy(snapshot, decide(snapshot), "a", { now: NOW, hasColor: false });
}
