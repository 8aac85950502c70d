import type { CheckClaim } from "../board/check-claim.ts";
import { diffFingerprint, type Fingerprint, type Tampering } from "../git/fingerprint.ts";
import { type RunRecord, readRuns } from "../process/read-runs.ts";
import { inconclusive } from "./claim-of.ts";
import { noteUnproven, readUnproven } from "./mended.ts";
import { isBoxed, readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

type FileChange = Extract<Tampering, { kind: "file" | "settings" }>;

const UNDONE = "Undone, and which run did it cannot be told: ";

/**
 * Whether a change of a file of git's, behind which nobody's name stands, may as well be by other runs that were under way since
 * before it was made. Then each of them is told at its end, this one as well, and none is failed for it.
 */
export function noteIfUnproven(
  world: World,
  run: RunRecord,
  { what, change, after }: { what: string; change: FileChange; after: Fingerprint },
): boolean {
  const others = readRuns(runsDirOf(world)).filter((it) => it.runId !== run.runId && mayHaveDone(it, change, after));
  if (others.length === 0) return false;
  const all = [run, ...others];
  for (const { runId, runDir } of all) {
    const beside = all.filter((it) => it.runId !== runId).map(taskOf);
    noteUnproven(runDir, `${what}, while ${[...new Set(beside)].join(", ")} ran as well`);
  }
  return true;
}

/** What such changes a run is told of, as notes for its message. */
export function unprovenNotes({ runDir }: RunRecord): string[] {
  return readUnproven(runDir).map((it) => `${UNDONE}${it}.`);
}

/** The open claim that follows from such a note in the message of a step; none without. */
export function unprovenClaim(message: string): CheckClaim[] {
  const notes = message.split("\n").filter((it) => it.startsWith(UNDONE));
  const seen = notes.map((it) => it.slice(UNDONE.length).replace(/\.$/, "")).join("; ");
  return notes.length === 0 ? [] : [inconclusive("it left the repository as it was outside its branch", seen)];
}

function mayHaveDone({ record }: RunRecord, change: FileChange, after: Fingerprint): boolean {
  const facts = readRunFacts(record);
  if (facts === null || facts.fingerprint === null || isBoxed(facts)) return false;
  return diffFingerprint(facts.fingerprint, after, { allowRefs: ["refs/"] }).some((it) => {
    if (it.kind !== change.kind || it.name !== change.name) return false;
    return it.kind === "file" || (change.kind === "settings" && it.keys.some((key) => change.keys.includes(key)));
  });
}

function taskOf({ runId, record }: RunRecord): string {
  return readRunFacts(record)?.taskId ?? runId;
}
