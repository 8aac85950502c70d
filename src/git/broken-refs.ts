import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileDurably } from "../files/durable.ts";
import type { Before, Breakage } from "./breakage-facts.ts";
import type { Fingerprint } from "./fingerprint-facts.ts";
import { lastLogged } from "./head-log.ts";
import { preserve } from "./preserve-ref.ts";
import { listLooseNames } from "./ref-list.ts";
import { readRefLog } from "./ref-log.ts";
import { parsePackedRefs, readRef, readText, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { isPackedRefsWhole, isRefFileWhole } from "./whole.ts";

/**
 * A `packed-refs` that git did not write, or, with `isAll`, one from which lines are gone whose logs are still there: git
 * removes both. What can be read of it stays; what is missing comes from the logs, else from the record.
 */
export function brokenPackedRefs(repo: Repository, before: Fingerprint, { isAll }: { isAll: boolean }): Breakage[] {
  if (before.packed !== true) return [];
  const path = join(repo.commonDir, "packed-refs");
  const text = readText(path);
  const isWhole = text !== null && isPackedRefsWhole(text);
  const loose = new Set(before.loose);
  const isLost = (name: string): boolean => !loose.has(name) && isLostByHand(repo, name);
  const isCut = isWhole && isAll && Object.keys(before.refs).some(isLost);
  if ((isWhole && !isCut) || existsSync(`${path}.lock`)) return [];
  const how = text === null ? "removed" : isWhole ? "cut" : "broke";
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

/** Loose refs with garbage in them, and refs that are gone, or somewhere else, while their logs say where they are. */
export async function brokenRefs(repo: Repository, before: Before, { isAll }: { isAll: boolean }): Promise<Breakage[]> {
  const known = Object.keys(before.fingerprint.refs);
  const names = isAll ? [...new Set([...known, ...listLooseNames(repo, "refs")])] : before.vital;
  const judged = (): Breakage[] => names.flatMap((name) => brokenRef(repo, before, name));
  // Git removes the log of a ref just before the ref.
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
  const moved = movedByHand(repo, name, old);
  if (moved !== null) {
    const mend = async (): Promise<void> => {
      await preserve(repo, { id: before.id, sha: moved.now });
      write(path, moved.to);
    };
    return [{ what: `wrote ${name} by hand`, path: null, mend }];
  }
  // What everything hangs on, nobody deletes by intent; but it may have another name now.
  const isVital = isSymbolic || (before.vital.includes(name) && !isRenamed(repo, before, name));
  const isLost = old !== undefined && readRef(repo, name) === null;
  if (!isLost || value === undefined || !(isVital || isLostByHand(repo, name))) return [];
  return [{ what: `removed ${name}`, path: null, mend: () => write(path, value) }];
}

function isRenamed(repo: Repository, { fingerprint, isRun }: Before, name: string): boolean {
  const log = readRefLog(repo, "HEAD", fingerprint.logBytes[""] ?? 0) ?? [];
  return log.some((it) => !isRun(it.email) && it.message.includes(`renamed ${name} to `));
}

// Git writes down every move of a branch, under its lock and before it moves.
function movedByHand(repo: Repository, name: string, old: string | undefined): { now: string; to: string } | null {
  if (old === undefined || !name.startsWith("refs/heads/") || existsSync(join(repo.commonDir, `${name}.lock`)))
    return null;
  const now = refSha(repo, name);
  const to = lastLogged(repo, name);
  if (now === null || to === null || now === to || now === old) return null;
  // A log that never knew where the ref was is not kept by everybody who moves it.
  return readRefLog(repo, name).some((it) => it.newSha === old) ? { now, to } : null;
}

function write(path: string, value: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileDurably(path, `${value}\n`);
}

// Who deletes a ref by git deletes its log.
function isLostByHand(repo: Repository, name: string): boolean {
  return readRef(repo, name) === null && lastLogged(repo, name) !== null;
}

function isLoose(repo: Repository, name: string): boolean {
  return isRefFileWhole(readText(join(repo.commonDir, name)) ?? "");
}
