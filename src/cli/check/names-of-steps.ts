import type { Finding } from "../../board/finding.ts";
import { didYouMean } from "../../board/suggest.ts";
import type { Task } from "../../board/task.ts";
import type { Workflow } from "../../board/workflow.ts";
import { overrideProblems } from "../../decide/override-problems.ts";
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
  return [...unread(task, name, workflow), ...roster(task, snapshot), ...overrides(task, snapshot)];
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

function overrides(task: Task, snapshot: Snapshot): Finding[] {
  return overrideProblems(task, snapshot).map(({ code, message, hint }) => {
    return { ...problem(task, code, message, hint ?? ERRORS[code].hint), line: task.overrideLine };
  });
}

function missingPersona(task: Task, id: string, where: string, personas: Snapshot["personas"]): Finding[] {
  if (personas.has(id)) return [];
  const message = `${where} persona ${id}, and there is no personas/${id}.md${didYouMean(id, personas.keys())}`;
  return [problem(task, "PERSONA_UNKNOWN", message)];
}

function problem({ path }: Task, code: ErrorCode, message: string, hint: string = ERRORS[code].hint): Finding {
  return { path, line: null, severity: "error", code, message, hint };
}
