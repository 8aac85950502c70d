import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import type { Task } from "../../../../src/board/task.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { graphOf } from "../../../../src/decide/workflow/graph.ts";
import { recordsOf } from "../../../../src/decide/workflow/node.ts";
import {
  boardOf,
  personaOf,
  runOf,
  sessionOf,
  type TaskWords,
  type WorldWords,
} from "../../../helpers/board-builder.ts";
import { DISPATCHING, stepOf, workflowOf } from "./workflows.ts";

const SPRINT = workflowOf("sprint", [
  stepOf("shape"),
  stepOf("design", { needs: ["shape"] }),
  stepOf("build", { persona: "engineer", needs: ["design"] }),
  stepOf("examine", { needs: ["build"], verdicts: "reviewer" }),
]);
const ROUTED = workflowOf("routed", [
  stepOf("route", { verdicts: "router", skippedAs: "factory" }),
  stepOf("triage", { needs: ["route"], when: { route: ["factory"] }, verdicts: "triage" }),
  stepOf("work", { persona: "engineer", needs: ["triage"], when: { triage: ["change"] } }),
]);

type Facts = Exclude<TaskWords, string>;

function done(step: string, facts: Partial<Session> = {}): Session {
  return sessionOf("a", { step, path: `sessions/a/${step}.md`, ...facts });
}

function editsOn(facts: Partial<Facts>, sessions: readonly Session[] = [], world: WorldWords = {}) {
  const lane = facts.assigned === undefined ? "planned" : "doing";
  const { actions } = decide(
    boardOf(
      { [lane]: [{ id: "a", workflow: "sprint", ...facts }] },
      { workflows: [SPRINT, ROUTED, DISPATCHING], sessions, settings: { trust: "auto" }, ...world },
    ),
  );
  return actions.flatMap((it) => {
    if (it.kind !== "edit") return [];
    const blocked = it.set.find(([key]) => key === "blocked")?.[1];
    return [typeof blocked === "string" ? `${it.subject}: ${blocked}` : it.subject];
  });
}

describe("a step that a person leaves out", () => {
  it("is left out alone: what needs it goes on, and not before its turn", () => {
    const override = { design: "skip" } as const;
    expect(editsOn({ override })).toEqual(["Assign a: shape to slot A"]);
    const shaped = [done("shape")];
    expect(editsOn({ override, assigned: "shape/1@A" }, shaped)).toEqual(["Assign a: build to slot A"]);
    expect(editsOn({ override: { shape: "skip", design: "skip" } })).toEqual(["Assign a: build to slot A"]);
    const one = { override: { ...override, shape: "skip" }, assigned: "shape/1@A" } as const;
    const runs = [runOf("a", { step: "shape", unit: "shape" })];
    expect(editsOn(one, [], { runs })).toEqual([]);
  });

  it("counts with the verdict that it is to have where it is not run", () => {
    const facts = { workflow: null, override: { route: "skip" } } as const;
    const settings = { trust: "auto", defaultWorkflow: "routed" } as const;
    expect(editsOn(facts, [], { settings })).toEqual(["Assign a: triage to slot A"]);
  });

  it("does not make a task finished of which nothing was built", () => {
    expect(editsOn({ workflow: "routed", override: { triage: "skip" } })).toEqual([
      "Block a: nothing was built: step work needs the verdict of triage, which `override:` skips",
    ]);
    const planned = [done("scope"), done("design")];
    const facts = { workflow: "dispatching", override: { plan: "skip" }, assigned: "design/1@A" } as const;
    expect(editsOn(facts, planned)).toEqual([
      "Block a: step build follows the verdict of plan, which `override:` skips",
    ]);
  });

  it("is said at the end where it was all that would have changed files", () => {
    const sessions = [done("shape"), done("design"), done("examine", { verdict: "clean" })];
    const facts = { override: { build: "skip" }, assigned: "examine/1@A" } as const;
    expect(editsOn(facts, sessions)).toEqual(["Hand a over for review: nothing was built: `override:` skips build"]);
  });
});

describe("what a person wants otherwise of a step", () => {
  const reasonOf = (override: Task["override"], more: Partial<Facts> = {}) => {
    const facts = { id: "a", workflow: "dispatching", override, overrideLine: 3, ...more };
    const sessions = [done("scope"), done("design"), PLAN];
    const decision = decide(
      boardOf({ planned: [facts] }, { workflows: [DISPATCHING], sessions, settings: { trust: "auto" } }),
    );
    const isStarted = decision.actions.some((it) => it.kind === "edit");
    return isStarted ? "started" : decision.waiting.get("a");
  };

  it("keeps the task from starting where it cannot be, by path and line", () => {
    expect(reasonOf({ biuld: "skip" })).toBe(
      'board/planned/a.md:3: `override:` names step biuld, which the workflow dispatching does not have; did you mean "build"?',
    );
    expect(reasonOf({ "build.apl": "skip" })).toContain('does not have; did you mean "build.api"?');
    expect(reasonOf({ cold: { ...NOTHING, skills: ["ghost"] } })).toContain("names skill ghost, and there is no");
    expect(reasonOf({ "build.api": { ...NOTHING, persona: "nobody" } })).toContain("names persona nobody, and there");
    expect(reasonOf({ work: "skip" }, { workflow: null })).toContain("which the workflow solo does not have");
    expect(reasonOf({ "build.api": "skip", cold: { ...NOTHING, persona: "engineer" } })).toBe("started");
    expect(editsOn({ workflow: "dispatching", override: { "build.later": "skip" } })).toHaveLength(1);
  });

  it("holds for the steps that a dispatcher wrote, one by one and all together", () => {
    const byId = (override: Task["override"]) => {
      const { nodes } = graphOf(DISPATCHING, recordsOf([PLAN]), PERSONAS, override);
      return nodes.filter(({ id }) => id.startsWith("build.")).map((it) => `${it.id} ${it.persona?.id ?? ""}`);
    };
    const tester = { ...NOTHING, persona: "tester" };
    expect(byId({})).toEqual(["build.api engineer", "build.ci engineer"]);
    expect(byId({ "build.ci": tester })).toEqual(["build.api engineer", "build.ci tester"]);
    expect(byId({ build: tester })).toEqual(["build.api tester", "build.ci tester"]);
    const sessions = [done("scope"), done("design"), PLAN];
    expect(editsOn({ workflow: "dispatching", override: { "build.api": "skip" } }, sessions)).toEqual([
      "Assign a: build.ci to slot A",
    ]);
  });
});

const NOTHING = { persona: null, skills: null, agent: null, model: null };
const PERSONAS = new Map(["engineer", "tester"].map((id) => [id, personaOf(id)]));
const SUB = { persona: "engineer", task: "x", needs: [], parallel: true, touches: [], mutates: true };
const PLAN = done("plan", {
  verdict: "planned",
  dispatch: [
    { ...SUB, id: "api" },
    { ...SUB, id: "ci" },
  ],
});
