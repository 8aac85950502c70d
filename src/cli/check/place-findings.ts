import type { Finding } from "../../board/finding.ts";
import { type FrontMatter, readFrontMatter } from "../../board/front-matter.ts";

/** Where in the front matter something stands: a key, and what is below it. */
export type KeyPath = ReadonlyArray<string | number>;

/** A finding that knows the key it is about, and not yet its line. */
export type KeyFinding = Finding & { at?: KeyPath };

/** The bytes of a file of the board; null when there is none. */
export type ReadFile = (path: string) => Uint8Array | null;

/** The findings with the lines of their keys. Each file is read once, and only when a line of it is asked for. */
export function placeFindings(findings: readonly KeyFinding[], read: ReadFile): Finding[] {
  const files = new Map<string, FrontMatter | null>();
  const open = (path: string): FrontMatter | null => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const bytes = read(path);
    const file = bytes === null ? null : readFrontMatter(path, bytes);
    files.set(path, file);
    return file;
  };
  return findings.map(({ at, ...finding }) =>
    at === undefined || finding.line !== null ? finding : { ...finding, line: open(finding.path)?.lineAt(at) ?? null },
  );
}
