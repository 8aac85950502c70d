import { describe, expect, it } from "vitest";
import {
  type BoardWords,
  boardOf,
  claimed,
  HOUR,
  NOW,
  personaOf,
  runOf,
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
    [
      "a start holds its slot though its file is gone",
      {},
      { jobs: [{ kind: "launch", taskId: "x", slot: "A" }] },
      ["B"],
    ],
    [
      "checks that start hold it though an old buffer was saved over the claim",
      { doing: [{ id: "x", persona: "nobody" }] },
      { jobs: [{ kind: "check", taskId: "x", slot: "B" }] },
      ["A"],
    ],
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

  it("says of a file that nobody can read at least which one it is", () => {
    const view = { task: null, isSettled: false };
    expect(whyOf(boardOf({ planned: [{ id: "a", view }] }), "a")).toBe("board/planned/a.md cannot be read");
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

describe("a task with an agent of its own", () => {
  const [a, b] = slotsOf("A", "B");
  const slots = [
    { ...a!, agents: ["claude/sonnet", "shell"] },
    { ...b!, agents: ["codex"] },
  ];
  const agents = { shell: null, claude: null, codex: null };

  it.each([
    ["shell", "prepare a in A"],
    ["claude", "prepare a in A"],
    ["codex", "prepare a in B"],
    ["codex/gpt-5", "prepare a in B"],
  ])("goes only where that agent may run: %s", (agent, expected) => {
    const snapshot = boardOf({ planned: [{ id: "a", agent }] }, { settings: { slots }, agents });
    expect(briefWork(snapshot)).toContain(expected);
  });

  it("waits where no slot lists it, and says so", () => {
    const snapshot = boardOf({ planned: [{ id: "a", agent: "claude/opus" }] }, { settings: { slots }, agents });
    expect(briefWork(snapshot)).toEqual([]);
    expect(whyOf(snapshot, "a")).toBe(
      "pinned to agent claude/opus, which slot A does not list; pinned to agent claude/opus, which slot B does not list",
    );
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
