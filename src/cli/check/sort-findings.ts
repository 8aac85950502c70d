import type { Finding } from "../../board/finding.ts";

/** Findings in the order in which a person goes through files: by path and line, each once. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const unique = new Map(findings.map((it) => [[it.path, it.line, it.code, it.message].join("\0"), it]));
  return [...unique.values()].toSorted((a, b) => compare(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
