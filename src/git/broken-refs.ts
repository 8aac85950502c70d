import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileDurably } from "../files/durable.ts";
import type { Before, Breakage } from "./breakage-facts.ts";
import type { Fingerprint } from "./fingerprint-facts.ts";
import { lastLogged } from "./head-log.ts";
import { listLooseNames, listRefs } from "./ref-list.ts";
import { type RefLogEntry, readRefLog, readRefLogSince } from "./ref-log.ts";
import { parsePackedRefs, readRef, readText } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { isPackedRefsWhole, isRefFileWhole } from "./whole.ts";

/**
 * A `packed-refs` that git did not write. What can be read of it stays; what is missing comes from the logs, else from the
 * record.
 */
export function brokenPackedRefs(repo: Repository, before: Fingerprint): Breakage[] {
  if (before.packed !== true) return [];
  const path = join(repo.commonDir, "packed-refs");
  const text = readText(path);
  const isWhole = text !== null && isPackedRefsWhole(text);
  if (isWhole || existsSync(`${path}.lock`)) return [];
  const how = text === null ? "removed" : "broke";
  const mend = (): void => {
    const refs = parsePackedRefs(text ?? "");
    for (const [name, value] of Object.entries(before.refs)) {
      const sha = lastLogged(repo, name) ?? value;
      if (!refs.has(name) && !value.startsWith("ref:") && !isLoose(repo, name)) refs.set(name, sha);
    }
    const lines = [...refs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, sha]) => `${sha} ${name}\n`);
    writeFileDurably(path, `# pack-refs with: sorted \n${lines.join("")}`);
  };
  return [{ what: `${how} packed-refs`, path: text === null ? null : path, mend }];
}

const MOMENT_MS = 60;

/** Loose refs with garbage in them, and vital ones that are gone. Where others are, or are no more, is up to anybody. */
export async function brokenRefs(repo: Repository, before: Before, { isAll }: { isAll: boolean }): Promise<Breakage[]> {
  const known = Object.keys(before.fingerprint.refs);
  const names = isAll ? [...new Set([...known, ...listLooseNames(repo, "refs")])] : before.vital;
  const judged = (): Breakage[] => names.flatMap((name) => brokenRef(repo, before, name));
  // A rename removes one name before it makes the other.
  if (judged().length > 0) await sleep(MOMENT_MS);
  return judged();
}

function brokenRef(repo: Repository, before: Before, name: string): Breakage[] {
  const path = join(repo.commonDir, name);
  const text = readText(path);
  const old = before.fingerprint.refs[name];
  const isSymbolic = old?.startsWith("ref:") === true;
  const value = isSymbolic ? old : (lastLogged(repo, name) ?? before.seen.get(name) ?? old);
  // Ours is set once, and without it nothing is where it was.
  const isMoved = name.startsWith("refs/kanband/") && isSymbolic && text !== null && text.trim() !== old;
  if (text !== null && (isMoved || !isRefFileWhole(text))) {
    const mend = (): void => (value === undefined ? rmSync(path, { force: true }) : write(path, value));
    return [{ what: `${isMoved ? "moved" : "broke"} ${name}`, path, mend }];
  }
  // What everything hangs on, nobody deletes by intent; but it may have another name now.
  const isLost = old !== undefined && before.vital.includes(name) && readRef(repo, name) === null;
  if (!isLost || value === undefined || isRenamed(repo, before, name)) return [];
  return [{ what: `removed ${name}`, path: null, mend: () => write(path, value) }];
}

// The log goes along to the new name, and HEAD's tells where it followed.
function isRenamed(repo: Repository, { fingerprint, isRun }: Before, name: string): boolean {
  const isRename = (it: RefLogEntry): boolean => !isRun(it.email) && it.message.includes(`renamed ${name} to `);
  if (readRefLogSince(repo, "HEAD", fingerprint.logEnds?.[""] ?? "")?.some(isRename) === true) return true;
  const made = [...listRefs(repo, "refs/heads/").keys()].filter((it) => fingerprint.refs[it] === undefined);
  return made.some((it) => readRefLog(repo, it).some(isRename));
}

function write(path: string, value: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileDurably(path, `${value}\n`);
}

function isLoose(repo: Repository, name: string): boolean {
  return isRefFileWhole(readText(join(repo.commonDir, name)) ?? "");
}
