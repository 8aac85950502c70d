import { splitFences } from "./fences.ts";
import type { Finding } from "./finding.ts";
import { type FrontMatter, readFrontMatter } from "./front-matter.ts";
import { parseYamlMap } from "./front-matter-yaml.ts";
import { withLf } from "./text.ts";

type Entry = { key: string; lines: string[] };

const KEY = /^([A-Za-z][\w-]*)[ \t]*:(?=[ \t]|$)/;
// Neither quoted nor a list, a map or a block.
const BARE = /^[^"'[{|>&]/;
// Beside our own: what ends a description that goes on with lines such as `user: "…"`.
const FOREIGN =
  "disallowedTools color permissionMode mcpServers hooks maxTurns memory background isolation effort mode temperature permission version category tags";
const FOREIGN_KEYS: ReadonlySet<string> = new Set(FOREIGN.split(" "));

const HINT = "It is read key by key, as others read it; quotes around the value make it plain to all.";

/**
 * Reads a front matter as the programs do that published personas were written for: many have a `: ` or whole dialogues in their
 * description, which YAML refuses. Where YAML fails, it is read key by key, with its findings as warnings: prose is taken as it
 * stands, and a key that is not one of `ours` and cannot be read is left out. Lines keep their numbers.
 */
export function readLoosely(
  path: string,
  bytes: Uint8Array,
  { code, ours }: { code: string; ours: ReadonlySet<string> },
): { file: FrontMatter; findings: Finding[] } {
  const file = readFrontMatter(path, bytes, { code });
  if (file.data !== null) return { file, findings: [] };
  const text = withLf(new TextDecoder().decode(bytes));
  const { state, yamlStart, yamlEnd } = splitFences(text);
  if (state !== "block") return { file, findings: file.findings };
  const mendedText = text.slice(0, yamlStart) + mend(text.slice(yamlStart, yamlEnd), ours) + text.slice(yamlEnd);
  const mended = readFrontMatter(path, new TextEncoder().encode(mendedText), { code });
  if (mended.data === null) return { file, findings: file.findings };
  return { file: mended, findings: file.findings.map((it) => ({ ...it, severity: "warning" as const, hint: HINT })) };
}

function mend(yaml: string, ours: ReadonlySet<string>): string {
  const seen = new Set<string>();
  return entriesOf(yaml, ours)
    .flatMap((entry) => {
      const isRepeated = seen.has(entry.key);
      seen.add(entry.key);
      return mendEntry(entry, { isOurs: entry.key === "" || ours.has(entry.key), isRepeated });
    })
    .join("\n");
}

// The first has no key: comments and blank lines at the top.
function entriesOf(yaml: string, ours: ReadonlySet<string>): Entry[] {
  const entries: Entry[] = [{ key: "", lines: [] }];
  for (const line of yaml.split("\n")) {
    const key = KEY.exec(line)?.[1];
    const last = entries.at(-1);
    const isInProse =
      last?.key === "description" &&
      key !== undefined &&
      !ours.has(key) &&
      !FOREIGN_KEYS.has(key) &&
      !isReadable(last.lines);
    if (key === undefined || isInProse) last?.lines.push(line);
    else entries.push({ key, lines: [line] });
  }
  return entries;
}

function mendEntry(
  { key, lines }: Entry,
  { isOurs, isRepeated }: { isOurs: boolean; isRepeated: boolean },
): readonly string[] {
  if (!isOurs && isRepeated) return lines.map(() => "");
  if (isReadable(lines)) return lines;
  const value = lines.join("\n").replace(KEY, "").trim();
  const isProse = key === "description" || (isOurs && !value.includes("\n") && BARE.test(value));
  if (!isProse) return isOurs ? lines : lines.map(() => "");
  return lines.map((_, index) => (index === 0 ? `${key}: ${JSON.stringify(value)}` : ""));
}

function isReadable(lines: readonly string[]): boolean {
  return "map" in parseYamlMap(lines.join("\n"));
}
