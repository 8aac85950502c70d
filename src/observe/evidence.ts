import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunView } from "../decide/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { groupCpuMs, type Identity } from "../process/identity.ts";
import { readStamp } from "./stamp.ts";

/** Signs of life besides output, with what is needed to see the next one. */
export type Evidence = {
  readonly gatheredAt: number;
  readonly view: NonNullable<RunView["evidence"]>;
  readonly cpuMs: number | null;
};

/** `isOver`: it gave its answer, so that what goes on in it is idling unless it is real work. */
export type EvidenceSource = {
  identity: Identity | null;
  worktree: string | null;
  branch: string | null;
  isOver: boolean;
};

/** A sleeping program wakes now and then; less than this is no work. */
const CPU_ACTIVE_MS = 50;
/** A program that only holds on after its answer adds up such moments, and never takes this share of a processor. */
const CPU_WORK_SHARE = 0.05;
const ENTRIES_MAX = 20_000;
const SKIPPED = new Set([".git", "node_modules", ".session"]);

/** Looks for signs of life of a run that says nothing: files, commits, CPU time. Starts no process. */
export function gatherEvidence(
  repo: Repository,
  { identity, worktree, branch, isOver }: EvidenceSource,
  previous: Evidence | null,
  now: number,
): Evidence {
  const cpuMs = identity === null ? null : groupCpuMs(identity);
  const before = previous?.cpuMs ?? null;
  const sinceMs = now - (previous?.gatheredAt ?? now);
  const leastMs = isOver ? Math.max(CPU_ACTIVE_MS, sinceMs * CPU_WORK_SHARE) : CPU_ACTIVE_MS;
  const isActive = cpuMs !== null && before !== null && Math.abs(cpuMs - before) >= leastMs;
  return {
    gatheredAt: now,
    cpuMs: isActive || isOver || before === null ? cpuMs : before,
    view: {
      worktreeChangedAt: worktree === null ? null : newestChange(worktree),
      // Git replaces the file of a branch with each commit.
      committedAt: branch === null ? null : (readStamp(join(repo.commonDir, branch))?.mtimeMs ?? null),
      cpuActiveAt: isActive ? now : (previous?.view.cpuActiveAt ?? null),
      watchedSince: previous?.view.watchedSince ?? now,
    },
  };
}

/** When anything in a folder last changed, as far as a bounded look can tell. Follows no link. */
export function newestChange(folder: string): number | null {
  const queue = [folder];
  let newest: number | null = null;
  let left = ENTRIES_MAX;
  for (let dir = queue.shift(); dir !== undefined && left > 0; dir = queue.shift()) {
    const stamp = readStamp(dir);
    if (stamp !== null) newest = Math.max(newest ?? 0, stamp.mtimeMs);
    for (const entry of readEntries(dir)) {
      if (left-- <= 0) break;
      if (SKIPPED.has(entry.name)) continue;
      const path = join(dir, entry.name);
      if (entry.isDirectory()) queue.push(path);
      else newest = Math.max(newest ?? 0, readStamp(path)?.mtimeMs ?? 0);
    }
  }
  return newest;
}

function readEntries(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
