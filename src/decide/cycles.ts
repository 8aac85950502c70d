/**
 * For each node that can never be reached first, because it is on a cycle or waits for one: a cycle it waits for, as its
 * nodes in order, starting at the smallest. Linear in nodes and edges, without recursion: a chain may be thousands long.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const left = withoutReachable(edges);
  const found = new Map<string, readonly string[]>();
  for (const start of left) {
    const path: string[] = [];
    const seenAt = new Map<string, number>();
    let node = start;
    while (!found.has(node) && !seenAt.has(node)) {
      seenAt.set(node, path.length);
      path.push(node);
      node = edges.get(node)?.find((it) => left.has(it)) ?? node;
    }
    const cycle = found.get(node) ?? rotated(path.slice(seenAt.get(node) ?? 0));
    for (const it of path) found.set(it, cycle);
  }
  return found;
}

// Takes away whatever waits for nothing, again and again; cycles and what waits for them are left.
function withoutReachable(edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const waitsFor = new Map<string, number>();
  const waiters = new Map<string, string[]>();
  const free: string[] = [];
  for (const [node, targets] of edges) {
    let count = 0;
    for (const target of targets) {
      if (!edges.has(target)) continue;
      count += 1;
      const known = waiters.get(target);
      if (known === undefined) waiters.set(target, [node]);
      else known.push(node);
    }
    if (count === 0) free.push(node);
    else waitsFor.set(node, count);
  }
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    for (const waiter of waiters.get(node) ?? []) {
      const count = (waitsFor.get(waiter) ?? 0) - 1;
      waitsFor.set(waiter, count);
      if (count > 0) continue;
      waitsFor.delete(waiter);
      free.push(waiter);
    }
  }
  return new Set(waitsFor.keys());
}

function rotated(cycle: readonly string[]): readonly string[] {
  const smallest = cycle.reduce((best, it, index) => (it < (cycle[best] ?? it) ? index : best), 0);
  return [...cycle.slice(smallest), ...cycle.slice(0, smallest)];
}
