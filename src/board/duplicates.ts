import type { Finding } from "./finding.ts";
import { foldName } from "./portable-name.ts";

export type NamedFile = { id: string; aliases: readonly string[]; path: string };

/**
 * Files that answer to the same name: the same id, an alias of one that is an id or alias of another, or names that differ only in
 * case or Unicode composition, which some file systems take for one. By path, the other paths; a finding (TASK_DUPLICATE) for each.
 */
export function findDuplicates(files: readonly NamedFile[]): {
  duplicates: Map<string, string[]>;
  findings: Finding[];
} {
  const byName = new Map<string, Map<string, string>>();
  for (const { id, aliases, path } of files) {
    for (const name of [id, ...aliases]) {
      const holders = byName.get(foldName(name)) ?? new Map<string, string>();
      if (!holders.has(path)) holders.set(path, name);
      byName.set(foldName(name), holders);
    }
  }
  const duplicates = new Map<string, string[]>();
  const findings: Finding[] = [];
  for (const holders of byName.values()) {
    if (holders.size < 2) continue;
    for (const [path, name] of holders) {
      for (const [other, otherName] of holders) {
        const known = duplicates.get(path) ?? [];
        if (other === path || known.includes(other)) continue;
        duplicates.set(path, [...known, other]);
        findings.push(finding(path, name, other, otherName));
      }
    }
  }
  return { duplicates, findings };
}

function finding(path: string, name: string, other: string, otherName: string): Finding {
  const message =
    name === otherName
      ? `the name ${JSON.stringify(name)} is also that of ${other}`
      : `the name ${JSON.stringify(name)} is the same as ${JSON.stringify(otherName)} of ${other} on some file systems`;
  const hint = "Remove or rename one of the two; neither runs until then.";
  return { path, line: null, severity: "error", code: "TASK_DUPLICATE", message, hint };
}
