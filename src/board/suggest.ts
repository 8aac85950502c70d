/**
 * The candidate a person most likely meant, or null when none is near. Leaving out a letter is a likelier slip than
 * hitting a wrong one: `dong` is `doing` rather than `done`.
 */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  const typed = normalise(word);
  if (typed === "" || typed.length > 60) return null;
  const limit = 2 * Math.ceil(typed.length / 4) + 1;
  let best: { candidate: string; cost: number } | null = null;
  for (const candidate of candidates) {
    const cost = distance(typed, normalise(candidate));
    if (cost <= limit && (best === null || cost < best.cost)) best = { candidate, cost };
  }
  return best?.candidate ?? null;
}

/** The suggestion as the end of a sentence: `; did you mean "doing"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = suggest(word, candidates);
  return found === null ? "" : `; did you mean "${found}"?`;
}

function normalise(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, "_");
}

// Levenshtein with weights: insert or delete 2, transpose 2, substitute 3.
function distance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index * 2);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i * 2];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 3);
      let cost = Math.min(substitute, (previous[j] ?? 0) + 2, (current[j - 1] ?? 0) + 2);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) cost = Math.min(cost, (older[j - 2] ?? 0) + 2);
      current.push(cost);
    }
    older = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
