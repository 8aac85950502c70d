import { basename } from "node:path";
import { failpoint } from "../files/failpoint.ts";
import { diffFingerprint, type Fingerprint, fingerprint, restore, type Tampering } from "../git/fingerprint.ts";
import { preserve } from "../git/preserve-ref.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { type ReflogEntry, readReflog } from "./reflog.ts";
import { emailOfRun } from "./run-environment.ts";
import type { RunFacts } from "./run-facts.ts";
import { baseRefOf, type World } from "./world.ts";

/** `what`: one line each. `undo`: as git's room takes it; what cannot be undone is only told. */
export type Tampered = { what: readonly string[]; undo: readonly Tampering[] };

/**
 * Finds what a run moved in the repository outside its own branch. Most refs that moved meanwhile were moved by people and
 * by the daemon: only that counts behind which the run's own committer address stands in the log of a ref, and what
 * nobody else would touch.
 */
export async function findTampering(world: World, run: RunRecord, facts: RunFacts): Promise<Tampered> {
  const before = facts.fingerprint;
  if (before === null) return { what: [], undo: [] };
  const after = await fingerprint(world.codeRepo);
  const own = `worktrees/${basename(facts.worktree)}`;
  const watchHeads = Object.keys(before.heads).filter((it) => it !== own);
  const changes = diffFingerprint(before, after, { allowRefs: [facts.branch], watchHeads });
  const suspect: Suspect = { world, before, facts, email: emailOfRun(run.runId) };
  const found = changes.flatMap((it) => judge(suspect, it) ?? []);
  await keepDeleted(suspect, changes);
  return { what: found.map(({ what }) => what).toSorted(), undo: found.flatMap(({ undo }) => undo ?? []) };
}

/** Puts back what a run moved. What was there instead stays on a preserved ref. */
export async function undoTampering(world: World, facts: RunFacts, undo: readonly Tampering[]): Promise<void> {
  if (facts.fingerprint === null || undo.length === 0) return;
  failpoint("apply.tampering.before-restore");
  await restore(world.codeRepo, facts.fingerprint, undo, { id: facts.taskId });
  failpoint("apply.tampering.after-restore");
}

type Suspect = { world: World; before: Fingerprint; facts: RunFacts; email: string };

type Found = { what: string; undo: Tampering | null };

function judge(suspect: Suspect, change: Tampering): Found | null {
  if (change.kind === "file") return judgeFile(change);
  return change.kind === "head" ? judgeHead(suspect, change.name) : judgeRef(suspect, change);
}

// The one that ignores is written by people and by the daemon, and harms nobody.
function judgeFile(change: Extract<Tampering, { kind: "file" }>): Found | null {
  return change.name === "info/exclude" ? null : { what: `changed ${change.name}`, undo: change };
}

// Its files would not follow a HEAD that is put back.
function judgeHead({ world, email }: Suspect, name: string): Found | null {
  const log = readReflog(world.codeRepo, name === "" ? "HEAD" : `${name}/HEAD`);
  if (!log.some((it) => it.email === email)) return null;
  return { what: `moved HEAD of ${name === "" ? "the main working tree" : name}`, undo: null };
}

function judgeRef(
  { world, before, email }: Suspect,
  change: Extract<Tampering, { kind: "ref" | "head" }>,
): Found | null {
  const { name, after } = change;
  const isOurs = name.startsWith("refs/kanband/");
  // New ones are the daemon's; one that is there never changes.
  if (isOurs) return before.refs[name] === undefined ? null : { what: `changed ${name}`, undo: change };
  const log = readReflog(world.codeRepo, name);
  const first = log.findIndex((it) => it.email === email);
  if (first !== -1) {
    const isMixed = log.slice(first).some((it) => it.email !== email && !isDaemon(it));
    // Whoever committed upon it would lose that commit.
    if (isMixed) return { what: `moved ${name}, and others moved it since: look at it`, undo: null };
    const old = log[first]?.oldSha ?? null;
    return { what: `moved ${name}`, undo: { kind: "ref", name, before: isZero(old) ? null : old, after } };
  }
  if (after !== null || name !== baseRefOf(world)) return null;
  return { what: `deleted ${name}`, undo: change };
}

/** A branch that is gone may have been deleted by anybody; its commits are kept in any case. */
async function keepDeleted({ world, facts }: Suspect, changes: readonly Tampering[]): Promise<void> {
  for (const change of changes) {
    if (change.kind !== "ref" || change.after !== null || change.before === null) continue;
    if (!change.name.startsWith("refs/heads/") || change.before.startsWith("ref:")) continue;
    await preserve(world.codeRepo, { id: facts.taskId, sha: change.before });
  }
}

function isDaemon({ message }: ReflogEntry): boolean {
  return message === "kanband";
}

function isZero(sha: string | null): boolean {
  return sha === null || /^0+$/.test(sha);
}
