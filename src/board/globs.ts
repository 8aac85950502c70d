/**
 * Whether a path may exist that a glob of each list matches. Errs on the side of yes: a glob that is not understood matches
 * everything, a folder's name stands for all that is in it, and case does not count. For `touches`: a wrong yes only costs a
 * wait.
 */
export function globsOverlap(a: readonly string[], b: readonly string[]): boolean {
  const left = a.flatMap(expand);
  const right = b.flatMap(expand);
  return left.some((one) => right.some((other) => doSegmentsMeet(one, other)));
}

const EVERYTHING = ["**"];
const BRACE_LIMIT = 64;
const LENGTH_LIMIT = 500;

/** A glob as lists of segments, one for each choice of its braces. */
function expand(glob: string): string[][] {
  // One letter may be several characters in another case or composition, so a letter beyond ASCII stands for anything.
  const text = glob
    .trim()
    .toLowerCase()
    .replace(/[^\u0020-\u007e]+/g, "*");
  // Escapes, negation, extended globs and classes that hold a slash: their segments cannot be told apart by `/`.
  if (glob.length > LENGTH_LIMIT || /[\\()]|^!|\[[^\]]*\/|\[\[/.test(text)) return [EVERYTHING];
  const choices = expandBraces(text);
  if (choices === null) return [EVERYTHING];
  return choices.map((choice) => [...choice.split("/").filter((it) => it !== "" && it !== "."), "**"]);
}

function expandBraces(text: string): string[] | null {
  const done: string[] = [];
  const open = [text];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inner = /\{([^{}]*)\}/.exec(next);
    if (inner === null) {
      if (/[{}]/.test(next)) return null;
      done.push(next);
      continue;
    }
    const [whole, list = ""] = inner;
    const before = next.slice(0, inner.index);
    const after = next.slice(inner.index + whole.length);
    const parts = list.includes(",") ? list.split(",") : ["*"];
    open.push(...parts.map((part) => before + part + after));
    if (open.length + done.length > BRACE_LIMIT) return null;
  }
  return done;
}

// Both lists end in `**`, so the end of either one is a yes.
function doSegmentsMeet(a: readonly string[], b: readonly string[]): boolean {
  const seen = new Set<number>();
  function meet(i: number, j: number): boolean {
    if (i >= a.length || j >= b.length) return true;
    const at = i * (b.length + 1) + j;
    if (seen.has(at)) return false;
    seen.add(at);
    const one = a[i] ?? "";
    const other = b[j] ?? "";
    const isAnyDepth = one.includes("**") || other.includes("**");
    if (isAnyDepth) return meet(i + 1, j) || meet(i, j + 1) || meet(i + 1, j + 1);
    return doPatternsMeet(one, other) && meet(i + 1, j + 1);
  }
  return meet(0, 0);
}

/** Whether one name may match two patterns of `*`, `?` and `[…]`. */
function doPatternsMeet(a: string, b: string): boolean {
  const [one, other] = [tokens(a), tokens(b)];
  const seen = new Set<number>();
  function meet(i: number, j: number): boolean {
    if (i === one.length && j === other.length) return true;
    const at = i * (other.length + 1) + j;
    if (seen.has(at)) return false;
    seen.add(at);
    const [x, y] = [one[i], other[j]];
    if (x === "*" && (meet(i + 1, j) || (y !== undefined && meet(i, j + 1)))) return true;
    if (y === "*" && (meet(i, j + 1) || (x !== undefined && meet(i + 1, j)))) return true;
    if (x === undefined || y === undefined || x === "*" || y === "*") return false;
    return (x === "?" || y === "?" || x === y) && meet(i + 1, j + 1);
  }
  return meet(0, 0);
}

// A class may stand for any one character here; `+` and `@` are only special before a bracket, which is not understood anyway.
function tokens(pattern: string): string[] {
  return pattern.replace(/\[[^\]]*\]/g, "?").split("");
}
