import type { ProposedSubtask } from "./read-subtasks.ts";
import { slugOf } from "./task-file.ts";
import { addWait, doesWait, waitsOf } from "./waits.ts";

/** What is known of the tasks there are; the title is null where only the name of a file is known. */
export type KnownTask = {
  id: string;
  title: string | null;
  parent: string | null;
  proposedBy: string | null;
  dependencies: readonly string[];
  /** It has no work of its own, and is done when the tasks that it proposed are. */
  isGoal: boolean;
};

/** A proposed task with the id it gets, and the ids of what it waits for. */
export type PlacedSubtask = { id: string; subtask: ProposedSubtask; dependencies: readonly string[] };

/** `left`: what is left out; `notes`: what those that are placed have lost. Each is a line that begins with the title. */
export type Placed = { placed: readonly PlacedSubtask[]; left: readonly string[]; notes: readonly string[] };

/** One task may have so many of its own, and they theirs, so deep; a backlog that grows by itself must end somewhere. */
export const MOST_CHILDREN = 50;
export const DEEPEST = 3;

/**
 * Finds a place for each proposed task: an id that nobody has, and its dependencies by the ids of what they name. What is there
 * already under that title, or is one too many, or too deep, is left out, with a line that says so. What this same attempt
 * proposed before a crash is no double of itself, and keeps its place. A dependency that can never be met, and a persona that is
 * not there, are taken from those that are placed.
 */
export function placeSubtasks(
  { parent, proposedBy }: { parent: string; proposedBy: string },
  proposed: readonly ProposedSubtask[],
  { known, personas }: { known: readonly KnownTask[]; personas: ReadonlySet<string> },
): Placed {
  const left: string[] = [];
  const depth = depthOf(parent, known);
  if (depth >= DEEPEST) {
    return {
      placed: [],
      left: proposed.map(({ title }) => `"${title}": ${parent} is ${depth} tasks deep already`),
      notes: [],
    };
  }
  const titles = new Map(known.map(({ id, title }) => [sameTitle(title ?? id), id]));
  const taken = new Set(known.map(({ id }) => id.toLowerCase()));
  const own = new Set(known.flatMap((it) => (it.parent === parent && it.proposedBy === proposedBy ? [it.id] : [])));
  let children = known.filter((it) => it.parent === parent).length;
  const chosen: { id: string; subtask: ProposedSubtask }[] = [];
  for (const subtask of proposed) {
    const twin = titles.get(sameTitle(subtask.title)) ?? titles.get(sameTitle(slugOf(subtask.title)));
    if (twin !== undefined && own.delete(twin)) chosen.push({ id: twin, subtask });
    else if (twin !== undefined) left.push(`"${subtask.title}" is there already: ${twin}`);
    else if (children >= MOST_CHILDREN)
      left.push(`"${subtask.title}": ${parent} has ${MOST_CHILDREN} tasks of its own`);
    else {
      const id = freeId(slugOf(subtask.title), taken);
      titles.set(sameTitle(subtask.title), id);
      chosen.push({ id, subtask });
      children += 1;
    }
  }
  const ids = new Map(known.map(({ id }) => [id, id]));
  const idOf = (name: string): string => ids.get(name) ?? titles.get(sameTitle(name)) ?? name;
  const notes: string[] = [];
  const waits = waitsOf(known);
  const isGoal = known.some((it) => it.id === parent && it.isGoal);
  if (isGoal) for (const { id } of chosen) addWait(waits, parent, id);
  const placed = chosen.map(({ id, subtask }) => {
    const dependencies = [...new Set(subtask.dependencies.map(idOf))].filter((it) => {
      const isOpen = !doesWait(it, id, waits);
      if (isOpen) addWait(waits, id, it);
      else notes.push(`"${subtask.title}" cannot wait for ${it}, which waits for it`);
      return isOpen;
    });
    const { persona } = subtask;
    if (persona === null || personas.has(persona)) return { id, subtask, dependencies };
    notes.push(`"${subtask.title}" names the persona "${persona}", which is not there`);
    return { id, subtask: { ...subtask, persona: null }, dependencies };
  });
  return { placed, left, notes };
}

function depthOf(id: string, known: readonly KnownTask[]): number {
  const parents = new Map(known.map((it) => [it.id, it.parent]));
  const seen = new Set<string>();
  for (let at: string | null = parents.get(id) ?? null; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
    seen.add(at);
  }
  return seen.size;
}

function sameTitle(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function freeId(slug: string, taken: Set<string>): string {
  let id = slug;
  for (let count = 2; taken.has(id.toLowerCase()); count += 1) id = `${slug}-${count}`;
  taken.add(id.toLowerCase());
  return id;
}
