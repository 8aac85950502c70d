import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { boardOf, HOUR, MINUTE, NOW, SECOND, sessionOf, slotsOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const PAIR = workflowOf("pair", [stepOf("left"), stepOf("right")]);
const [A, B] = slotsOf("A", "B");
const AGENTS = { claude: null, codex: null };

function failed(id: string, step: string, facts: Partial<Session>): Session {
  const path = `sessions/${id}/${step}.md`;
  return sessionOf(id, { step, path, state: "failed", agent: "claude", after: {}, finishedAt: NOW - SECOND, ...facts });
}

function boardWith(assigned: string | null, sessions: readonly Session[], now: number = NOW): Snapshot {
  const slots =
    A === undefined || B === undefined
      ? []
      : [
          { ...A, agents: ["claude", "codex"] },
          { ...B, agents: ["claude"] },
        ];
  const doing = [{ id: "a", workflow: "pair", assigned }];
  return boardOf({ doing }, { now, workflows: [PAIR], sessions, agents: AGENTS, settings: { slots } });
}

function movesOf(snapshot: Snapshot): string[] {
  return decide(snapshot).actions.flatMap((it) => {
    if (it.kind === "edit") return it.subject;
    return it.kind === "launch" ? `${it.step}/${it.attempt} by ${it.agent}` : [];
  });
}

describe("an agent that cannot work", () => {
  const overloaded = failed("a", "left", { failure: "overloaded", reason: "529", resetAt: NOW + HOUR });

  it("whose provider refuses hands its step to the next agent of the slot, and is passed over by the steps beside it", () => {
    expect(movesOf(boardWith(null, [overloaded]))).toEqual(["Assign a: left to slot A"]);
    expect(movesOf(boardWith("left/2@A", [overloaded]))).toEqual(["left/2 by codex"]);
    // What was claimed for it a moment before gives its slot up, and says why it waits.
    const claimed = boardWith("left/2@A, right/1@B", [overloaded]);
    expect(movesOf(claimed)).toEqual(["Take a from slot B", "left/2 by codex"]);
    const done = sessionOf("a", { step: "left", path: "sessions/a/left.md", attempt: 2, agent: "codex", after: {} });
    const onB = boardWith(null, [{ ...done, parked: { claude: NOW + HOUR } }]);
    expect(movesOf(onB)).toEqual(["Assign a: right to slot A"]);
    expect(decide(onB).lookAgainAt).not.toBeNull();
  });

  it("is asked again once its time has come", () => {
    expect(movesOf(boardWith("left/2@A", [overloaded], NOW + 2 * HOUR))).toContain("left/2 by claude");
  });

  it("that is not set up hands its step on to the end of the chain, which then blocks the task", () => {
    const setup = failed("a", "left", { failure: "setup", reason: "no key" });
    expect(movesOf(boardWith("left/2@A", [setup]))).toContain("left/2 by codex");
    const both = failed("a", "left", { failure: "setup", reason: "no key", attempt: 2, agent: "codex" });
    expect(movesOf(boardWith(null, [both]))).toEqual(["Block a"]);
  });
});

describe("a toolchain that is broken", () => {
  const ids = ["a", "b", "c"];
  const broken = (id: string, step: string, facts: Partial<Session> = {}) =>
    failed(id, step, { failure: "agent", reason: "exit 127", ...facts });

  function pauseOf(sessions: readonly Session[]) {
    const doing = ids.map((id) => ({ id, workflow: "pair" }));
    const { actions } = decide(boardOf({ doing }, { workflows: [PAIR], sessions }));
    return actions.find((it) => it.kind === "edit" && it.intent === "pause-board");
  }

  it("is told by one step each of three tasks, unless a step beside it went well since", () => {
    const steps = ids.map((id, index) => broken(id, index === 1 ? "right" : "left"));
    expect(pauseOf(steps)).toMatchObject({ set: [["paused", "the same failure on a, b, c: exit 127"]] });
    const well = sessionOf("b", { step: "left", path: "sessions/b/left.md", finishedAt: NOW });
    expect(pauseOf([...steps, well])).toBeUndefined();
    expect(pauseOf(["left", "right"].map((step) => broken("a", step)))).toBeUndefined();
  });

  it("pauses the board once, though each task has two steps that found it out, and one of them is tried again", () => {
    const steps = ids.flatMap((id) => ["left", "right"].map((step) => broken(id, step)));
    const pause = pauseOf(steps);
    const marked = pause?.kind === "edit" ? (pause.marksSessions ?? []) : [];
    expect(marked).toEqual(steps.map(({ path }) => path).toSorted());
    const tried = steps.map((it) => ({
      ...it,
      pausedBoard: marked.includes(it.path),
      ...(it.step === "right" ? { state: "running" as const, finishedAt: null, startedAt: NOW - MINUTE } : {}),
    }));
    expect(pauseOf(tried)).toBeUndefined();
  });
});
