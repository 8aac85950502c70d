/** Which tasks each task waits for, by id. */
export type Waits = Map<string, Set<string>>;

type Waiting = { id: string; parent: string | null; dependencies: readonly string[]; isGoal: boolean };

/** A task waits for its dependencies, and a goal for the tasks that are its own. */
export function waitsOf(tasks: readonly Waiting[]): Waits {
  const waits: Waits = new Map();
  const goals = new Set(tasks.flatMap(({ id, isGoal }) => (isGoal ? [id] : [])));
  for (const { id, parent, dependencies } of tasks) {
    for (const it of dependencies) addWait(waits, id, it);
    if (parent !== null && goals.has(parent)) addWait(waits, parent, id);
  }
  return waits;
}

/** Notes that one task waits for another. */
export function addWait(waits: Waits, id: string, other: string): void {
  const known = waits.get(id);
  if (known === undefined) waits.set(id, new Set([other]));
  else known.add(other);
}

/** Whether a task is, or waits for, another, in however many steps. */
export function doesWait(id: string, other: string, waits: Waits): boolean {
  const seen = new Set([id]);
  for (const it of seen) {
    if (it === other) return true;
    for (const next of waits.get(it) ?? []) seen.add(next);
  }
  return false;
}
