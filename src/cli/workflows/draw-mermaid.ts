import { safe } from "../status/words.ts";
import { whoDoes } from "./draw-graph.ts";
import type { StepFacts, WorkflowFacts } from "./workflow-facts.ts";

/** A workflow as the source of a Mermaid flowchart. Rounded: reads only; square: changes files; hexagon: waits for a person. */
export function drawMermaid({ steps, roundRobin }: WorkflowFacts): string[] {
  if (roundRobin !== null) {
    const { personas } = roundRobin;
    return [
      "flowchart LR",
      ...personas.map((it, index) => `  n${String(index)}(${label([it])})`),
      ...personas.map((_, index) => `  n${String(index)} --> n${String((index + 1) % personas.length)}`),
    ];
  }
  const names = new Map(steps.map(({ id }, index) => [id, `n${String(index)}`]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  return [
    "flowchart TD",
    ...steps.map((step) => `  ${nameOf(step.id)}${box(step)}`),
    ...steps.flatMap(({ id, needs, when }) =>
      needs.map((need) => {
        const words = Object.hasOwn(when, need) ? when[need] : undefined;
        return `  ${nameOf(need)} -->${words === undefined ? "" : `|${label(words)}|`} ${nameOf(id)}`;
      }),
    ),
    ...steps.flatMap(({ id, rework }) =>
      rework === null ? [] : [`  ${nameOf(id)} -.->|${label([rework.verdict])}| ${nameOf(rework.backTo)}`],
    ),
  ];
}

function box(step: StepFacts): string {
  const text = label([step.id, whoDoes(step)], "<br/>");
  if (step.gate !== null) return `{{${text}}}`;
  return step.mutates ? `[${text}]` : `(${text})`;
}

// Quoted, a label may hold anything but a quote.
function label(parts: readonly string[], between: string = ", "): string {
  return `"${parts.map((it) => safe(it).replaceAll('"', "#quot;")).join(between)}"`;
}
