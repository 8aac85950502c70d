const LINE = /^([ \t]*(?:-[ \t]+)?)[*_`"']{0,3}([A-Za-z][\w -]{0,40}?)[*_`"']{0,3}[ \t]*:[*_]{0,2}(?:[ \t]+(.*))?$/;
const ITEM = /^([ \t]*-[ \t]+)(.*)$/;
// What YAML reads as more than a text, and as what it looks like.
const STRUCTURE = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\[.*\]|\{.*\}|[|>][+-]?\d?)[ \t]*$/;
// A list or a map that goes on below.
const OPEN = /^(?:\[[^\]]*|\{[^}]*)$/;
const LINE_CHARACTERS = 8_000;

/**
 * YAML as agents get it wrong, made readable: keys in bold, values that hold `: ` or begin with a mark. Each line keeps its
 * indentation, so what it means does not change. For text that could not be read as it is.
 */
export function mendYaml(yaml: string): string {
  let verbatimBelow: number | null = null;
  return yaml
    .split("\n")
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      if (verbatimBelow !== null && (line.trim() === "" || indent > verbatimBelow)) return line;
      verbatimBelow = /:[ \t]+[|>][+-]?\d?[ \t]*$/.test(line) ? indent : null;
      return verbatimBelow === null ? mendLine(line) : line;
    })
    .join("\n");
}

function mendLine(line: string): string {
  if (line.length > LINE_CHARACTERS) return line;
  const pair = LINE.exec(line);
  if (pair !== null) {
    const [, before = "", key = "", value = ""] = pair;
    return `${before}${key}:${value === "" ? "" : ` ${mendValue(value)}`}`;
  }
  const [, before, value] = ITEM.exec(line) ?? [];
  return before === undefined || value === undefined ? line : `${before}${mendValue(value)}`;
}

function mendValue(value: string): string {
  if (STRUCTURE.test(value) || OPEN.test(value)) return value;
  const bare = value.trim().replace(/^(\*{1,2}|_{1,2}|`)(.*)\1$/, "$2");
  return JSON.stringify(bare);
}
