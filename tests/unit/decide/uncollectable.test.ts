import { describe, expect, it } from "vitest";
import { boardOf, claimed, MINUTE, NOW, runOf, slotsOf } from "../../helpers/board-builder.ts";
import { brief, briefWork } from "./brief.ts";

describe("a run that cannot be collected", () => {
  const resting = { kind: "collect", taskId: "a", problem: "no space left", retryAt: NOW + MINUTE };

  it("keeps no other run of its task from being collected", () => {
    const runs = [
      runOf("a", { state: "exited", runId: "a-1", startedAt: NOW - 2 }),
      runOf("a", { state: "exited", runId: "a-2", startedAt: NOW - 1 }),
    ];
    const jobs = [{ ...resting, of: "a-1" }];
    expect(brief(boardOf({ planned: ["a"] }, { runs, jobs }))).toEqual(["collect a-2"]);
  });

  it("has its slot for as long as its task is in doing/, and no longer", () => {
    const runs = [runOf("a", { state: "exited" })];
    const world = { settings: { slots: slotsOf("A") }, runs, jobs: [{ ...resting, of: "a-1" }] };
    expect(brief(boardOf({ doing: [claimed("a")], planned: ["b"] }, world))).toEqual([]);
    expect(briefWork(boardOf({ backlog: ["a"], planned: ["b"] }, world))[0]).toMatch(/^assign b to doing: assigned=A/);
    expect(briefWork(boardOf({ backlog: ["a"], planned: ["b"] }, { ...world, jobs: [] }))).toEqual(["collect a-1"]);
  });
});
