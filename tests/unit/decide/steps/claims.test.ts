import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { boardOf, NOW, personaOf, runOf, sessionOf, slotsOf, type WorldWords } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const CHAIN = workflowOf("chain", [stepOf("one"), stepOf("two", { needs: ["one"] })]);
const PAIR = workflowOf("pair", [stepOf("left"), stepOf("right")]);
const TASK = { id: "a", workflow: "chain", assigned: "one/1@A" };

function worldOf(world: WorldWords): WorldWords {
  return { workflows: [CHAIN, PAIR], personas: [personaOf("tester", { mutates: false })], ...world };
}

function editsOf(snapshot: Snapshot): string[] {
  return decide(snapshot).actions.flatMap((it) => (it.kind === "edit" ? it.subject : []));
}

function launchesOf(snapshot: Snapshot): string[] {
  return decide(snapshot).actions.flatMap((it) => (it.kind === "launch" ? it.step : []));
}

describe("the claims of a task with several steps", () => {
  it("pass from one step to the next in one edit, also where doing/ or for_review/ has room for no more than this task", () => {
    const sessions = [sessionOf("a", { step: "one", path: "sessions/a/one.md" })];
    for (const wip of [
      { doing: 1, forReview: 0 },
      { doing: 0, forReview: 1 },
    ]) {
      const snapshot = boardOf({ doing: [TASK] }, worldOf({ sessions, settings: { wip } }));
      expect(editsOf(snapshot)).toEqual(["Assign a: two to slot A"]);
    }
  });

  it("are given up where what they were given for is gone: the agent, the profile of the slot, the money", () => {
    const held = { doing: [TASK] };
    expect(launchesOf(boardOf(held, worldOf({})))).toEqual(["one"]);
    const gone = boardOf(held, worldOf({ agents: { shell: "no such program" } }));
    expect(editsOf(gone)).toEqual(["Take a from slot A"]);
    const [slot] = slotsOf("A");
    const slots = slot === undefined ? [] : [{ ...slot, personas: ["engineer"] }, ...slotsOf("B")];
    const restricted = boardOf(held, worldOf({ settings: { slots } }));
    expect(editsOf(restricted)).toEqual(["Take a from slot A"]);
    expect(launchesOf(restricted)).toEqual([]);
    const spent = boardOf({ doing: [{ ...TASK, spentUsd: 3, budgetUsd: 3 }] }, worldOf({}));
    expect(editsOf(spent)).toEqual(["Block a"]);
  });

  it("are given up where the money for them is given to the run beside them, and what waits says so", () => {
    const caps = { wallMs: null, outputBytes: 1_000, toolCalls: null, costUsd: 5 };
    const world = worldOf({ runs: [runOf("a", { step: "left", unit: "left", caps })] });
    const both = { id: "a", workflow: "pair", assigned: "left/1@A, right/1@B", budgetUsd: 6 };
    const held = boardOf({ doing: [both] }, world);
    expect([launchesOf(held), editsOf(held)]).toEqual([[], ["Take a from slot B"]]);
    const taken = { ...both, assigned: "left/1@A" };
    const beside = { id: "b", persona: "tester" };
    expect(editsOf(boardOf({ doing: [taken], planned: [beside] }, world))).toEqual(["Assign b to slot B"]);
    const given = boardOf({ doing: [taken] }, world);
    expect(decide(given).waiting.get("a")).toBe(
      "waits for the task's budget: of 6.00 USD, 0.00 USD are spent and 5.00 USD given to runs in progress",
    );
  });

  it("are not followed by others once what is over has used up the budget, though the file does not say so yet", () => {
    const own = { step: "left", path: "sessions/a/left.md", agent: "shell" };
    const over = sessionOf("a", { ...own, costUsd: 0.41 });
    const facts = { id: "a", workflow: "pair", assigned: "left/1@A", budgetUsd: 0.35 };
    const exited = [runOf("a", { step: "left", unit: "left", state: "exited", costUsd: 0.41 })];
    const listed = boardOf({ doing: [facts] }, worldOf({ sessions: [over], runs: exited }));
    expect(editsOf(listed)).toEqual([]);
    expect(decide(listed).waiting.get("a")).toBe("the task's budget is spent: 0.41 USD of 0.35 USD");
    const both = boardOf({ doing: [{ ...facts, assigned: "left/1@A, right/1@B" }] }, worldOf({ sessions: [over] }));
    expect([launchesOf(both), editsOf(both)]).toEqual([[], ["Block a"]]);
    // What is left of it, and no more, may be spent by the next.
    const rest = boardOf(
      { doing: [{ ...facts, assigned: "left/1@A, right/1@B", budgetUsd: 0.5 }] },
      worldOf({ sessions: [over] }),
    );
    expect(decide(rest).actions.find(({ kind }) => kind === "launch")).toMatchObject({ costCapUsd: 0.09 });
  });

  it("start nothing that may not begin: before what it needs, beside the holder of its slot, without the trust for it", () => {
    const early = boardOf({ doing: [{ ...TASK, assigned: "two/1@A" }] }, worldOf({}));
    expect([launchesOf(early), editsOf(early)]).toEqual([[], ["Assign a: one to slot A"]]);
    const both = boardOf({ doing: [TASK, { ...TASK, id: "b" }] }, worldOf({ settings: { slots: slotsOf("A") } }));
    expect([launchesOf(both), editsOf(both)]).toEqual([["one"], ["Take b from slot A"]]);
    const settings = { trust: "shadow" as const };
    const shadow = boardOf({ doing: [TASK] }, { ...worldOf({ settings }), personas: [personaOf("tester")] });
    expect([launchesOf(shadow), editsOf(shadow)]).toEqual([[], ["Take a from slot A"]]);
  });

  it("are all put back at once into a file that was saved from an old buffer", () => {
    const runs = [
      runOf("a", { runId: "a-1", step: "left", unit: "left" }),
      runOf("a", { runId: "a-2", step: "right", unit: "right", slot: "B" }),
    ];
    const [edit] = decide(boardOf({ doing: [{ id: "a", workflow: "pair" }] }, worldOf({ runs }))).actions;
    expect(edit?.kind === "edit" && edit.set).toEqual([["assigned", "left/1@A, right/1@B"]]);
  });

  it("are not added to while the runs of a task that a person took back are being ended", () => {
    const runs = [runOf("a", { step: "left", unit: "left" })];
    const planned = [{ id: "a", workflow: "pair", assigned: "left/1@A" }];
    const { actions, waiting } = decide(boardOf({ planned }, worldOf({ runs })));
    expect(actions.map(({ kind }) => kind)).toEqual(["stop"]);
    expect(waiting.get("a")).toBe("its run is being stopped");
  });
});

it("a step that blocks its task says how to get at its own work, whatever other runs the task has had", () => {
  const work = (step: string, commitSha: string, facts: Partial<Session>) =>
    sessionOf("a", { step, path: `sessions/a/${step}.md`, commitSha, ...facts });
  const failed = { state: "failed", failure: "budget", reason: "0.10 of 0.10 USD" } as const;
  const sessions = [
    work("work", "1111111111111", { finishedAt: NOW }),
    work("left", "2222222222222", failed),
    work("right", "3333333333333", { finishedAt: NOW }),
  ];
  const [edit] = decide(boardOf({ doing: [{ id: "a", workflow: "pair" }] }, worldOf({ sessions }))).actions;
  expect(edit?.kind === "edit" && edit.set.find(([key]) => key === "blocked")?.[1]).toBe(
    "step left 0.10 of 0.10 USD; its work: git log -p 222222222222",
  );
});
