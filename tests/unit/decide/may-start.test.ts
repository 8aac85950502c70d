import { describe, expect, it } from "vitest";
import { plainSlot } from "../../../src/config/defaults.ts";
import type { Settings } from "../../../src/config/settings.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  failedSession,
  HOUR,
  NOW,
  runOf,
  SECOND,
  sessionOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, briefWork, editOf, whyOf } from "./brief.ts";

describe("limits", () => {
  it.each<[string, number, BoardWords, string[], string | undefined]>([
    ["none", 0, { doing: ["x", "y", "z"].map((id) => ({ id, dependencies: ["nobody"] })) }, ["a", "b"], undefined],
    ["room for one", 2, { doing: [{ id: "x", dependencies: ["nobody"] }] }, ["a"], "doing/ is full: 2 of 2 (a, x)"],
    ["full", 1, { doing: [{ id: "x", dependencies: ["nobody"] }] }, [], "doing/ is full: 1 of 1 (x)"],
    [
      "full of one that waits for it",
      1,
      { doing: [{ id: "x", dependencies: ["a"] }] },
      ["a"],
      "doing/ is full: 1 of 1 (a)",
    ],
    [
      "what a person put there starts up to the limit",
      1,
      { doing: ["x", "y"] },
      ["x"],
      "doing/ is full: 2 of 1 (x, y)",
    ],
  ])("wip.doing: %s", (_, doing, lanes, expected, reason) => {
    const snapshot = boardOf({ ...lanes, planned: ["a", "b"] }, { settings: { wip: { doing, forReview: 0 } } });
    expect(assigned(snapshot)).toEqual(expected);
    expect(whyOf(snapshot, "b")).toBe(reason ?? "assigned to slot B: starts once the claim is committed");
  });

  it.each<[string, number, BoardWords, string[], string | undefined]>([
    ["none", 0, { for_review: ["x", "y", "z"] }, ["a", "b"], undefined],
    ["full", 2, { for_review: ["x", "y"] }, [], "for_review/ is full: 2 there, the limit is 2"],
    [
      "what is on its way counts",
      2,
      { for_review: ["x"] },
      ["a"],
      "for_review/ is full: 1 there and 1 on the way, the limit is 2",
    ],
  ])("wip.for_review: %s", (_, forReview, lanes, expected, reason) => {
    const snapshot = boardOf({ ...lanes, planned: ["a", "b"] }, { settings: { wip: { doing: 0, forReview } } });
    expect(assigned(snapshot)).toEqual(expected);
    expect(whyOf(snapshot, "b")).toBe(reason ?? "assigned to slot B: starts once the claim is committed");
  });

  it("never runs two tasks at once that change the same files", () => {
    const planned = [
      { id: "a", touches: ["src/**"] },
      { id: "b", touches: ["docs/*.md", "src/b.ts"] },
      { id: "c", touches: ["docs/*.md"] },
    ];
    const snapshot = boardOf({ planned });
    expect(assigned(snapshot)).toEqual(["a", "c"]);
    const one = boardOf({ planned: planned.slice(0, 2) });
    expect(assigned(one)).toEqual(["a"]);
    expect(whyOf(one, "b")).toBe("touches src/b.ts, as does a, which is in progress");
  });

  it("counts a run that is being stopped as in progress", () => {
    const lanes = { planned: [{ id: "a", touches: ["src/**"] }], backlog: [{ id: "x", touches: ["src/x"] }] };
    const snapshot = boardOf(lanes, { runs: [runOf("x", { stop: { reason: "person", requestedAt: NOW } })] });
    expect(whyOf(snapshot, "a")).toBe("touches src/**, as does x, which is in progress");
  });
});

describe("tasks that share a persona", () => {
  it("are each judged by their own pins", () => {
    const planned = [
      { id: "a", agent: "shell" },
      { id: "b", agent: "gone" },
      { id: "c", slot: "B" },
      { id: "d", slot: "A" },
    ];
    const snapshot = boardOf({ planned });
    expect(assigned(snapshot)).toEqual(["a", "c"]);
    expect(whyOf(snapshot, "b")).toMatch('unknown agent "gone"');
    expect(whyOf(snapshot, "d")).toBe("pinned to slot A: A has a");
  });
});

