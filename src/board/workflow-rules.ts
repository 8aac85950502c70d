import { foldName } from "./portable-name.ts";
import { isSessionOutput, SESSION_OUTPUT } from "./session-output.ts";
import { ancestorsOf, orderSteps } from "./step-order.ts";
import { didYouMean } from "./suggest.ts";
import { VERDICTS, type VerdictKind } from "./verdict-kind.ts";
import type { WorkflowStep } from "./workflow.ts";

type Keys = readonly (string | number)[];

/** What is wrong in a graph of steps: at which key of which step (its place in the file), and how to mend it. */
export type StepProblem = { keys: Keys; message: string; hint: string };

/** Every rule that goes across the keys of a step or across steps. The steps are in the order of the file. `id`: the workflow's. */
export function stepProblems(steps: readonly WorkflowStep[], id: string): StepProblem[] {
  const unknown = steps.flatMap((step, index) => unknownSteps(step, index, steps));
  const each = steps.flatMap((step, index) => oneStep(step, index, steps, id));
  const problems = [...each, ...unknown, ...sameOutputs(steps)];
  const order = orderSteps(steps);
  if ("ordered" in order) return [...problems, ...steps.flatMap((step, index) => rework(step, index, order.ordered))];
  // An id twice stops the order, too, and was told already.
  if (order.cycle.length === 0) return problems;
  const first = steps.findIndex(({ id }) => id === order.cycle[0]);
  const cycle = [...order.cycle, order.cycle[0]].join(" → ");
  return [
    ...problems,
    problem(first, "needs", `the steps need each other in a circle: ${cycle}`, "Remove one of these needs."),
  ];
}

function oneStep(step: WorkflowStep, index: number, steps: readonly WorkflowStep[], workflow: string): StepProblem[] {
  return [
    ...duplicateId(step, index, steps),
    ...whoDoesIt(step, index),
    ...ownNames(step, index, workflow),
    ...verdictsAsked(step, index, steps),
    ...namesFrom(step, index, steps),
  ];
}

function duplicateId({ id }: WorkflowStep, index: number, steps: readonly WorkflowStep[]): StepProblem[] {
  const first = steps.findIndex((it) => foldName(it.id) === foldName(id));
  if (first === index) return [];
  const message = `the id ${id} is taken by another step, in line ${String(steps[first]?.line ?? "?")}`;
  return [problem(index, "id", message, "Rename one of the two; upper and lower case do not count.")];
}

function whoDoesIt(step: WorkflowStep, index: number): StepProblem[] {
  const { id, persona, personaFrom, action, expand, skills } = step;
  const named = Object.entries({ persona, persona_from: personaFrom, action, expand }).filter(([, it]) => it !== null);
  const words = named.map(([key]) => `\`${key}\``).join(" and ");
  if (named.length > 1) return [problem(index, named[1]?.[0], `the step ${id} has ${words}`, "Keep one of them.")];
  if (named.length === 1 || skills.length > 0) return [];
  const message = `nobody does the step ${id}: it has neither persona, skills, action, persona_from nor expand`;
  return [problem(index, "id", message, "Name a persona, or a skill.")];
}

function ownNames(step: WorkflowStep, index: number, workflow: string): StepProblem[] {
  const { id, persona, personaFrom, output } = step;
  const owner = ownerOf(id, workflow);
  if (owner !== null) return [problem(index, "id", `${id} is ${owner}`, "Rename it.")];
  if (output !== null || persona !== null || personaFrom !== null || isSessionOutput(`${id}.md`)) return [];
  const message = `the step ${id} would write ${id}.md; expected ${SESSION_OUTPUT}`;
  return [problem(index, "id", message, "Rename the step, or give it an `output`.")];
}

// A task keeps its session files when it gets another workflow: what went by such a name before is no step of this one.
function ownerOf(id: string, workflow: string): string | null {
  if (/^(?:checks|merge|context|decisions|for_review)$/i.test(id)) return "a step of the daemon";
  if (/^cycle-\d+$/i.test(id)) return "a turn of a round-robin";
  return /^work$/i.test(id) && workflow !== "solo" ? "the one step of solo" : null;
}

