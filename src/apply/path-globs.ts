import picomatch from "picomatch";

const OPTIONS = { dot: true, nocase: true, nonegate: true };

/** Whether a path is matched by one of the globs. A folder's name stands for all that is in it, and case does not count. */
export function createMatcher(globs: readonly string[]): (path: string) => boolean {
  const all = globs.map((it) => it.replace(/^\.\//, "").replace(/\/$/, "")).filter((it) => it !== "");
  if (all.length === 0) return () => false;
  return picomatch([...all, ...all.map((it) => `${it}/**`)], OPTIONS);
}

/** The same for a list of which the last glob that matches counts, and `!` takes paths out. */
export function createListMatcher(globs: readonly string[]): (path: string) => boolean {
  const rules = globs.map((it) => {
    const isTaken = it.startsWith("!");
    return { isTaken, matches: createMatcher([isTaken ? it.slice(1) : it]) };
  });
  return (path) => rules.findLast(({ matches }) => matches(path))?.isTaken === false;
}

/**
 * Whether globs name a protected path: one matches it and spells out, without a star, every name up to the one for which the
 * path is protected. `.github/**` names `.github/workflows/ci.yml`; `**` does not, and neither does `src/**` a
 * `src/.gitattributes`.
 */
export function isNamed(path: string, globs: readonly string[], isProtected: (path: string) => boolean): boolean {
  const names = path.split("/");
  const first = names.findIndex((_, at) => isProtected(names.slice(0, at + 1).join("/")));
  const depth = first === -1 ? names.length : first + 1;
  return globs.some((glob) => plainNames(glob) >= depth && createMatcher([glob])(path));
}

function plainNames(glob: string): number {
  const names = glob
    .replace(/^\.\//, "")
    .split("/")
    .filter((it) => it !== "");
  const special = names.findIndex((it) => /[*?[\]{}()!+@\\]/.test(it));
  return special === -1 ? names.length : special;
}