describe("trust", () => {
  it.each<[string, object, boolean]>([
    ["shadow", {}, false],
    ["shadow", { approved: "me today" }, false],
    ["shadow", { persona: "tester" }, true],
    ["recommend", {}, false],
    ["recommend", { approved: "me today" }, true],
    ["recommend", { persona: "tester" }, true],
    ["approve", {}, true],
    ["auto", {}, true],
  ])("%s with %o", (trust, words, isAssigned) => {
    const snapshot = boardOf({ planned: [{ id: "a", ...words }] }, { settings: { trust: trust as "auto" } });
    expect(assigned(snapshot)).toEqual(isAssigned ? ["a"] : []);
    if (!isAssigned) expect(whyOf(snapshot, "a")).toMatch(`trust is ${trust}`);
  });
});

describe("a parked agent", () => {
  const parked = { blocked: ["x"], planned: ["a"] };
  const setup = failedSession("x", { failure: "setup", reason: "npm ci failed" });

  it.each<[string, BoardWords, WorldWords, boolean]>([
    ["the mark is there", parked, { sessions: [setup] }, true],
    ["the settings changed since", parked, { sessions: [setup], settingsBlob: "settings2" }, false],
    ["the task was taken out of blocked/", { backlog: ["x"], planned: ["a"] }, { sessions: [setup] }, false],
    ["another class of failure", parked, { sessions: [failedSession("x")] }, false],
    [
      "another agent",
      parked,
      { sessions: [{ ...setup, agent: "claude" }], agents: { shell: null, claude: null } },
      false,
    ],
    ["the same agent with a model", parked, { sessions: [{ ...setup, agent: "shell/fast" }] }, true],
  ])("waits while %s", (_, lanes, world, isParked) => {
    const snapshot = boardOf(lanes, world);
    expect(assigned(snapshot)).toEqual(isParked ? [] : ["a"]);
    if (isParked) {
      expect(whyOf(snapshot, "a")).toBe('agent "shell" is parked since it failed on x (in blocked/): npm ci failed');
    }
  });
});

describe("retries", () => {
  const doing = [{ id: "a", branch: "kanband/a", attempt: 1 }];

  it.each<[number, number, boolean]>([
    [0, 10 * SECOND - 1, false],
    [0, 10 * SECOND, true],
    [1, 20 * SECOND - 1, false],
    [1, 20 * SECOND, true],
  ])("after %i earlier failures and %i ms", (retries, elapsed, isDue) => {
    const sessions = [failedSession("a", { retries, finishedAt: NOW - elapsed })];
    expect(assigned(boardOf({ doing }, { sessions, branches: { a: {} } }))).toEqual(isDue ? ["a"] : []);
  });

  it("never waits longer than the settings say", () => {
    const retry = { limit: 50, baseMs: 10 * SECOND, maxMs: 300 * SECOND };
    const sessions = [failedSession("a", { retries: 40, finishedAt: NOW - 300 * SECOND })];
    expect(assigned(boardOf({ doing }, { sessions, settings: { retry } }))).toEqual(["a"]);
  });

  it("says when", () => {
    const sessions = [failedSession("a", { finishedAt: NOW - SECOND })];
    expect(whyOf(boardOf({ doing }, { sessions }), "a")).toBe("retry 1 of 2 at 2026-11-20T10:00:09Z: exit 1");
  });

  it("gives the next attempt, ahead of the queue", () => {
    const sessions = [failedSession("a", { finishedAt: NOW - HOUR })];
    const snapshot = boardOf(
      { doing, planned: [{ id: "b", priority: "urgent" }] },
      { sessions, settings: { slots: slotsOf("A") } },
    );
    expect(briefWork(snapshot)[0]).toBe("assign a: assigned=A branch=kanband/a attempt=2");
  });
});

