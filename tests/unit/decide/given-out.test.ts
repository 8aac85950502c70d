import { describe, expect, it } from "vitest";
import { indexBoard } from "../../../src/decide/board-index.ts";
import { decide } from "../../../src/decide/decide.ts";
import { allowanceOf } from "../../../src/decide/given-out.ts";
import type { RunView, Snapshot } from "../../../src/decide/snapshot.ts";
import {
  boardOf,
  claimed,
  runOf,
  sessionOf,
  settingsOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { briefWork, whyOf } from "./brief.ts";

const caps = { wallMs: null, outputBytes: 1_000, toolCalls: null };
const slots = slotsOf("A", "B", "C");

describe("money that runs in progress may still spend", () => {
  it.each<[string, Partial<RunView>, WorldWords, number | null]>([
    ["is not given out again", {}, {}, 3],
    ["is counted once with what they spent", { costUsd: 4 }, {}, 3],
    ["of which not all is known", { leastUsd: 4 }, {}, 3],
    ["no more than they have spent over it", { costUsd: 6 }, {}, 2],
    ["is free again once one is over", { state: "exited", costUsd: 1 }, {}, 5],
    ["of a start that is under way", { state: "lost" }, { jobs: [start("x", 5)] }, 3],
  ])("%s", (_, run, world, expected) => {
    const runs = [runOf("x", { slot: "B", caps: { ...caps, costUsd: 5 }, ...run })];
    expect(capsOf(boardOf({ doing: [claimed("a")] }, { ...of({ dayUsd: 8 }), runs, ...world }))).toEqual([expected]);
  });

  it("keeps starts of one moment within the day together", () => {
    const doing = [claimed("a", "A"), claimed("b", "B"), claimed("c", "C")];
    const snapshot = boardOf({ doing }, of({ dayUsd: 8 }));
    expect(capsOf(snapshot)).toEqual([5, 3]);
    expect(whyOf(snapshot, "c")).toBe(
      "waits for the day's budget: of 8.00 USD, 0.00 USD are spent and 8.00 USD given to runs in progress",
    );
  });

  it("takes the slot from a claim whose start has to wait for it, so that others may have it", () => {
    const doing = [claimed("a", "A"), claimed("b", "B"), claimed("c", "C")];
    expect(briefWork(boardOf({ doing }, of({ dayUsd: 8 })))).toContain("requeue c: -assigned");
  });

  it("gives no slot to a task that has to wait for money, and one to those that do not", () => {
    const snapshot = boardOf({ planned: ["a", "b", "c"] }, of({ dayUsd: 8 }));
    expect(briefWork(snapshot).filter((it) => it.startsWith("assign"))).toHaveLength(2);
    expect(whyOf(snapshot, "c")).toContain("waits for the day's budget");
  });

  it("lets nobody start with less than half of what it would get alone", () => {
    const runs = [runOf("x", { slot: "B", caps: { ...caps, costUsd: 5 } })];
    const starts = (dayUsd: number) => capsOf(boardOf({ doing: [claimed("a")] }, { ...of({ dayUsd }), runs }));
    expect(starts(7.5)).toEqual([2.5]);
    expect(starts(7.4)).toEqual([]);
    // Alone it takes what there is.
    const spent = [sessionOf("y", { costUsd: 7 })];
    expect(capsOf(boardOf({ doing: [claimed("a")] }, { ...of({ dayUsd: 7.4 }), sessions: spent }))).toEqual([0.4]);
  });

  it.each<[string, number, object]>([
    ["gets what is left of it", 2.5, { capUsd: 3.5 }],
    [
      "waits for less than half",
      4,
      { reason: "waits for the task's budget: of 6.00 USD, 0.00 USD are spent and 4.00 USD given to runs in progress" },
    ],
  ])("a second run of one task %s", (_, usd, expected) => {
    const snapshot = boardOf({ doing: [{ ...claimed("a"), budgetUsd: 6 }] }, of({}));
    const board = { ...indexBoard(snapshot), settings: settingsOf() };
    const givenOut = { usd, byTask: new Map([["a", usd]]) };
    const spending = { usd: 0, unknownCount: 0 };
    expect(allowanceOf(snapshot.tasks[0]!.task!, ["claude"], { board, spending, givenOut })).toEqual(expected);
  });

  it("ends the runs of a task that have spent its budget together", () => {
    const runs = ["1", "2"].map((runId) => runOf("a", { runId, costUsd: 3, caps: { ...caps, costUsd: 4 } }));
    expect(briefWork(boardOf({ doing: [claimed("a")] }, { ...of({ taskUsd: 6.01 }), runs }))).toEqual([]);
    expect(briefWork(boardOf({ doing: [claimed("a")] }, { ...of({ taskUsd: 6 }), runs }))).toEqual([
      "stop 1: budget",
      "stop 2: budget",
    ]);
  });

  it("holds back nobody who costs nothing, and is not held by them", () => {
    const snapshot = boardOf({ doing: [claimed("a", "A"), claimed("b", "B")] }, of({ dayUsd: 1, runUsd: 1 }));
    expect(capsOf(snapshot)).toEqual([1]);
    expect(
      capsOf({ ...snapshot, agents: new Map([["shell", { name: "shell", problem: null, isFree: true }]]) }),
    ).toEqual([null, null]);
  });
});

function of(budget: Partial<Record<"runUsd" | "taskUsd" | "dayUsd", number>>): WorldWords {
  return { settings: { slots, budget: { runUsd: 5, taskUsd: 20, dayUsd: 100, ...budget } } };
}

function start(taskId: string, costCapUsd: number) {
  return { kind: "launch", taskId, slot: "B", costCapUsd };
}

function capsOf(snapshot: Snapshot): (number | null)[] {
  return decide(snapshot).actions.flatMap((it) => (it.kind === "launch" ? [it.costCapUsd] : []));
}
