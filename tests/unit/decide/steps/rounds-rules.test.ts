import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import {
  type BoardWords,
  boardOf,
  MINUTE,
  NOW,
  personaOf,
  runOf,
  sessionOf,
  settingsOf,
  slotsOf,
  type TaskWords,
  type WorldWords,
} from "../../../helpers/board-builder.ts";
import { briefWork, editOf, whyOf } from "../brief.ts";
import { roundsOf } from "./round-worlds.ts";

const PERSONAS = [personaOf("engineer"), personaOf("tester", { mutates: false })];

function board(lane: keyof BoardWords, task: Partial<Exclude<TaskWords, string>>, world: WorldWords = {}): Snapshot {
  return boardOf(
    { [lane]: [{ id: "t", workflow: "turns", ...task }] },
    { personas: PERSONAS, workflows: [roundsOf(["engineer", "tester"], 2)], ...world },
  );
}

/** A cycle that is done: with changes where `to` is another commit than `from`. */
function cycle(index: number, from: string, to: string, facts: Partial<Session> = {}): Session {
  const persona = index % 2 === 0 ? "engineer" : "tester";
  return sessionOf("t", {
    path: `sessions/t/cycles/${String(index)}-${persona}.md`,
    step: `cycle-${String(index)}`,
    persona,
    agent: "shell",
    verdict: from === to ? "no-change" : "changed",
    startSha: from,
    commitSha: to,
    branchedFrom: from,
    ...facts,
  });
}

function branches(...indices: readonly number[]): NonNullable<WorldWords["cycles"]> {
  return { t: Object.fromEntries(indices.map((it) => [it, { sha: `c${String(it)}` }])) };
}

describe("a claim of cycles", () => {
  it("gives slots and writes the next number in one edit, without a branch of the task", () => {
    expect(briefWork(board("planned", {}))).toEqual(["assign t to doing: assigned=cycle-0/1@A, cycle-1/1@B cycle=2"]);
  });

  it("takes as many as there are slots, in order", () => {
    const settings = settingsOf({ slots: slotsOf("A") });
    expect(briefWork(board("planned", {}, { settings }))).toEqual(["assign t to doing: assigned=cycle-0/1@A cycle=1"]);
  });

  it("takes the roster and the parallelism of the task before those of the file", () => {
    const task = { personas: ["tester", "engineer", "engineer"], parallelism: 1, cycle: 4 };
    const sessions = [0, 1, 2, 3].map((it) => cycle(it, "base1", `c${String(it)}`));
    const snapshot = board("doing", task, { sessions, cycles: branches(0, 1, 2, 3) });
    expect(briefWork(snapshot)).toEqual(["assign t: assigned=cycle-4/1@A cycle=5"]);
    const claimed = board("doing", { ...task, cycle: 5, assigned: "cycle-4/1@A" }, { sessions });
    expect(claimed.tasks[0]?.task?.personas[4 % 3]).toBe("engineer");
  });

  it("begins no more at once than it may when a person writes a higher number than was reached", () => {
    const settings = settingsOf({ slots: slotsOf("A", "B", "C", "D") });
    expect(briefWork(board("planned", { parallelism: 1, cycle: 6 }, { settings }))).toEqual([
      "assign t to doing: assigned=cycle-0/1@A cycle=6",
    ]);
    const begun = board("doing", { parallelism: 2, cycle: 6, assigned: "cycle-0/1@A" }, { settings });
    expect(editOf(begun, "t")?.set).toContainEqual(["assigned", "cycle-0/1@A, cycle-1/1@B"]);
  });

  it("waits with all later numbers for a slot that takes the persona of the next", () => {
    const [a, b] = slotsOf("A", "B");
    if (a === undefined || b === undefined) throw new Error("no slots");
    const settings = settingsOf({
      slots: [
        { ...a, personas: ["engineer"] },
        { ...b, personas: ["tester"] },
      ],
    });
    const busy = board("doing", { assigned: "cycle-1/1@B", cycle: 2, parallelism: 4 }, { settings });
    const work = { settings, sessions: [cycle(0, "base1", "c0")], cycles: branches(0), runs: [] };
    const edit = editOf(board("doing", { assigned: "cycle-1/1@B", cycle: 2, parallelism: 4 }, work), "t");
    expect(edit?.set).toEqual([
      ["assigned", "cycle-1/1@B, cycle-2/1@A"],
      ["cycle", 3],
    ]);
    expect(briefWork(busy)).toContain("assign t: assigned=cycle-1/1@B, cycle-0/1@A cycle=2");
    const onlyB = settingsOf({ slots: [{ ...b, personas: ["tester"] }] });
    expect(briefWork(board("planned", {}, { settings: onlyB }))).toEqual([]);
  });

  it("gives no number again though an old copy of the file is saved over it", () => {
    const sessions = [cycle(0, "base1", "c0"), cycle(1, "base1", "base1")];
    const snapshot = board("doing", { cycle: 0 }, { sessions, cycles: branches(0) });
    expect(briefWork(snapshot)).toEqual(["assign t: assigned=cycle-2/1@A, cycle-3/1@B cycle=4"]);
  });
});

