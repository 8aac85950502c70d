import { diffArrays } from "diff/lib/diff/array.js";

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

/** The fewest changes that lead from one text to another; null where too much differs. */
export function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] | null {
  const changes = diffArrays([...a], [...b], { maxEditLength: MOST });
  if (changes === undefined) return null;
  const hunks: Hunk[] = [];
  let at = 0;
  for (const { added, removed, value } of changes) {
    const end = added ? at : at + value.length;
    const last = hunks.at(-1);
    if (removed || added) {
      // What goes and what comes at one place are told one after the other.
      const lines = added ? value : [];
      if (last?.end === at) hunks.splice(-1, 1, { start: last.start, end, lines: [...last.lines, ...lines] });
      else hunks.push({ start: at, end, lines });
    }
    at = end;
  }
  return hunks;
}
