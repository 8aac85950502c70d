import { describe, expect, it } from "vitest";
import type { Effect } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot, TaskView } from "../../../src/decide/snapshot.ts";
import {
  boardOf,
  claimed,
  failedSession,
  personaOf,
  runOf,
  sessionOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, briefWork, editOf, whyOf } from "./brief.ts";

describe("launch", () => {
  it.each<[string, Partial<TaskView>, boolean]>([
    ["committed as it is on disk", {}, true],
    ["not on the branch at all", { headSha: null, headPath: null }, false],
    ["still in planned/ on the branch", { headSha: null, headPath: "board/planned/a.md" }, false],
    ["other bytes on the branch", { headSha: "older" }, false],
    ["the same bytes elsewhere on the branch", { headPath: "board/planned/a.md" }, false],
  ])("launches only what is claimed on the board branch: %s", (_, view, isLaunched) => {
    const found = brief(boardOf({ doing: [{ ...claimed("a"), view }] }));
    expect(found.filter((it) => it.startsWith("launch"))).toEqual(
      isLaunched ? ["launch a in A #1 first by shell"] : [],
    );
  });

  it("says that the claim is not committed yet", () => {
    const snapshot = boardOf({ doing: [{ ...claimed("a"), view: { headSha: "older" } }] });
    expect(whyOf(snapshot, "a")).toBe("its claim is not on the board branch yet");
  });

  it("launches nothing beside a run or a job of the task", () => {
    const doing = [claimed("a")];
    expect(brief(boardOf({ doing }, { runs: [runOf("a")] }))).toEqual([]);
    expect(brief(boardOf({ doing }, { jobs: [{ kind: "prepare", taskId: "a" }] }))).toEqual([]);
    expect(brief(boardOf({ doing }, { runs: [runOf("a", { state: "exited" })] }))).toEqual(["collect a-1"]);
  });

  it("launches again what was begun and never started", () => {
    const sessions = [sessionOf("a", { state: "running", finishedAt: null, retries: 1, attempt: 2 })];
    expect(launchOf(boardOf({ doing: [claimed("a", "A", 2)] }, { sessions }))).toMatchObject({
      attempt: 2,
      retries: 1,
      cause: "retry",
    });
  });

  it("launches again for the reason for which it was begun", () => {
    const begun = sessionOf("a", {
      state: "running",
      finishedAt: null,
      attempt: 2,
      cause: "answer",
      question: "Which?",
    });
    expect(launchOf(boardOf({ doing: [claimed("a", "A", 2)] }, { sessions: [begun] }))).toMatchObject({
      attempt: 2,
      cause: "answer",
    });
  });

  it("lets one of two claims on a slot go", () => {
    const doing = [
      { ...claimed("b"), view: { enteredAt: 1 } },
      { ...claimed("a"), view: { enteredAt: 2 } },
    ];
    const snapshot = boardOf({ doing });
    expect(briefWork(snapshot)).toEqual(["requeue a: -assigned", "launch b in A #1 first by shell"]);
    expect(whyOf(snapshot, "a")).toBe("slot A has b");
  });

  it("prefers the claim with a job, and the slot of a run over every claim", () => {
    const doing = [{ ...claimed("b"), view: { enteredAt: 1 } }, claimed("a")];
    expect(briefWork(boardOf({ doing }, { jobs: [{ kind: "launch", taskId: "a" }] }))).toEqual([
      "requeue b: -assigned",
    ]);
    expect(briefWork(boardOf({ doing }, { runs: [runOf("a")] }))).toEqual(["requeue b: -assigned"]);
  });

  it.each<[string, object, string]>([
    ["a slot that is gone", { assigned: "Z" }, "requeue a: -assigned"],
    ["a claim without an attempt", { attempt: null }, "requeue a: -assigned"],
    ["a claim out of blocked/", { blocked: "because" }, "requeue a: -assigned -attempt -blocked"],
    ["a claim without its branch", { branch: null }, "normalise a: branch=kanband/a"],
  ])("mends %s", (_, words, expected) => {
    expect(briefWork(boardOf({ doing: [{ ...claimed("a"), ...words }] }))).toEqual([expected]);
  });

  it("mends an attempt that is behind its sessions", () => {
    const sessions = [sessionOf("a", { attempt: 3 })];
    expect(briefWork(boardOf({ doing: [claimed("a", "A", 1)] }, { sessions }))).toEqual(["normalise a: attempt=3"]);
  });

  it.each<[string, WorldWords, string]>([
    [
      "paused",
      { settings: { paused: "too hot" } },
      "the board is paused: too hot; set paused: false in board/board.md to go on",
    ],
    ["draining", { isDraining: true }, "the daemon was asked to start nothing new"],
    ["no base", { repo: { baseSha: null } }, "the base branch main does not exist or has no commit yet"],
    [
      "no money today",
      { settings: { budget: { runUsd: 5, taskUsd: 20, dayUsd: 1 } }, sessions: [sessionOf("x", { costUsd: 1 })] },
      "the day's budget is spent: 1.00 USD of 1.00 USD",
    ],
  ])("keeps the claim and waits while nothing may start: %s", (_, world, reason) => {
    const snapshot = boardOf({ doing: [claimed("a")] }, world);
    expect(briefWork(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe(reason);
  });

  it("gives up the slot when the task itself may not start any more", () => {
    const snapshot = boardOf({ doing: [{ ...claimed("a"), dependencies: ["b"] }], backlog: ["b"] });
    expect(briefWork(snapshot)).toEqual(["requeue a: -assigned"]);
    expect(whyOf(snapshot, "a")).toBe("depends on b, which is in backlog/");
  });

  it("gives up a slot that the task's pins, its persona or the slot's own profile no longer allow", () => {
    const [a, b] = slotsOf("A", "B");
    const pinned = boardOf({ doing: [{ ...claimed("a"), slot: "B" }] });
    expect(briefWork(pinned)).toEqual(["requeue a: -assigned"]);
    const slots = [{ ...a!, personas: ["tester"] }, b!];
    const profile = boardOf({ doing: [{ ...claimed("a"), persona: "engineer" }] }, { settings: { slots } });
    expect(briefWork(profile)).toEqual(["requeue a: -assigned"]);
    expect(whyOf(profile, "a")).toBe("slot A does not take it any more");
  });

  it("never starts two claims that would change the same files, whoever made them", () => {
    const doing = [
      { ...claimed("a"), touches: ["src/**"] },
      { ...claimed("b", "B"), touches: ["src/b.ts"] },
    ];
    expect(briefWork(boardOf({ doing }))).toEqual(["requeue b: -assigned", "launch a in A #1 first by shell"]);
    const running = boardOf({ doing }, { runs: [runOf("b", { slot: "B" })] });
    expect(briefWork(running)).toEqual(["requeue a: -assigned"]);
    expect(whyOf(running, "a")).toBe("touches src/**, as does b, which is in progress");
  });

  it("blocks a task that has no money left", () => {
    const snapshot = boardOf({ doing: [{ ...claimed("a"), spentUsd: 20 }] });
    expect(briefWork(snapshot)).toEqual([
      "block a to blocked: -assigned blocked=the task's budget is spent: 20.00 USD of 20.00 USD",
    ]);
  });
});

describe("what a launch is given", () => {
  it.each<[string, object, WorldWords, number | null]>([
    ["the cap of a run", {}, {}, 5],
    ["what is left of the task", { budgetUsd: 3, spentUsd: 1 }, {}, 2],
    ["what is left of the day", {}, { sessions: [sessionOf("x", { costUsd: 99 })] }, 1],
    ["the day less what runs cost so far", {}, { runs: [runOf("x", { slot: "B", costUsd: 98 })] }, 2],
    ["no cap", {}, { settings: { budget: { runUsd: Infinity, taskUsd: Infinity, dayUsd: Infinity } } }, null],
    ["costs of yesterday do not count", {}, { sessions: [sessionOf("x", { costUsd: 99, finishedAt: 1 })] }, 5],
  ])("costCapUsd: %s", (_, words, world, expected) => {
    expect(launchOf(boardOf({ doing: [{ ...claimed("a"), ...words }] }, world))?.costCapUsd).toBe(expected);
  });

  it("names step and persona", () => {
    const snapshot = boardOf({ doing: [{ ...claimed("a"), persona: "tester" }] });
    expect(launchOf(snapshot)).toMatchObject({ step: "work", persona: "tester", slot: "A", losses: 0 });
  });

  const agents = { shell: null, claude: null, codex: null, gone: "binary not found" };
  const slots = [{ ...slotsOf("A")[0]!, agents: ["claude/sonnet", "codex"] }];

  it.each<[string, object, Partial<Parameters<typeof personaOf>[1]>, WorldWords, string]>([
    ["the pin of the task", { agent: "codex" }, { agent: "claude" }, { settings: { slots } }, "codex"],
    ["the persona's", {}, { agent: "claude" }, { settings: { slots } }, "claude"],
    ["the slot's first", {}, {}, { settings: { slots } }, "claude/sonnet"],
    ["the board's", {}, {}, { settings: { agent: "codex" } }, "codex"],
    [
      "the board's, for a slot with an empty list",
      {},
      {},
      { settings: { agent: "codex", slots: [{ ...slotsOf("A")[0]!, agents: [] }] } },
      "codex",
    ],
    [
      "the slot's next, where the first is not there",
      {},
      {},
      { settings: { slots: [{ ...slotsOf("A")[0]!, agents: ["gone", "codex"] }] } },
      "codex",
    ],
  ])("agent: %s", (_, words, persona, world, expected) => {
    const personas = [personaOf("engineer", persona)];
    const snapshot = boardOf({ doing: [{ ...claimed("a"), ...words }] }, { agents, personas, ...world });
    expect(launchOf(snapshot)?.agent).toBe(expected);
  });

  it("takes the next agent of the chain after one that could not work", () => {
    const sessions = [failedSession("a", { failure: "setup", agent: "claude", model: "sonnet", retries: 1 })];
    const world = { agents, settings: { slots }, sessions };
    const first = boardOf({ doing: [claimed("a")] }, world);
    expect(briefWork(first)).toEqual(["again a: attempt=2"]);
    expect(editOf(first, "a")?.subject).toBe("Start attempt 2 of a: next agent codex: exit 1");
    expect(launchOf(boardOf({ doing: [claimed("a", "A", 2)] }, world))).toMatchObject({ agent: "codex", retries: 1 });
  });

  it("starts at the head of the chain when a person asks again at its end", () => {
    const sessions = [failedSession("a", { failure: "setup", agent: "codex" })];
    const snapshot = boardOf({ doing: [claimed("a", "A", 2)] }, { agents, settings: { slots }, sessions });
    expect(launchOf(snapshot)?.agent).toBe("claude/sonnet");
  });
});

function launchOf(snapshot: Snapshot): Extract<Effect, { kind: "launch" }> | undefined {
  return decide(snapshot).actions.find((it) => it.kind === "launch");
}
