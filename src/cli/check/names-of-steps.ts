import { didYouMean } from "../../board/suggest.ts";
import type { Task } from "../../board/task.ts";
import type { Workflow } from "../../board/workflow.ts";
import { overrideProblems } from "../../decide/override-problems.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { workflowNameOf } from "../../decide/steps-of.ts";
import { ERRORS, type ErrorCode } from "../../errors.ts";
import type { KeyFinding, KeyPath } from "./place-findings.ts";

/**
 * What a task says of the steps of its workflow and that nobody would obey: steps, personas, skills and agents that are not
 * there, and keys that its workflow does not read.
 */
export function unknownInSteps(task: Task, snapshot: Snapshot): KeyFinding[] {
  const name = workflowNameOf(task, snapshot.settings?.defaultWorkflow ?? "solo");
  const workflow = name === "solo" ? null : (snapshot.workflows.get(name) ?? null);
  // Of one that is missing or broken another finding tells.
  if (name !== "solo" && workflow === null) return [];
  return [...unread(task, name, workflow), ...roster(task, snapshot), ...overrides(task, snapshot)];
}

function unread(task: Task, name: string, workflow: Workflow | null): KeyFinding[] {
  const findings: KeyFinding[] = [];
  const warn = (key: string, why: string): void => {
    const message = `\`${key}:\` changes nothing: ${why}`;
    findings.push({ ...problem(task, [key], "TASK_INVALID", message, `Remove \`${key}:\`.`), severity: "warning" });
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

function roster(task: Task, { personas }: Snapshot): KeyFinding[] {
  return task.personas.flatMap((it, index) =>
    missingPersona(task, it, { at: ["personas", index], where: "the roster names" }, personas),
  );
}

function overrides(task: Task, snapshot: Snapshot): KeyFinding[] {
  return overrideProblems(task, snapshot).map(({ code, message, hint }) =>
    problem(task, ["override"], code, message, hint ?? ERRORS[code].hint),
  );
}

function missingPersona(
  task: Task,
  id: string,
  { at, where }: { at: KeyPath; where: string },
  personas: Snapshot["personas"],
): KeyFinding[] {
  if (personas.has(id)) return [];
  const message = `${where} persona ${id}, and there is no personas/${id}.md${didYouMean(id, personas.keys())}`;
  return [problem(task, at, "PERSONA_UNKNOWN", message)];
}

function problem(
  { path }: Task,
  at: KeyPath,
  code: ErrorCode,
  message: string,
  hint: string = ERRORS[code].hint,
): KeyFinding {
  return { path, line: null, at, severity: "error", code, message, hint };
}
