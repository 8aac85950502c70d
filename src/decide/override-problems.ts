import { didYouMean } from "../board/suggest.ts";
import type { StepOverride, Task } from "../board/task.ts";
import type { Workflow, WorkflowStep } from "../board/workflow.ts";
import type { ErrorCode } from "../errors.ts";
import { agentName } from "./choose-agent.ts";
import { oneLine } from "./one-line.ts";
import type { Snapshot } from "./snapshot.ts";
import { workflowNameOf } from "./steps-of.ts";
import { dispatchedBy } from "./workflow/dispatched.ts";
import { recordsOf } from "./workflow/node.ts";

/** What a task wants of a step and nobody can obey. `hint` null: that of the code. */
export type OverrideProblem = {
  code: Extract<ErrorCode, "TASK_INVALID" | "PERSONA_UNKNOWN" | "AGENT_UNKNOWN">;
  message: string;
  hint: string | null;
};

/** Why a task is not gone on with: it wants something of its steps that cannot be, and to do it otherwise would be wrong. */
export function overrideReason(task: Task, snapshot: Snapshot): string | null {
  const [first] = overrideProblems(task, snapshot);
  if (first === undefined) return null;
  return oneLine(`${task.path}${task.overrideLine === null ? "" : `:${String(task.overrideLine)}`}: ${first.message}`);
}

/**
 * Steps, personas, skills and agents that `override:` names and that are not there; none where the workflow is not there
 * either.
 */
export function overrideProblems(task: Task, snapshot: Snapshot): readonly OverrideProblem[] {
  const written = Object.entries(task.override);
  if (written.length === 0) return [];
  const name = workflowNameOf(task, snapshot.settings?.defaultWorkflow ?? "solo");
  const workflow = name === "solo" ? null : (snapshot.workflows.get(name) ?? null);
  if (name !== "solo" && workflow === null) return [];
  const ids = stepIds(task, workflow, snapshot);
  return written.flatMap(([step, override]) => {
    const isThere = ids.includes(step) || (workflow?.steps.some((it) => mayBecome(it, step, ids)) ?? false);
    const known = ids.length === 0 ? "" : didYouMean(step, ids) || `; it has ${ids.join(", ")}`;
    const message = `\`override:\` names step ${step}, which the workflow ${name} does not have${known}`;
    const unknown: OverrideProblem = { code: "TASK_INVALID", message, hint: "Correct the step's id." };
    return [...(isThere ? [] : [unknown]), ...(override === "skip" ? [] : namesOf(step, override, snapshot))];
  });
}

/** The steps of the workflow, and those that a dispatcher wrote: `build.api`. */
function stepIds(task: Task, workflow: Workflow | null, { sessions }: Snapshot): readonly string[] {
  const records = recordsOf(sessions.get(task.id) ?? []);
  return (workflow?.steps ?? []).flatMap(({ id, expand }) => {
    const steps = expand === null ? [] : dispatchedBy(records.get(expand));
    return [id, ...steps.map((it) => `${id}.${it.id}`)];
  });
}

// Before the dispatcher is done nobody knows what it will write.
function mayBecome({ id, expand }: WorkflowStep, step: string, ids: readonly string[]): boolean {
  return expand !== null && step.startsWith(`${id}.`) && !ids.some((it) => it.startsWith(`${id}.`));
}

function namesOf(step: string, override: Exclude<StepOverride, "skip">, snapshot: Snapshot): OverrideProblem[] {
  const { personas, agents, skills } = snapshot;
  const { persona, agent } = override;
  const where = `\`override:\` of step ${step} names`;
  const problems: OverrideProblem[] = [];
  if (persona !== null && !personas.has(persona)) {
    const message = `${where} persona ${persona}, and there is no personas/${persona}.md`;
    problems.push({ code: "PERSONA_UNKNOWN", message: message + didYouMean(persona, personas.keys()), hint: null });
  }
  for (const it of override.skills ?? []) {
    if (skills.has(it)) continue;
    const message = `${where} skill ${it}, and there is no personas/skills/${it}/SKILL.md${didYouMean(it, skills)}`;
    problems.push({ code: "TASK_INVALID", message, hint: "Name a folder of personas/skills/." });
  }
  if (agent !== null && !agents.has(agentName(agent))) {
    problems.push({ code: "AGENT_UNKNOWN", message: `${where} agent ${agent}, which is not known`, hint: null });
  }
  return problems;
}
