import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stampOf } from "./head.ts";
import { listRefs } from "./ref-list.ts";
import { lastLineOfLog } from "./ref-log.ts";
import { readText } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { isPackedRefsWhole } from "./whole.ts";
import { namesIn } from "./worktree-admin.ts";

/** What of a repository an agent has no business to change. Plain values: it can be kept as JSON beside a run. */
export type Fingerprint = {
  /** Every ref: an id, or `ref: <name>`. */
  refs: Readonly<Record<string, string>>;
  /** HEAD of each working tree, by its git directory relative to the common one (`""` is the main one). */
  heads: Readonly<Record<string, string>>;
  /** Settings and hooks by path relative to the common directory; bytes in base64. */
  files: Readonly<Record<string, { mode: number; bytes: string }>>;
  /** The last line of the log of each HEAD, by the same names: lines before it may go. Absent in older records. */
  logEnds?: Readonly<Record<string, string>>;
  /** The stamps of the logs of branches, by full name. Absent in older records. */
  logs?: Readonly<Record<string, string>>;
  /** Whether `packed-refs` is as git writes it; null when there is none. */
  packed: boolean | null;
};

export type Tampering =
  | { kind: "ref" | "head"; name: string; before: string | null; after: string | null }
  | { kind: "file"; name: string }
  /** Some settings in a file of them; their names in lower case. */
  | { kind: "settings"; name: string; keys: readonly string[] }
  /** One that was made; by its full path. */
  | { kind: "worktree"; name: string };

/** Takes the fingerprint of a repository. Reads files, starts no process. */
export async function fingerprint(repo: Repository): Promise<Fingerprint> {
  const refs: Record<string, string> = {};
  for (const [name, value] of listRefs(repo, "refs/")) refs[name] = "sha" in value ? value.sha : `ref: ${value.target}`;
  const logs: Record<string, string> = {};
  for (const name of Object.keys(refs)) {
    const stamp = name.startsWith("refs/heads/") ? stampOf(join(repo.commonDir, "logs", name)) : "";
    if (stamp !== "") logs[name] = stamp;
  }
  const heads: Record<string, string> = {};
  const logEnds: Record<string, string> = {};
  for (const folder of ["", ...namesIn(join(repo.commonDir, "worktrees")).map((it) => `worktrees/${it}`)]) {
    const text = readText(join(repo.commonDir, folder, "HEAD"))?.trim();
    if (text === undefined) continue;
    heads[folder] = text;
    logEnds[folder] = lastLineOfLog(repo, headName(folder));
  }
  const files: Record<string, { mode: number; bytes: string }> = {};
  for (const name of watchedFiles(repo)) {
    const file = readWatchedFile(repo, name);
    if (file !== null) files[name] = file;
  }
  const packed = readText(join(repo.commonDir, "packed-refs"));
  return { refs, heads, files, logEnds, logs, packed: packed === null ? null : isPackedRefsWhole(packed) };
}

/** The name of the HEAD of a git directory, given as above. */
export function headName(folder: string): string {
  return folder === "" ? "HEAD" : `${folder}/HEAD`;
}

function watchedFiles({ commonDir }: Repository): string[] {
  const hooks = namesIn(join(commonDir, "hooks")).filter((it) => !it.endsWith(".sample"));
  const info = ["info/exclude", "info/attributes", "info/grafts", "objects/info/alternates", "shallow"];
  const worktrees = namesIn(join(commonDir, "worktrees"));
  return [
    "config",
    "config.worktree",
    ...info,
    ...hooks.map((it) => `hooks/${it}`),
    ...worktrees.map((it) => `worktrees/${it}/config.worktree`),
  ];
}

const LARGEST_BYTES = 1_000_000;

/** A watched file as a fingerprint holds it; null when it is not there, or says nothing: sandboxes leave empty ones behind. */
export function readWatchedFile({ commonDir }: Repository, name: string): { mode: number; bytes: string } | null {
  const path = join(commonDir, name);
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size === 0 || stat.size > LARGEST_BYTES) return null;
    return { mode: stat.mode & 0o777, bytes: readFileSync(path).toString("base64") };
  } catch {
    return null;
  }
}
