import type { Finding } from "../../board/finding.ts";
import { didYouMean } from "../../board/suggest.ts";
import type { StepOverride, Task } from "../../board/task.ts";
import type { Workflow } from "../../board/workflow.ts";
import { agentName } from "../../decide/choose-agent.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { workflowNameOf } from "../../decide/steps-of.ts";
import { ERRORS, type ErrorCode } from "../../errors.ts";

/**
 * What a task says of the steps of its workflow and that nobody would obey: steps, personas, skills and agents that are not
 * there, and keys that its workflow does not read.
 */
export function unknownInSteps(task: Task, snapshot: Snapshot): Finding[] {
  const name = workflowNameOf(task, snapshot.settings?.defaultWorkflow ?? "solo");
  const workflow = name === "solo" ? null : (snapshot.workflows.get(name) ?? null);
  // Of one that is missing or broken another finding tells.
  if (name !== "solo" && workflow === null) return [];
  return [...unread(task, name, workflow), ...roster(task, snapshot), ...overrides(task, name, workflow, snapshot)];
}

function unread(task: Task, name: string, workflow: Workflow | null): Finding[] {
  const findings: Finding[] = [];
  const warn = (key: string, why: string): void => {
    const message = `\`${key}:\` changes nothing: ${why}`;
    findings.push({ ...problem(task, "TASK_INVALID", message, `Remove \`${key}:\`.`), severity: "warning" });
  };
  if (workflow?.roundRobin == null) {
    const keys = [
      ["personas", task.personas.length > 0],
      ["parallelism", task.parallelism !== null],
      ["pick", task.pick !== null],
    ] as const;
    for (const [key, isThere] of keys) if (isThere) warn(key, `the workflow ${name} is no round-robin`);
  }
  if (workflow !== null && task.persona !== null) warn("persona", `the workflow ${name} says who does its steps`);
  return findings;
}

function roster(task: Task, { personas }: Snapshot): Finding[] {
  return task.personas.flatMap((it) => missingPersona(task, it, "the roster names", personas));
}

function overrides(task: Task, name: string, workflow: Workflow | null, snapshot: Snapshot): Finding[] {
  const ids = workflow?.steps.map(({ id }) => id) ?? [];
  return Object.entries(task.override).flatMap(([step, override]) => {
    const known = ids.length === 0 ? "" : didYouMean(step, ids) || `; it has ${ids.join(", ")}`;
    const message = `\`override:\` names step ${step}, which the workflow ${name} does not have${known}`;
    const unknown = ids.includes(step) ? [] : [problem(task, "TASK_INVALID", message, "Correct the step's id.")];
    return [...unknown, ...(override === "skip" ? [] : namesOf(task, step, override, snapshot))];
  });
}

function namesOf(task: Task, step: string, override: Exclude<StepOverride, "skip">, snapshot: Snapshot): Finding[] {
  const { personas, agents, skills } = snapshot;
  const { persona, agent } = override;
  const missing = (override.skills ?? []).filter((it) => !skills.has(it));
  return [
    ...(persona === null ? [] : missingPersona(task, persona, `\`override:\` of step ${step} names`, personas)),
    ...missing.map((it) => {
      const message = `\`override:\` of step ${step} names skill ${it}, and there is no personas/skills/${it}/SKILL.md`;
      return problem(task, "TASK_INVALID", message + didYouMean(it, skills), "Name a folder of personas/skills/.");
    }),
    ...(agent === null || agents.has(agentName(agent))
      ? []
      : [problem(task, "AGENT_UNKNOWN", `\`override:\` of step ${step} names agent ${agent}, which is not known`)]),
  ];
}

function missingPersona(task: Task, id: string, where: string, personas: Snapshot["personas"]): Finding[] {
  if (personas.has(id)) return [];
  const message = `${where} persona ${id}, and there is no personas/${id}.md${didYouMean(id, personas.keys())}`;
  return [problem(task, "PERSONA_UNKNOWN", message)];
}

function problem({ path }: Task, code: ErrorCode, message: string, hint: string = ERRORS[code].hint): Finding {
  return { path, line: null, severity: "error", code, message, hint };
}