function unknownSteps(step: WorkflowStep, index: number, steps: readonly WorkflowStep[]): StepProblem[] {
  const ids = steps.map(({ id }) => id);
  const named: [string, string[]][] = [
    ["when", Object.keys(step.when)],
    ["persona_from", step.personaFrom === null ? [] : [step.personaFrom]],
    ["expand", step.expand === null ? [] : [step.expand]],
    ["back_to", step.rework === null ? [] : [step.rework.backTo]],
  ];
  // These are needed too, and are to be named by the key they stand at.
  const elsewhere = new Set(named.flatMap(([, it]) => it));
  const all = [["needs", step.needs.filter((it) => !elsewhere.has(it))] as const, ...named];
  return all.flatMap(([key, names]) =>
    names
      .filter((name) => !ids.includes(name))
      .map((name) => {
        const message = `\`${key}\` of ${step.id} names ${name}, which is no step${didYouMean(name, ids)}`;
        const keys = key === "back_to" ? ["rework", key] : key === "when" ? [key, name] : [key];
        return { keys: ["steps", index, ...keys], message, hint: "Correct the id, or add the step." };
      }),
  );
}

/** Verdicts that are waited for and that nobody will give. */
function verdictsAsked(step: WorkflowStep, index: number, steps: readonly WorkflowStep[]): StepProblem[] {
  const { rework, skippedAs, verdicts } = step;
  const asked = Object.entries(step.when).flatMap(([id, words]) => {
    const other = steps.find((it) => it.id === id);
    return other === undefined ? [] : words.map((word) => ({ keys: ["when", id], id, kind: other.verdicts, word }));
  });
  if (rework !== null) asked.push({ keys: ["rework", "verdict"], id: step.id, kind: verdicts, word: rework.verdict });
  if (skippedAs !== null) asked.push({ keys: ["skipped_as"], id: step.id, kind: verdicts, word: skippedAs });
  return asked.flatMap(({ keys, id, kind, word }) => {
    const known: readonly string[] = kind === null ? [] : VERDICTS[kind];
    if (known.includes(word)) return [];
    const gives = kind === null ? "none: it has no `verdicts`" : `${known.join(", ")}${didYouMean(word, known)}`;
    const message = `\`${keys.join(".")}\` of ${step.id} asks for the verdict ${word}; ${id} gives ${gives}`;
    const hint = kind === null ? `Add \`verdicts:\` to ${id}.` : "Correct the verdict.";
    return [{ keys: ["steps", index, ...keys], message, hint }];
  });
}

/** What is taken from a verdict has to stand in verdicts of that kind. */
function namesFrom(step: WorkflowStep, index: number, steps: readonly WorkflowStep[]): StepProblem[] {
  const kindOf = (id: string): VerdictKind | null | undefined => steps.find((it) => it.id === id)?.verdicts;
  const lacks = (id: string | null, kind: VerdictKind): id is string =>
    id !== null && steps.some((it) => it.id === id) && kindOf(id) !== kind;
  const { id, action, expand, personaFrom, needs } = step;
  const problems: StepProblem[] = [];
  if (action !== null && !needs.some((need) => kindOf(need) === "router")) {
    const message = `the step ${id} has the action ${action} and needs no step that names its target`;
    problems.push(problem(index, "action", message, "Let it need a step with `verdicts: router`."));
  }
  if (lacks(expand, "dispatcher")) {
    const message = `the step ${id} expands ${expand}, which dispatches nothing`;
    problems.push(problem(index, "expand", message, `Give ${expand} \`verdicts: dispatcher\`.`));
  }
  if (lacks(personaFrom, "router")) {
    const message = `the step ${id} takes its persona from ${personaFrom}, which names none`;
    problems.push(problem(index, "persona_from", message, `Give ${personaFrom} \`verdicts: router\`.`));
  }
  return problems;
}

/** Two steps with one output, as far as the file itself says what they write. */
function sameOutputs(steps: readonly WorkflowStep[]): StepProblem[] {
  const writers = new Map<string, string>();
  return steps.flatMap((step, index) => {
    const isKnown = step.output !== null || (step.persona === null && step.personaFrom === null);
    const output = step.output ?? `${step.id}.md`;
    const other = writers.get(foldName(output));
    if (!isKnown) return [];
    writers.set(foldName(output), step.id);
    if (other === undefined) return [];
    const message = `the steps ${other} and ${step.id} both write ${output}`;
    return [problem(index, "output", message, "Give one of them another `output`.")];
  });
}

function rework({ id, rework: back }: WorkflowStep, index: number, ordered: readonly WorkflowStep[]): StepProblem[] {
  if (back === null || !ordered.some((it) => it.id === back.backTo)) return [];
  if (ancestorsOf(ordered).get(id)?.has(back.backTo) === true) return [];
  const message = `${id} sends the work back to ${back.backTo}, which it does not rest upon`;
  const hint = "Name a step that it needs, directly or through others.";
  return [{ keys: ["steps", index, "rework", "back_to"], message, hint }];
}

function problem(index: number, key: string | undefined, message: string, hint: string): StepProblem {
  return { keys: ["steps", index, ...(key === undefined ? [] : [key])], message, hint };
}
