type Node = { id: string; needs: readonly string[] };

/**
 * The steps so that each stands behind those it needs, otherwise in the order given; or a cycle, each id needing the next and the
 * last the first. Ids that no step has are passed over.
 */
export function orderSteps<T extends Node>(steps: readonly T[]): { ordered: T[] } | { cycle: string[] } {
  const ids = new Set(steps.map(({ id }) => id));
  const placed = new Set<string>();
  const ordered: T[] = [];
  while (ordered.length < steps.length) {
    const next = steps.find((it) => !placed.has(it.id) && it.needs.every((id) => placed.has(id) || !ids.has(id)));
    if (next === undefined) return { cycle: findCycle(steps.filter(({ id }) => !placed.has(id))) };
    placed.add(next.id);
    ordered.push(next);
  }
  return { ordered };
}

/** Ids of all steps that each step rests upon, however far. The steps must be in order. */
export function ancestorsOf(ordered: readonly Node[]): Map<string, ReadonlySet<string>> {
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const { id, needs } of ordered) {
    ancestors.set(id, new Set(needs.flatMap((need) => [need, ...(ancestors.get(need) ?? [])])));
  }
  return ancestors;
}

// Each of those that are left needs another of them, so the walk comes back to where it was.
function findCycle(left: readonly Node[]): string[] {
  const byId = new Map(left.map((it) => [it.id, it]));
  const walk: string[] = [];
  let at = left[0];
  while (at !== undefined && !walk.includes(at.id)) {
    walk.push(at.id);
    const next = at.needs.find((id) => byId.has(id));
    at = next === undefined ? undefined : byId.get(next);
  }
  return at === undefined ? walk : walk.slice(walk.indexOf(at.id));
}
