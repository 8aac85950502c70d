/** Lines of a text, from `start` up to `end`, that others stand for. */
export type Hunk = { start: number; end: number; lines: readonly string[] };

/** Whether a text has the changes that lead from `before` to `after`, at the same places; also where more was changed. */
export function holdsChange(before: string, after: string, now: string): boolean {
  const [old, then, lines] = [before, after, now].map((it) => it.split("\n"));
  const wanted = hunksOf(old ?? [], then ?? []);
  const found = hunksOf(old ?? [], lines ?? []);
  if (wanted === null || found === null) return false;
  const byPlace = new Map(found.map((it) => [`${it.start},${it.end}`, it.lines]));
  return wanted.every(({ start, end, lines: own }) => {
    const there = byPlace.get(`${start},${end}`);
    return there !== undefined && (isSame(there, own) || (own.length > 0 && hasMore(there, own)));
  });
}

// Somebody went on right before it, or right after.
function hasMore(there: readonly string[], own: readonly string[]): boolean {
  return isSame(there.slice(0, own.length), own) || isSame(there.slice(-own.length), own);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, at) => it === b[at]);
}

/** As many lines may differ; who asks can do without an answer, and it takes the square of them. */
const MOST = 200;

/** The fewest changes that lead from one text to another, as Myers finds them; null where too much differs. */
export function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] | null {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [old, now] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const pairs = commonLines(old, now);
  if (pairs === null) return null;
  const hunks: Hunk[] = [];
  let [x, y] = [0, 0];
  for (const [nextX, nextY] of [...pairs, [old.length, now.length] as const]) {
    if (nextX > x || nextY > y) hunks.push({ start: head + x, end: head + nextX, lines: now.slice(y, nextY) });
    [x, y] = [nextX + 1, nextY + 1];
  }
  return hunks;
}

/** The places of lines that both texts have, in order. */
function commonLines(a: readonly string[], b: readonly string[]): (readonly [number, number])[] | null {
  const trace: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let depth = 0; depth <= MOST; depth++) {
    trace.push(furthest);
    const next = new Map(furthest);
    for (let k = -depth; k <= depth; k += 2) {
      let x = startOf(furthest, k, depth);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(trace, a.length, b.length);
    }
    furthest = next;
  }
  return null;
}

function startOf(furthest: ReadonlyMap<number, number>, k: number, depth: number): number {
  const [left, right] = [furthest.get(k - 1) ?? -1, furthest.get(k + 1) ?? -1];
  return k === -depth || (k !== depth && left < right) ? right : left + 1;
}

function backtrack(trace: readonly ReadonlyMap<number, number>[], x: number, y: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let depth = trace.length - 1; depth >= 0; depth--) {
    const k = x - y;
    const furthest = trace[depth] ?? new Map<number, number>();
    const from = startOf(furthest, k, depth);
    while (x > from) pairs.push([--x, --y]);
    if (depth === 0) break;
    const isDown =
      from === furthest.get(k + 1) && (k === -depth || (k !== depth && (furthest.get(k - 1) ?? -1) < from));
    [x, y] = isDown ? [from, from - (k + 1)] : [from - 1, from - 1 - (k - 1)];
  }
  return pairs.reverse();
}
