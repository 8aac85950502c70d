import type { CheckClaim } from "../board/check-claim.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { noteMended } from "./mended.ts";
import type { RunFacts } from "./run-facts.ts";
import { findTampering, undoTampering } from "./tampering.ts";
import { unprovenClaim } from "./unproven.ts";
import type { World } from "./world.ts";

const WHAT = "its commands leave the repository as it is";

/** Looks whether the commands of a check moved anything in the repository, and undoes it. */
export async function repositoryClaim(world: World, run: RunRecord, facts: RunFacts): Promise<CheckClaim> {
  const { what, undo, notes } = await findTampering(world, run, facts);
  // First, for what is undone is not found again should the daemon be killed in between.
  for (const line of what) noteMended(run.runDir, line);
  await undoTampering(world, facts, undo);
  const said = notes.map((it) => `. ${it}`).join("");
  // A merge is not held up for what others may have done.
  const [open] = facts.kind === "merge" ? [] : unprovenClaim(notes.join("\n"));
  if (what.length === 0 && open !== undefined) return { ...open, what: WHAT };
  if (what.length === 0) {
    return { what: WHAT, verdict: "CONFIRMED", evidence: `no ref, hook or setting of git was moved by them${said}` };
  }
  world.log.warn({ taskId: facts.taskId, runId: run.runId, what }, "checks changed the repository");
  const reason = `the checks changed the repository: ${what.join("; ")}`;
  return { what: WHAT, verdict: "REFUTED", evidence: `${reason}${said}`, reason };
}
