import { describe, expect, it } from "vitest";
import {
  type BoardWords,
  boardOf,
  claimed,
  failedSession,
  HOUR,
  NOW,
  personaOf,
  runOf,
  SECOND,
  sessionOf,
  slotsOf,
  type TaskWords,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { brief, briefWork, editOf, whyOf } from "./brief.ts";

describe("assign", () => {
  it("moves the file with its claim, commits, and takes a worktree meanwhile", () => {
    expect(brief(boardOf({ planned: ["a"] }))).toEqual([
      "assign a to doing: assigned=A branch=kanband/a attempt=1",
      "commit",
      "prepare a in A",
    ]);
  });

  it("says who, where and from which lane in the commit", () => {
    const edit = editOf(boardOf({ planned: ["a"] }), "a");
    expect(edit?.subject).toBe("Assign a to slot A");
    expect(edit?.trailers).toEqual([
      ["Task", "a"],
      ["Lane", "planned..doing"],
      ["Persona", "engineer"],
      ["Slot", "A"],
    ]);
    expect(edit?.expectBlob).toBe("blob-a");
  });

  it("escapes what git refuses in a branch name", () => {
    expect(briefWork(boardOf({ planned: ["a b"] }))[0]).toContain("branch=kanband/a%20b");
  });

  it.each<[string, BoardWords, string[]]>([
    [
      "by priority",
      {
        planned: [
          { id: "a", priority: "low" },
          { id: "b", priority: "urgent" },
          { id: "c", priority: "high" },
        ],
      },
      ["b", "c"],
    ],
    ["then by who came first", { planned: [came("a", 3), came("b", 1), came("c", 2)] }, ["b", "c"]],
    ["then by id", { planned: ["c", "b", "a"] }, ["a", "b"]],
    [
      "an unknown arrival comes last",
      { planned: [{ id: "a", view: { enteredAt: null } }, came("b", 1), came("c", 2)] },
      ["b", "c"],
    ],
    [
      "what is in doing/ goes first",
      { planned: [{ id: "a", priority: "urgent" }, "b"], doing: [{ id: "z", priority: "low" }] },
      ["z", "a"],
    ],
  ])("queues %s", (_, lanes, expected) => {
    expect(assigned(boardOf(lanes))).toEqual(expected);
  });

  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["a claim holds it", { doing: [claimed("x", "A")] }, {}, ["B"]],
    ["a run holds it, whatever the file says", { planned: ["x"] }, { runs: [runOf("x")] }, ["B"]],
    [
      "an ended run holds it until it is collected",
      { doing: ["x"] },
      { runs: [runOf("x", { state: "exited" })] },
      ["B"],
    ],
    [
      "a job holds that of its file",
      { backlog: [claimed("x", "A")] },
      { jobs: [{ kind: "launch", taskId: "x" }] },
      ["B"],
    ],
    ["a start whose file is gone may be anywhere", {}, { jobs: [{ kind: "launch", taskId: "x" }] }, []],
    ["what waits in review holds none", { for_review: [claimed("x", "A")] }, {}, ["A", "B"]],
    ["a merge holds none", { done: ["x"] }, { runs: [runOf("x", { kind: "merge" })] }, ["A", "B"]],
  ])("gives away only free slots: %s", (_, lanes, world, expected) => {
    const snapshot = boardOf({ ...lanes, planned: [...(lanes.planned ?? []), "a", "b"] }, world);
    expect(slotsGiven(snapshot)).toEqual(expected);
  });

  it.each<[string, Exclude<TaskWords, string>, WorldWords, string]>([
    ["no free slot", { id: "a" }, {}, "no free slot: A has x, B has y"],
    ["a pinned slot that is taken", { id: "a", slot: "B" }, {}, "pinned to slot B: B has y"],
    [
      "a pinned slot that is not there",
      { id: "a", slot: "Z" },
      {},
      "pinned to slot Z, which the settings do not have: A, B",
    ],
    ["no slot at all", { id: "a" }, { settings: { slots: [] } }, "the settings name no slot"],
    [
      "an unknown persona",
      { id: "a", persona: "nobody" },
      {},
      'unknown persona "nobody": there is no personas/nobody.md',
    ],
    ["an unknown workflow", { id: "a", workflow: "factory" }, {}, 'unknown workflow "factory"; known: solo'],
    [
      "an unknown default workflow",
      { id: "a" },
      { settings: { defaultWorkflow: "sprint" } },
      'unknown workflow "sprint"; known: solo',
    ],
    ["an unknown agent", { id: "a", agent: "shel" }, {}, 'unknown agent "shel"; did you mean "shell"?'],
    [
      "an agent that is not installed",
      { id: "a", agent: "claude/opus" },
      { agents: { shell: null, claude: "binary not found" } },
      'agent "claude/opus" cannot be used: binary not found',
    ],
    [
      "an unknown dependency",
      { id: "a", dependencies: ["nobody"] },
      {},
      "depends on nobody, and no task has that id or alias",
    ],
    ["a dependency on itself", { id: "a", dependencies: ["a"] }, {}, "depends on itself: a → a"],
    ["a dependency that is not done", { id: "a", dependencies: ["x"] }, {}, "depends on x, which is in doing/"],
    ["money", { id: "a", budgetUsd: 2, spentUsd: 2.5 }, {}, "the task's budget is spent: 2.50 USD of 2.00 USD"],
    ["a lane that does not exist", { id: "a", laneRequest: "dong" }, {}, 'no lane "dong"; did you mean "doing"?'],
    [
      "overlapping files come after a free slot",
      { id: "a", touches: ["src/**"] },
      {},
      "no free slot: A has x, B has y",
    ],
  ])("waits and says why: %s", (_, words, world, reason) => {
    const doing = [{ ...claimed("x", "A"), touches: ["src/a.ts"] }, claimed("y", "B")];
    const runs = [runOf("x"), runOf("y", { slot: "B" })];
    const snapshot = boardOf({ planned: [words], doing }, { runs, ...world });
    expect(assigned(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe(reason);
  });

  it("waits for a persona's file that is broken, and says so", () => {
    const findings = [
      {
        path: "personas/poet.md",
        line: 2,
        severity: "error",
        code: "PERSONA_INVALID",
        message: "bad YAML",
        hint: null,
      } as const,
    ];
    const snapshot = boardOf({ planned: [{ id: "a", persona: "poet" }] }, { findings });
    expect(whyOf(snapshot, "a")).toBe("the persona's file is broken: personas/poet.md: bad YAML");
  });

  it("does not start a file with an error in it", () => {
    const finding = {
      path: "board/planned/a.md",
      line: 3,
      severity: "error",
      code: "TASK_INVALID",
      message: "duplicate key",
      hint: null,
    } as const;
    const broken = boardOf({ planned: [{ id: "a", view: { task: null, findings: [finding] } }] });
    const readable = boardOf({ planned: [{ id: "a", view: { findings: [finding] } }] });
    for (const snapshot of [broken, readable]) {
      expect(brief(snapshot)).toEqual([]);
      expect(whyOf(snapshot, "a")).toBe("board/planned/a.md:3: duplicate key");
    }
  });

  it("starts a file with a mere warning", () => {
    const finding = {
      path: "board/planned/a.md",
      line: 3,
      severity: "warning",
      code: "TASK_INVALID",
      message: "status: is not read",
      hint: null,
    } as const;
    expect(assigned(boardOf({ planned: [{ id: "a", view: { findings: [finding] } }] }))).toEqual(["a"]);
  });

  it("leaves a file alone that somebody may still be writing", () => {
    const snapshot = boardOf({ planned: [{ id: "a", view: { isSettled: false } }] }, { unsettledUntil: NOW + 50 });
    expect(brief(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe(
      "its file was changed just now, and somebody may still be writing; looked at again at 2026-11-20T10:00:00Z",
    );
  });

  it("counts slots that do not take the persona as no slots", () => {
    const [a, b] = slotsOf("A", "B");
    const slots = [
      { ...a!, personas: ["tester"] },
      { ...b!, personas: ["tester", "engineer"] },
    ];
    const planned = [
      { id: "a", persona: "engineer" },
      { id: "b", persona: "engineer" },
      { id: "c", persona: "tester" },
    ];
    const snapshot = boardOf({ planned }, { settings: { slots } });
    expect(briefWork(snapshot).filter((it) => it.startsWith("prepare"))).toEqual(["prepare a in B", "prepare c in A"]);
    expect(whyOf(snapshot, "b")).toBe("no free slot: B has a");
    const nobody = boardOf({ planned: ["a"] }, { settings: { slots: [slots[0]!] } });
    expect(whyOf(nobody, "a")).toBe("no slot takes persona engineer");
    const pinned = boardOf({ planned: [{ id: "a", slot: "A" }] }, { settings: { slots } });
    expect(whyOf(pinned, "a")).toBe("pinned to slot A, which does not take persona engineer");
  });
});

describe("limits", () => {
  it.each<[string, number, BoardWords, string[], string | undefined]>([
    ["none", 0, { doing: ["x", "y", "z"].map((id) => ({ id, dependencies: ["nobody"] })) }, ["a", "b"], undefined],
    ["room for one", 2, { doing: [{ id: "x", dependencies: ["nobody"] }] }, ["a"], "doing/ is full: 2 of 2 (a, x)"],
    ["full", 1, { doing: [{ id: "x", dependencies: ["nobody"] }] }, [], "doing/ is full: 1 of 1 (x)"],
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

  it("counts what the interrupted attempt cost before it is forgotten", () => {
    const words = { ...claimed("a"), spentUsd: 1 };
    const sessions = [sessionOf("a", { state: "stopped", reason: "person", costUsd: 0.25 })];
    expect(briefWork(boardOf({ planned: [words] }, { sessions }))[0]).toContain(" spent_usd=1.25");
  });
});

describe("a task with a persona of its own", () => {
  it("uses that persona", () => {
    const personas = [personaOf("poet")];
    expect(editOf(boardOf({ planned: [{ id: "a", persona: "poet" }] }, { personas }), "a")?.trailers).toContainEqual([
      "Persona",
      "poet",
    ]);
  });
});

function came(id: string, enteredAt: number): Exclude<TaskWords, string> {
  return { id, view: { enteredAt: NOW - HOUR + enteredAt } };
}

function assigned(snapshot: Parameters<typeof brief>[0]): string[] {
  return brief(snapshot).flatMap((it) => /^assign (\S+?):? /.exec(it)?.[1] ?? []);
}

function slotsGiven(snapshot: Parameters<typeof brief>[0]): string[] {
  return brief(snapshot).flatMap((it) => /^assign .* assigned=(\S+)/.exec(it)?.[1] ?? []);
}
