import type { Workflow, WorkflowStep } from "../../../../src/board/workflow.ts";

/** A step of a workflow, with nothing that is not given. */
export function stepOf(id: string, facts: Partial<WorkflowStep> = {}): WorkflowStep {
  return {
    id,
    line: null,
    persona: "tester",
    personaFrom: null,
    action: null,
    skills: [],
    task: null,
    output: `${id}.md`,
    reads: null,
    needs: [],
    when: {},
    mutates: null,
    gate: null,
    expand: null,
    rework: null,
    verdicts: null,
    skippedAs: null,
    agent: null,
    model: null,
    maxToolCalls: null,
    touches: [],
    ...facts,
  };
}

/** A workflow of these steps. */
export function workflowOf(id: string, steps: readonly WorkflowStep[]): Workflow {
  return { id, path: `personas/workflows/${id}.md`, blobSha: "w1", description: "", steps, roundRobin: null };
}

/** The whole of the factory's ways: a dispatch that a person approves, steps that it makes, reviews that send them back. */
export const DISPATCHING = workflowOf("dispatching", [
  stepOf("scope"),
  stepOf("design"),
  stepOf("plan", { needs: ["scope", "design"], verdicts: "dispatcher" }),
  stepOf("build", { persona: null, output: null, needs: ["plan"], expand: "plan", gate: "person" }),
  stepOf("cold", { needs: ["build"], verdicts: "reviewer" }),
  stepOf("warm", { needs: ["build"], verdicts: "reviewer" }),
  stepOf("join", {
    needs: ["cold", "warm"],
    verdicts: "reconciler",
    rework: { verdict: "must-fix", backTo: "build", limit: 2 },
  }),
]);

/** The shape of the factory, small: two verdicts of a router, a round of two, two that build, a round of two, a join, a report. */
export const SMALL_FACTORY = workflowOf("small", [
  stepOf("route", { verdicts: "router" }),
  stepOf("single", { needs: ["route"], when: { route: ["single-persona"] } }),
  stepOf("scope", { needs: ["route"], when: { route: ["factory"] } }),
  stepOf("design", { needs: ["route"], when: { route: ["factory"] } }),
  stepOf("build", { persona: "engineer", needs: ["scope", "design"] }),
  stepOf("ship", { persona: "engineer", needs: ["build"] }),
  stepOf("cold", { needs: ["ship"], verdicts: "reviewer" }),
  stepOf("warm", { needs: ["ship"], verdicts: "reviewer" }),
  stepOf("join", {
    needs: ["cold", "warm"],
    verdicts: "reconciler",
    rework: { verdict: "must-fix", backTo: "build", limit: null },
  }),
  stepOf("report", { needs: ["join"] }),
]);