describe("the number of an attempt", () => {
  it.each<[string, BoardWords, WorldWords, number]>([
    ["the first", { planned: ["a"] }, {}, 1],
    ["after what was done", { planned: ["a"] }, { sessions: [sessionOf("a"), sessionOf("a", { step: "checks" })] }, 2],
    [
      "a new chain leaves a gap, where the old one would go on",
      { planned: ["a"] },
      { sessions: [failedSession("a")] },
      3,
    ],
    [
      "a chain that is at its end needs none",
      { planned: ["a"] },
      { sessions: [failedSession("a", { retries: 2 })] },
      2,
    ],
    [
      "moved back from blocked/ by hand",
      { doing: [{ id: "a", attempt: 1, blocked: "x" }] },
      { sessions: [failedSession("a")] },
      3,
    ],
    [
      "moved back from for_review/ by hand",
      { doing: [{ id: "a", attempt: 1 }] },
      { sessions: [sessionOf("a"), sessionOf("a", { step: "checks" })] },
      2,
    ],
    ["a claim that never ran keeps its own", { doing: [{ id: "a", attempt: 2 }] }, { sessions: [sessionOf("a")] }, 2],
    ["so does one whose checks are to come", { doing: [{ id: "a", attempt: 1 }] }, { sessions: [sessionOf("a")] }, 1],
    [
      "an attempt behind its sessions is forgotten",
      { doing: [{ id: "a", attempt: 1 }] },
      { sessions: [sessionOf("a", { attempt: 4 })] },
      5,
    ],
  ])("%s", (_, lanes, world, attempt) => {
    expect(briefWork(boardOf(lanes, world))[0]).toContain(` attempt=${attempt}`);
  });

  it("counts an attempt once that is given another slot between its run and its checks", () => {
    const sessions = [sessionOf("a", { costUsd: 4 })];
    const given = boardOf({ doing: [{ id: "a", attempt: 1, spentUsd: 5 }] }, { sessions });
    expect(briefWork(given)[0]).toBe("assign a: assigned=A branch=kanband/a attempt=1 spent_usd=1");
    const checks = sessionOf("a", { step: "checks", verdict: "clean", finishedAt: NOW });
    const claim = { ...claimed("a"), spentUsd: 1 };
    expect(briefWork(boardOf({ doing: [claim] }, { sessions: [...sessions, checks] }))[0]).toContain("spent_usd=5");
  });

  it("counts what the interrupted attempt cost before it is forgotten", () => {
    const words = { ...claimed("a"), spentUsd: 1 };
    const sessions = [sessionOf("a", { state: "stopped", reason: "person", costUsd: 0.25 })];
    expect(briefWork(boardOf({ planned: [words] }, { sessions }))[0]).toContain(" spent_usd=1.25");
  });
});

function assigned(snapshot: Parameters<typeof brief>[0]): string[] {
  return brief(snapshot).flatMap((it) => /^assign (\S+?):? /.exec(it)?.[1] ?? []);
}

describe("a slot for long work", () => {
  const slots = [{ ...plainSlot("A") }, { ...plainSlot("B"), long: true }];
  const assigned = (facts: object, settings: Partial<Settings> = { slots }) =>
    editOf(boardOf({ planned: [{ id: "a", ...facts }] }, { settings }), "a")?.set.find(
      ([key]) => key === "assigned",
    )?.[1];

  it.each([
    ["takes a task without a time limit", { timeoutMs: "none" }, "B"],
    ["leaves the others to the others", {}, "A"],
    ["a task with a limit of its own is one of these", { timeoutMs: 60_000 }, "A"],
  ])("%s", (_, facts, slot) => {
    expect(assigned(facts)).toBe(slot);
  });

  it("where there is none, any slot will do", () => {
    expect(assigned({ timeoutMs: "none" }, { slots: [plainSlot("A")] })).toBe("A");
  });

  it("a pin to the wrong kind waits and says why", () => {
    const why = (facts: object) => whyOf(boardOf({ planned: [{ id: "a", ...facts }] }, { settings: { slots } }), "a");
    expect(why({ slot: "B" })).toBe("pinned to slot B, which takes only tasks with `timeout: none`");
    expect(why({ slot: "A", timeoutMs: "none" })).toMatch(/^pinned to slot A, .* this one has `timeout: none`$/);
  });
});
