/** Whether a range as in `engines` accepts a version: `^20.19.0 || >=22.12.0`, `>= 10`, `20 || >=22`, `*`. */
export function accepts(range: string, version: string): boolean {
  return range.split("||").some((part) => comparators(part).every((it) => holds(it, numbers(version))));
}

type Comparator = { operator: string; bound: readonly number[] };

function comparators(part: string): Comparator[] {
  const text = part.trim().replace(/([<>=^~]+)\s+/g, "$1");
  const span = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  const words = span ? [`>=${span[1]}`, `<=${span[2]}`] : text.split(/\s+/);
  return words.filter((word) => word !== "" && word !== "*" && word !== "x").map(comparator);
}

function comparator(word: string): Comparator {
  const match = /^([<>=^~]*)v?([\d.x*]+)$/.exec(word);
  if (match === null) throw new Error(`a range this does not know: ${word}`);
  return { operator: match[1] ?? "", bound: numbers(match[2] ?? "") };
}

function numbers(version: string): number[] {
  return version
    .split(".")
    .filter((it) => /^\d+$/.test(it))
    .map(Number);
}

function holds({ operator, bound }: Comparator, version: readonly number[]): boolean {
  const order = compare(version, bound);
  const [major = 0, minor] = bound;
  switch (operator) {
    case ">=":
      return order >= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0 || startsWith(version, bound);
    case "^":
      return order >= 0 && version[0] === major;
    case "~":
      return order >= 0 && version[0] === major && (minor === undefined || version[1] === minor);
    default:
      return startsWith(version, bound);
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function startsWith(version: readonly number[], bound: readonly number[]): boolean {
  return bound.every((it, index) => version[index] === it);
}
