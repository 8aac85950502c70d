import * as v from "valibot";
import type { Finding } from "./finding.ts";
import { readFrontMatter } from "./front-matter.ts";
import { plainValues } from "./plain-values.ts";
import { unportableReason } from "./portable-name.ts";
import { findingsOf, nameOf } from "./schema-findings.ts";
import { orderSteps } from "./step-order.ts";
import { didYouMean } from "./suggest.ts";
import { oneLine } from "./text.ts";
import { MOST_CYCLES, type Workflow, type WorkflowStep } from "./workflow.ts";
import { StepKeys, WorkflowKeys } from "./workflow-keys.ts";
import { stepProblems } from "./workflow-rules.ts";

const KINDS = { names: new Set<string>(), texts: new Set(["name", "description"]), lists: new Set<string>() };

/**
 * Reads a workflow's file; null when a finding (WORKFLOW_INVALID) is an error. Its id is the file name, whatever `name:` says.
 * What `when`, `persona_from` and `expand` name is added to `needs`; the steps come out in an order in which they can be run.
 */
export function parseWorkflow(
  path: string,
  blobSha: string,
  bytes: Uint8Array,
): { workflow: Workflow | null; findings: Finding[] } {
  const code = "WORKFLOW_INVALID";
  const id = path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
  const file = readFrontMatter(path, bytes, { code });
  if (file.data === null) return { workflow: null, findings: file.findings };

  const { values, findings } = plainValues(file, { ...KINDS, path, code });
  const add = (line: number | null, message: string, hint: string, severity: Finding["severity"] = "error"): number =>
    findings.push({ path, line, severity, code, message, hint });
  const reason = unportableReason(id);
  if (reason !== null) add(null, `the workflow's name does not work everywhere: ${reason}`, "Rename the file.");
  for (const { keys, message } of unknownKeys(values)) add(file.lineAt(keys), message, "It is ignored.", "warning");
  const parsed = v.safeParse(WorkflowKeys, withoutNulls(values));
  if (!parsed.success) {
    findings.push(...findingsOf(parsed.issues, { path, code, lineAt: file.lineAt }));
    return { workflow: null, findings };
  }

  const { name, description, steps, personas, parallelism, max_cycles } = parsed.output;
  if (name !== undefined && name !== id) {
    const message = `\`name\` is ${JSON.stringify(oneLine(name, 60))}; tasks know this workflow as ${id}`;
    add(file.lineOf("name"), message, "Rename the file or the name.", "warning");
  }
  if (steps !== undefined && personas !== undefined)
    add(file.lineOf("personas"), "there are both steps and personas", "Keep one of them.");
  if (steps === undefined && personas === undefined)
    add(1, "there are neither steps nor personas", "Write `steps:`, or `personas:` for a round-robin.");
  if (parallelism !== undefined && personas === undefined)
    add(
      file.lineOf("parallelism"),
      "`parallelism` goes with `personas`",
      "Remove it; steps run at once by themselves.",
    );

  if (max_cycles !== undefined && personas === undefined)
    add(file.lineOf("max_cycles"), "`max_cycles` goes with `personas`", "Remove it; each step is done once.");

  const graph = (steps ?? []).map((it, index) => stepOf(it, file.lineAt(["steps", index])));
  for (const { keys, message, hint } of stepProblems(graph, id)) add(file.lineAt(keys), message, hint);
  const order = orderSteps(graph);
  if (findings.some(({ severity }) => severity === "error") || "cycle" in order) return { workflow: null, findings };
  const workflow: Workflow = {
    id,
    path,
    blobSha,
    description: oneLine(description ?? "", 2000),
    steps: order.ordered,
    roundRobin:
      personas === undefined
        ? null
        : {
            line: file.lineOf("personas"),
            personas,
            parallelism: parallelism ?? 1,
            maxCycles: max_cycles ?? MOST_CYCLES,
          },
  };
  return { workflow, findings };
}

function stepOf(keys: StepKeys, line: number | null): WorkflowStep {
  const when = keys.when ?? {};
  const named = [...Object.keys(when), keys.persona_from, keys.expand].filter((it) => it !== undefined);
  return {
    id: keys.id,
    line,
    persona: keys.persona ?? null,
    personaFrom: keys.persona_from ?? null,
    action: keys.action ?? null,
    skills: keys.skills ?? [],
    task: keys.task ?? null,
    output: keys.output ?? null,
    reads: keys.reads ?? null,
    needs: [...new Set([...(keys.needs ?? []), ...named])],
    when,
    mutates: keys.mutates ?? null,
    gate: keys.gate ?? null,
    expand: keys.expand ?? null,
    rework:
      keys.rework === undefined
        ? null
        : { verdict: keys.rework.verdict, backTo: keys.rework.back_to, limit: keys.rework.limit ?? null },
    verdicts: keys.verdicts ?? null,
    skippedAs: keys.skipped_as ?? null,
    agent: keys.agent ?? null,
    model: keys.model ?? null,
    maxToolCalls: keys.max_tool_calls ?? null,
    touches: keys.touches ?? [],
  };
}

type Unknown = { keys: (string | number)[]; message: string };

function unknownKeys(values: Record<string, unknown>): Unknown[] {
  const steps = Array.isArray(values["steps"]) ? values["steps"] : [];
  return [
    ...strangers(values, Object.keys(WorkflowKeys.entries), []),
    ...steps.flatMap((step: unknown, index) => [
      ...strangers(step, Object.keys(StepKeys.entries), ["steps", index]),
      ...strangers(isMap(step) ? step["rework"] : null, ["verdict", "back_to", "limit"], ["steps", index, "rework"]),
    ]),
  ];
}

function strangers(value: unknown, known: readonly string[], around: (string | number)[]): Unknown[] {
  if (!isMap(value)) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      keys: [...around, key],
      message: `there is no key \`${nameOf([...around, key])}\`${didYouMean(key, known)}`,
    }));
}

/** A key without a value counts as absent, at every level. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([, it]) => it !== null && it !== undefined);
  return Object.fromEntries(kept.map(([key, it]) => [key, withoutNulls(it)]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