it("goes on near the number that somebody writes into the file, however high it is", () => {
  expect(briefWork(board("doing", { cycle: 1_000_000 }))).toEqual([
    "assign t: assigned=cycle-999000/1@A, cycle-999001/1@B cycle=1000000",
  ]);
});

describe("a cycle", () => {
  it("begins at the newest work that is finished, on a branch of its own", () => {
    const sessions = [cycle(0, "base1", "c0"), cycle(1, "base1", "base1"), cycle(2, "c0", "c0")];
    const snapshot = board("doing", { cycle: 4, assigned: "cycle-3/1@A" }, { sessions, cycles: branches(0, 2) });
    expect(launchOf(snapshot)).toMatchObject({
      step: "cycle-3",
      persona: "tester",
      work: { output: "cycles/3-tester.md", verdicts: "cycle", mutates: false, cycle: { index: 3, startSha: "c0" } },
    });
  });

  it("that failed is tried again under its number", () => {
    const failed = cycle(0, "base1", "x", { state: "failed", failure: "agent", reason: "exit 1", verdict: null });
    const task = { cycle: 1, parallelism: 1 };
    expect(briefWork(board("doing", task, { sessions: [failed] }))).toEqual(["assign t: assigned=cycle-0/2@A cycle=1"]);
  });

  it("is not checked by itself, whatever it changed", () => {
    const task = { cycle: 1, assigned: "cycle-0/1@A", parallelism: 1 };
    const snapshot = board("doing", task, { sessions: [cycle(0, "base1", "c0")], cycles: branches(0) });
    expect(briefWork(snapshot)).toEqual(["assign t: assigned=cycle-1/1@A cycle=2"]);
  });

  it("that asks something stops the task with its question", () => {
    const asks = cycle(0, "base1", "base1", { verdict: "decision", question: "which one?" });
    expect(briefWork(board("doing", { cycle: 1 }, { sessions: [asks] }))).toEqual([
      "block t to blocked: blocked=step cycle-0 asks: which one?",
    ]);
  });

  it("brings the base in where what it begins upon could not be merged", () => {
    const merge = sessionOf("t", { step: "merge", verdict: "conflict", commitSha: "tip-t" });
    const task = { cycle: 3, assigned: "cycle-2/1@A" };
    const snapshot = board("doing", task, { sessions: [cycle(0, "base1", "tip-t"), merge], branches: { t: {} } });
    expect(launchOf(snapshot)).toMatchObject({ cause: "conflict", work: { cycle: { index: 2, startSha: "tip-t" } } });
  });
});

describe("the end", () => {
  const QUIET = [cycle(0, "base1", "c0"), cycle(1, "c0", "c0"), cycle(2, "c0", "c0")];
  const OPEN = { cycle: 3, spentUsd: 1 };

  it("comes when a whole round changes nothing", () => {
    const snapshot = board("doing", OPEN, { sessions: QUIET, cycles: branches(0, 2) });
    expect(briefWork(snapshot)).toEqual(["review t to for_review:"]);
    expect(editOf(snapshot, "t")?.subject).toBe("Hand t over for review: a whole round of 2 changed nothing");
  });

  it.each<[string, readonly Session[]]>([
    ["one says must-fix", [...QUIET.slice(0, 2), cycle(2, "c0", "c0", { verdict: "must-fix" })]],
    ["one changed something", [...QUIET.slice(0, 2), cycle(2, "c0", "c2")]],
    ["one has not seen the newest work", [cycle(0, "base1", "c0"), cycle(1, "base1", "base1"), cycle(2, "c0", "c0")]],
    ["they were before a person asked again", QUIET.map((it) => ({ ...it, startedAt: NOW - 6 * MINUTE }))],
  ])("does not come where %s", (_, sessions) => {
    const snapshot = board("doing", OPEN, { sessions, cycles: branches(0, 2) });
    expect(briefWork(snapshot)).toEqual(["assign t: assigned=cycle-3/1@A, cycle-4/1@B cycle=5 spent_usd=1"]);
  });

  it("waits for a cycle that still runs, and begins none beside it", () => {
    const task = { ...OPEN, cycle: 4, assigned: "cycle-3/1@B" };
    const running = cycle(3, "c0", "c0", { state: "running", slot: "B" });
    const snapshot = board("doing", task, { sessions: [...QUIET, running], cycles: branches(0, 2) });
    expect(briefWork(snapshot).filter((it) => it.startsWith("assign") || it.startsWith("review"))).toEqual([]);
  });

  it("is not known before it is known since when the task is worked on", () => {
    const view = { enteredAt: null };
    const snapshot = board("doing", { ...OPEN, view }, { sessions: QUIET, areAgesKnown: false });
    expect(briefWork(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "t")).toBe("since when it is worked on is being looked up");
  });

  it("comes at the budget, which is no error, and a failed cycle is not tried again", () => {
    const failed = cycle(1, "base1", "base1", { state: "failed", failure: "agent", costUsd: 0.5 });
    const task = { cycle: 2, budgetUsd: 1.5, spentUsd: 1, assigned: "cycle-1/1@A" };
    const snapshot = board("doing", task, { sessions: [cycle(0, "base1", "c0"), failed], cycles: branches(0) });
    expect(briefWork(snapshot)).toEqual(["review t to for_review: -assigned spent_usd=1.5"]);
    expect(editOf(snapshot, "t")?.subject).toContain("the task's budget is spent: 1.50 USD of 1.50 USD");
  });

  it("comes at the most cycles that the file allows", () => {
    const workflows = [roundsOf(["engineer"], 1, 2)];
    const sessions = [cycle(0, "base1", "c0"), cycle(1, "c0", "c1")];
    const snapshot = board("doing", { cycle: 2 }, { workflows, sessions, cycles: branches(0, 1) });
    expect(editOf(snapshot, "t")?.subject).toContain("it had 2 cycles, and 2 is the most");
  });

  it("is not there for a task without a roster: it says so", () => {
    const workflows = [roundsOf([], 1)];
    expect(briefWork(board("doing", {}, { workflows }))).toEqual([
      "block t to blocked: blocked=step cycle-0 has no persona: write `personas:` in the task",
    ]);
  });
});

