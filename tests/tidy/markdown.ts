import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The text below a heading, up to the next heading of the same or a higher level; empty when there is none. */
export function section(text: string, heading: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start === -1) return "";
  const level = (lines[start] ?? "").indexOf(" ");
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= level);
  return rest.slice(0, end === -1 ? rest.length : end).join("\n");
}

/** The rows of every table whose head starts with the given words; cells are trimmed. */
export function tableRows(text: string, ...head: string[]): string[][] {
  const rows: string[][] = [];
  let isInside = false;
  for (const line of text.split("\n")) {
    const cells = cellsOf(line);
    if (cells === null) isInside = false;
    else if (head.every((word, index) => cells[index] === word)) isInside = true;
    else if (isInside && !/^:?-+:?$/.test(cells[0] ?? "")) rows.push(cells);
  }
  return rows;
}

function cellsOf(line: string): string[] | null {
  if (!line.startsWith("|")) return null;
  const cells = line
    .replace(/^\|/, "")
    .replace(/\|\s*$/, "")
    .split(/(?<!\\)\|/);
  return cells.map((it) => it.trim().replaceAll("\\|", "|"));
}

/** The texts between backquotes. */
export function codeWords(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((it) => it[1] ?? "");
}

/** Relative links of a page that lead nowhere. `path` and the answer are as seen from `root`. */
export function brokenLinks(root: string, path: string, text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((it) => it[1] ?? "");
  return targets
    .filter((it) => !/^[a-z]+:/.test(it) && !it.startsWith("#"))
    .filter((it) => !existsSync(join(root, dirname(path), it.replace(/#.*$/, ""))))
    .map((it) => `${path}: ${it}`);
}
