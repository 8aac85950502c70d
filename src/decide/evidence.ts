import { formatSecond } from "./instant.ts";
import type { RunView } from "./snapshot.ts";

/**
 * How long a live run has shown no sign of life: `isKnown` only once every signal was looked at. One silent signal proves
 * nothing: agents think without printing, and compilers work without committing.
 */
export type Silence = { isKnown: boolean; since: number };

/** The silence of a run: since the newest of all its signals. */
export function silenceOf(run: RunView): Silence {
  const signals = [run.startedAt, run.lastOutputAt];
  if (run.evidence !== null) {
    signals.push(run.evidence.worktreeChangedAt, run.evidence.committedAt, run.evidence.cpuActiveAt);
  }
  return { isKnown: run.evidence !== null, since: Math.max(...signals.filter((it) => it !== null)) };
}

/** What was seen of a silent run, and when last, in one line. */
export function describeSilence(run: RunView): string {
  const { worktreeChangedAt = null, committedAt = null, cpuActiveAt = null } = run.evidence ?? {};
  const seen = [
    lastSeen("output", run.lastOutputAt),
    lastSeen("change in the worktree", worktreeChangedAt),
    lastSeen("commit", committedAt),
    lastSeen("CPU time", cpuActiveAt),
  ];
  return `silent since ${formatSecond(silenceOf(run).since)}: ${seen.join(", ")}`;
}

function lastSeen(what: string, at: number | null): string {
  return at === null ? `no ${what} yet` : `last ${what} ${formatSecond(at)}`;
}
