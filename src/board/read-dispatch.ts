import { exactOf, listOf, NAME_CHARACTERS, type Problems, pathsOf, shownAs, textOf, truthOf } from "./said-values.ts";
import { asSaid } from "./verdict-blocks.ts";
import type { DispatchedStep } from "./workflow.ts";

// More is no plan any more but a backlog.
const MOST_STEPS = 30;
const TASK_CHARACTERS = 8_000;
const ID = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** The steps that a dispatcher asks for. What is wrong with them, their graph included, goes to `problems`. */
export function readDispatch(value: unknown, problems: Problems): DispatchedStep[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  if (items.length === 0) problems.push("expected `steps:`, a list of { id, persona, task, needs, parallel, touches }");
  if (items.length > MOST_STEPS) {
    problems.push(`expected at most ${String(MOST_STEPS)} steps; there are ${String(items.length)}`);
    return [];
  }
  const steps = items.flatMap((it, index) => stepOf(it, index, problems));
  if (problems.length === 0) checkGraph(steps, problems);
  return steps;
}

function stepOf(item: unknown, index: number, problems: Problems): DispatchedStep[] {
  const said = asSaid(item);
  if (said === null) {
    problems.push(`step ${String(index + 1)} is ${shownAs(item)}; expected { id, persona, task, … }`);
    return [];
  }
  const id = said["id"];
  if (typeof id !== "string" || !ID.test(id)) {
    problems.push(`the id of step ${String(index + 1)} is ${shownAs(id)}; expected letters a-z, digits, - and _`);
    return [];
  }
  const persona = exactOf(said["persona"], `persona of ${id}`, NAME_CHARACTERS, problems);
  if (persona === null) problems.push(`step ${id} names no \`persona\``);
  const written = said["task"];
  const task = textOf(written, TASK_CHARACTERS);
  if (task === "") problems.push(`step ${id} has no \`task\`: what its persona is to do`);
  // Half a prompt could be the wrong one.
  if (typeof written === "string" && written.length > TASK_CHARACTERS) {
    problems.push(`the task of step ${id} has more than ${String(TASK_CHARACTERS)} characters`);
  }
  return [
    {
      id,
      persona: persona ?? "",
      task,
      needs: listOf(said["needs"], `needs of ${id}`, MOST_STEPS, problems),
      parallel: truthOf(said["parallel"], `parallel of ${id}`, problems) ?? true,
      touches: pathsOf(said["touches"], `touches of ${id}`, 100, problems),
      mutates: truthOf(said["mutates"], `mutates of ${id}`, problems),
    },
  ];
}

function checkGraph(steps: readonly DispatchedStep[], problems: Problems): void {
  const ids = steps.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) problems.push(`two steps have the id ${twice}`);
  for (const { id, needs } of steps) {
    const unknown = needs.find((it) => !ids.includes(it));
    if (unknown !== undefined) problems.push(`step ${id} needs ${shownAs(unknown)}, which is no step of the list`);
  }
  if (problems.length > 0) return;
  const met = new Set<string>();
  // One that is not parallel waits for all before it, and so needs them without saying so.
  const waiting = steps.map(({ id, needs, parallel }, index) => {
    return { id, needs: parallel ? needs : [...needs, ...ids.slice(0, index)] };
  });
  for (let left = waiting; left.length > 0; ) {
    const ready = left.filter(({ needs }) => needs.every((it) => met.has(it)));
    if (ready.length === 0) {
      problems.push(`the steps ${left.map(({ id }) => id).join(", ")} wait for each other`);
      return;
    }
    for (const { id } of ready) met.add(id);
    left = left.filter(({ id }) => !met.has(id));
  }
}
