import { codeWords, section, tableRows } from "./markdown.ts";

/** Lines that tell how two lists differ, in both directions; empty when they are equal, order included. */
export function differences(documented: readonly string[], actual: readonly string[]): string[] {
  const missing = actual.filter((it) => !documented.includes(it)).map((it) => `not documented: ${it}`);
  const extra = documented.filter((it) => !actual.includes(it)).map((it) => `documented, but not there: ${it}`);
  if (missing.length + extra.length > 0) return [...missing, ...extra];
  return documented.join("\n") === actual.join("\n") ? [] : ["the same entries in another order"];
}

/** The rooms of the map in docs/architecture.md, each with what it may import, as `room: a, b, types of c`. */
export function mapOf(architecture: string): string[] {
  return tableRows(section(architecture, "Code map"), "room").map(([room, , imports]) => {
    const words = (imports ?? "")
      .replace("nothing", "")
      .split(",")
      .map((it) => it.trim().replaceAll("`", ""));
    return `${room?.replaceAll(/`|src\/|\//g, "")}: ${words
      .filter((it) => it !== "")
      .sort()
      .join(", ")}`;
  });
}

/** The same lines, made from the table that dependency-cruiser enforces. */
export function mapOfRules(rooms: Record<string, { may: string[] }>, typesOnly: Record<string, string[]>): string[] {
  return Object.entries(rooms).map(([room, { may }]) => {
    const words = may.map((it) => (typesOnly[room]?.includes(it) ? `types of ${it}` : it));
    const isEverything = may.length === Object.keys(rooms).length - 1;
    return `${room}: ${isEverything ? "every room" : words.sort().join(", ")}`;
  });
}

/** Numbered invariants that name no test, or one that is not there. `readTest` gives null for a file that is missing. */
export function unprovenInvariants(architecture: string, readTest: (path: string) => string | null): string[] {
  const items = section(architecture, "Invariants")
    .split(/^(?=\d+\. )/m)
    .slice(1);
  if (items.length === 0) return ["there are no numbered invariants"];
  return items.flatMap((item, index) => {
    const number = `${index + 1}.`;
    if (!item.startsWith(`${number} **`)) return [`${number} is not numbered in order, or has no bold sentence`];
    const proofs = [...item.matchAll(/`(tests\/[^`]+\.test\.ts)`\s+"([^"]+)"/g)];
    if (proofs.length === 0) return [`${number} names no test`];
    return proofs.flatMap(([, path = "", title = ""]) => {
      const text = readTest(path);
      if (text === null) return [`${number} ${path} is not there`];
      return text.includes(title) ? [] : [`${number} ${path} has no "${title}"`];
    });
  });
}

/** Words of the glossary that nobody uses in the code. */
export function unusedWords(glossary: string, sources: string): string[] {
  return tableRows(glossary, "word")
    .flatMap((row) => codeWords(row[2] ?? ""))
    .filter((word) => !new RegExp(`(?<![A-Za-z])${escape(word)}(?![A-Za-z])`).test(sources));
}

/** Exported names that contain a word which the glossary replaces by another. */
export function forbiddenNames(glossary: string, exported: readonly string[]): string[] {
  const words = tableRows(glossary, "word").flatMap((row) => (row[3] ?? "").split(",").map((it) => it.trim()));
  return words
    .filter((word) => word !== "")
    .flatMap((word) => {
      const capital = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
      const pattern = new RegExp(`^${escape(word)}(?![a-z])|${escape(capital)}(?![a-z])`);
      return exported.filter((name) => pattern.test(name)).map((name) => `${name}: not "${word}"`);
    });
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The names that a source text exports. */
export function exportedNames(text: string): string[] {
  const pattern = /^export (?:async )?(?:const|function|type|class|function\*) ([A-Za-z_]\w*)/gm;
  return [...text.matchAll(pattern)].map((it) => it[1] ?? "");
}
