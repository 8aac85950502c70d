import { workflowProblems } from "../../board/check-workflow.ts";
import type { Finding } from "../../board/finding.ts";
import { mayChangeFiles, outputOf } from "../../board/step-facts.ts";
import { suggest } from "../../board/suggest.ts";
import type { Workflow, WorkflowStep } from "../../board/workflow.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";

/** A step, and what is known of it once it is known who does it. */
export type StepFacts = Omit<WorkflowStep, "output" | "mutates"> & {
  /** Counted from 1: steps of one round need none of each other, and start at once where there are slots. */
  round: number;
  /** Null while the persona is not known. */
  output: string | null;
  mutates: boolean;
};

export type WorkflowFacts = Omit<Workflow, "steps"> & {
  isDefault: boolean;
  steps: readonly StepFacts[];
  findings: readonly Finding[];
};

/** Everything known about one workflow. */
export function workflowFacts(workflow: Workflow, snapshot: Snapshot): WorkflowFacts {
  const { personas, skills, settings, findings } = snapshot;
  const rounds = new Map<string, number>();
  for (const { id, needs } of workflow.steps) {
    rounds.set(id, 1 + Math.max(0, ...needs.map((need) => rounds.get(need) ?? 0)));
  }
  return {
    ...workflow,
    isDefault: settings?.defaultWorkflow === workflow.id,
    steps: workflow.steps.map((step) => ({
      ...step,
      round: rounds.get(step.id) ?? 1,
      output: outputOf(step, personas),
      mutates: mayChangeFiles(step, personas),
    })),
    findings: [
      ...findings.filter(({ path }) => path === workflow.path),
      ...workflowProblems(workflow, personas, skills),
    ],
  };
}

/** The workflows whose files cannot be used, each with the first reason. */
export function brokenWorkflows({ findings, workflows }: Snapshot): { id: string; finding: Finding }[] {
  const broken = new Map<string, Finding>();
  for (const finding of findings) {
    const id = /^personas\/workflows\/([^/]+)\.md$/.exec(finding.path)?.[1];
    if (id === undefined || finding.severity !== "error" || workflows.has(id) || broken.has(id)) continue;
    broken.set(id, finding);
  }
  return [...broken].map(([id, finding]) => ({ id, finding }));
}

/**
 * The workflow of that name, or of that path. Throws WORKFLOW_INVALID for one that is broken, WORKFLOW_UNKNOWN with what is
 * near.
 */
export function findWorkflow(word: string, snapshot: Snapshot): Workflow {
  const id = (word.split("/").at(-1) ?? word).replace(/\.md$/, "");
  const found = snapshot.workflows.get(id);
  if (found !== undefined) return found;
  const broken = brokenWorkflows(snapshot).find((it) => it.id === id)?.finding;
  if (broken !== undefined) {
    const hint = broken.hint === null ? {} : { hint: broken.hint };
    throw new KanbandError("WORKFLOW_INVALID", `${broken.path}:${String(broken.line ?? 1)}: ${broken.message}`, hint);
  }
  const near = suggest(id, snapshot.workflows.keys());
  throw new KanbandError(
    "WORKFLOW_UNKNOWN",
    `no workflow '${id}'`,
    near === null ? {} : { hint: `Did you mean ${near}?` },
  );
}
