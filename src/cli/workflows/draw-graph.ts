import { safe } from "../status/words.ts";
import type { StepFacts, WorkflowFacts } from "./workflow-facts.ts";

/** A workflow in lines of text: round after round, who does each step, what it waits for and which file it writes. */
export function drawGraph({ steps, roundRobin }: WorkflowFacts): string[] {
  if (roundRobin !== null) {
    const { personas, parallelism } = roundRobin;
    const turns = personas.map((it, index) => `  ${String(index)}  ${safe(`${it} → cycles/<number>-${it}.md`)}`);
    return [`in turns, ${parallelism === 1 ? "one" : `up to ${String(parallelism)}`} at once`, ...turns];
  }
  const width = Math.max(...steps.map(({ id }) => id.length));
  const rounds = [...new Set(steps.map(({ round }) => round))].toSorted((a, b) => a - b);
  return rounds.flatMap((round) => {
    const members = steps.filter((it) => it.round === round);
    return [
      `round ${String(round)}${members.length > 1 ? ", at once" : ""}`,
      ...members.map((step) => `  ${step.id.padEnd(width)}  ${safe(describeStep(step))}`),
    ];
  });
}

/** Who does a step, in a few words: `persona architect`, `skills write-tests`, `the steps that dispatch lists`. */
export function whoDoes({ persona, personaFrom, action, expand, skills }: StepFacts): string {
  if (expand !== null) return `the steps that ${expand} lists`;
  if (personaFrom !== null) return `the persona that ${personaFrom} names`;
  if (action === "tool") return "the tool that the verdict names";
  if (action === "document") return "the document that the verdict names";
  if (persona === null) return skills.join(" + ");
  return [persona, ...skills].join(" + ");
}

function describeStep(step: StepFacts): string {
  const { needs, when, output, reads, mutates, gate, rework, verdicts, skippedAs, expand } = step;
  const others = needs.filter((id) => !Object.hasOwn(when, id));
  const parts = [
    `${whoDoes(step)}${expand !== null || output === null ? "" : ` → ${output}`}`,
    ...Object.entries(when).map(([id, words]) => `if ${id} says ${words.join(" or ")}`),
    others.length === 0 ? null : `after ${others.join(", ")}`,
    reads === null ? null : `reads ${reads.length === 0 ? "no session file" : `only ${reads.join(", ")}`}`,
    mutates ? "changes files" : null,
    gate === null ? null : "waits for a person's yes",
    verdicts === null ? null : `verdict: ${verdicts}`,
    rework === null
      ? null
      : `${rework.verdict} → ${rework.backTo} again${rework.limit === null ? "" : `, at most ${String(rework.limit)} times`}`,
    skippedAs === null ? null : `not run for a task that names the workflow: counts as ${skippedAs}`,
  ];
  return parts.filter((it) => it !== null).join("; ");
}