describe("an accepted round-robin", () => {
  const sessions = [cycle(0, "base1", "c0"), cycle(2, "c0", "c2"), cycle(4, "c2", "c2")];

  it("takes the newest cycle with changes, and merges nothing meanwhile", () => {
    const world = { sessions, cycles: branches(0, 2, 4), branches: { t: { isMerged: false } } };
    expect(briefWork(board("done", { cycle: 5 }, world))).toEqual(["pick t: 2"]);
  });

  it("takes the one that the person picks", () => {
    expect(briefWork(board("done", { pick: 0 }, { sessions, cycles: branches(0, 2) }))).toEqual(["pick t: 0"]);
  });

  it("goes to blocked/ where the person picks one that is not there", () => {
    expect(briefWork(board("done", { pick: 7 }, { sessions, cycles: branches(0, 2) }))).toEqual([
      "block t to blocked: blocked=pick: 7 names no cycle that has a branch; there are: 0, 2",
    ]);
  });

  it("takes none where none has changes", () => {
    const quiet = [cycle(0, "base1", "base1")];
    expect(briefWork(board("done", {}, { sessions: quiet, cycles: branches(0) }))).toEqual(["pick t: none"]);
  });

  it("waits for the worktrees of its cycles, and for a person who looks at one", () => {
    const worktrees = [{ name: "w1", taskId: "t", cycle: 2, isUsable: true, isAtBase: false }];
    const world = { sessions, cycles: branches(0, 2), worktrees };
    expect(briefWork(board("done", {}, world))).toEqual(["release w1 of t"]);
    const held = board("done", {}, { sessions, cycles: { t: { 2: { sha: "c2", isHeld: true } } } });
    expect(briefWork(held)).toEqual([]);
    expect(whyOf(held, "t")).toBe("kanband-cycle/t/2 is checked out: its merge waits until it is not");
  });

  it("is no dependency that is met", () => {
    const task = { id: "u", dependencies: ["t"] };
    const snapshot = boardOf(
      { done: [{ id: "t", workflow: "turns" }], planned: [task] },
      { cycles: branches(0), settings: { merge: "manual" } },
    );
    expect(whyOf(snapshot, "u")).toBe("depends on t, which is accepted but not merged yet");
  });
});

describe("the worktree of a cycle", () => {
  const worktrees = [0, 2].map((it) => ({
    name: `w${String(it)}`,
    taskId: "t",
    cycle: it,
    isUsable: true,
    isAtBase: false,
  }));

  it("is given back once the cycle is over, though its task goes on", () => {
    const running = cycle(2, "c0", "c0", { state: "running" });
    const runs = [runOf("t", { step: "cycle-2", unit: "cycle-2" })];
    const world = { sessions: [cycle(0, "base1", "c0"), running], cycles: branches(0, 2), worktrees, runs };
    const snapshot = board("doing", { cycle: 3, assigned: "cycle-2/1@A", parallelism: 1 }, world);
    expect(briefWork(snapshot).filter((it) => it.startsWith("release"))).toEqual(["release w0 of t"]);
  });
});

function launchOf(snapshot: Snapshot) {
  return decide(snapshot).actions.find(({ kind }) => kind === "launch");
}
