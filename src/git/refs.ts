import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";

/** A ref as it stands in its file: an id, or the name of another ref. */
export type RefValue = { sha: string } | { target: string };

/** Reads one ref, loose or packed; null when there is none. A symbolic ref is not followed. Starts no process. */
export function readRef(place: GitPlace, ref: string): RefValue | null {
  // A name from a file must not lead out of the repository.
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(ref)) return null;
  const base = isPerWorktree(ref) ? place.gitDir : place.commonDir;
  const text = readText(join(base, ref));
  const value = text === null ? null : parseRefFile(text);
  if (value !== null) return value;
  const packed = readPackedRefs(place.commonDir).get(ref);
  return packed === undefined ? null : { sha: packed };
}

/** Follows symbolic refs to the last name, which need not exist (a branch without a commit). */
export function finalRef(place: GitPlace, ref: string): string {
  return follow(place, ref).name;
}

/** The id a ref stands for, through symbolic refs; null when there is none. */
export function refSha(place: GitPlace, ref: string): string | null {
  const { value } = follow(place, ref);
  return value !== null && "sha" in value ? value.sha : null;
}

/** The last name in a row of symbolic refs, and what it stands for. */
function follow(place: GitPlace, ref: string): { name: string; value: RefValue | null } {
  let name = ref;
  let value = readRef(place, name);
  for (let depth = 0; depth < 5 && value !== null && "target" in value; depth++) {
    name = value.target;
    value = readRef(place, name);
  }
  return { name, value };
}

/** All packed refs by name. */
export function readPackedRefs(commonDir: string): ReadonlyMap<string, string> {
  const path = join(commonDir, "packed-refs");
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return new Map();
  const stamp = `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
  const known = PACKED.get(path);
  if (known?.stamp === stamp) return known.refs;
  const refs = parsePackedRefs(readText(path) ?? "");
  PACKED.set(path, { stamp, refs });
  return refs;
}

// A cache: packed-refs may hold thousands of refs and changes rarely. Git replaces the file, so its stamp tells.
const PACKED = new Map<string, { stamp: string; refs: ReadonlyMap<string, string> }>();

/** The refs of a `packed-refs` file, full name to id; peeled lines and the header are passed over. */
export function parsePackedRefs(text: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([0-9a-f]{40,64}) (.+)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) refs.set(match[2], match[1]);
  }
  return refs;
}

/** The content of a loose ref: an id, or the name of the ref it stands for; null for neither. */
export function parseRefFile(text: string): RefValue | null {
  const symbolic = /^ref:\s*(\S.*)$/m.exec(text);
  if (symbolic?.[1] !== undefined) return { target: symbolic[1].trim() };
  const sha = /^[0-9a-f]{40,64}/.exec(text)?.[0];
  return sha === undefined ? null : { sha };
}

/** Text of a small file; null when it is not there, or is a folder. */
export function readText(path: string): string | null {
  try {
    // Most of what is asked for is not there, and an error costs ten times as much as a look.
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

// HEAD and its like, and what bisect and rebase keep, belong to one worktree; all the rest is shared.
function isPerWorktree(ref: string): boolean {
  return !ref.startsWith("refs/") || /^refs\/(?:bisect|worktree|rewritten)\//.test(ref);
}
