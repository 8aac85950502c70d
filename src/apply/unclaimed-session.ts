import { parseClaims } from "../board/claim.ts";
import { splitFences } from "../board/fences.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import type { Session } from "../board/session.ts";
import { parseSession } from "../board/session-file.ts";
import { blobSha } from "../files/durable.ts";
import { showFile } from "../git/objects.ts";
import { listVersions } from "../git/path-versions.ts";
import { readRuns } from "../process/read-runs.ts";
import { wasWrittenHere } from "./kept-sessions.ts";
import { readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

/**
 * Whether a session file that came while a run went on is nobody's: the daemon writes one only for an attempt whose claim was
 * committed before, and people bring back only what git has. `since`: the commit of the board when the run began.
 */
export async function isUnclaimed(
  world: World,
  since: string,
  { path, taskId, now }: { path: string; taskId: string; now: Buffer },
): Promise<boolean> {
  const { session } = parseSession(path, taskId, now);
  if (session === null || wasWrittenHere(world, path, now) || isOfRun(world, session)) return false;
  const { boardRepo } = world;
  const sha = blobSha(now, boardRepo.objectFormat);
  const known = await listVersions(boardRepo, { ref: since, folder: path });
  return !known.some((it) => it.sha === sha) && !(await wasClaimed(world, session));
}

function isOfRun(world: World, { runId, path }: Session): boolean {
  return readRuns(runsDirOf(world)).some((it) => {
    return it.runId === runId && readRunFacts(it.record)?.sessionPath === path;
  });
}

/** Whether the file of its task, as it is or was on the board, gives this attempt to a slot. Checks are those of an attempt. */
async function wasClaimed(world: World, session: Session): Promise<boolean> {
  const { boardRepo } = world;
  const lane = session.step === REVIEW_STEP ? "for_review" : "doing";
  const path = `board/${lane}/${session.taskId}.md`;
  const present = await showFile(boardRepo, "HEAD", path);
  if (present !== null && isClaimedIn(present.toString("utf8"), session)) return true;
  for (const { sha } of await listVersions(boardRepo, { ref: "HEAD", folder: path })) {
    const text = (await boardRepo.catFile.read(sha))?.bytes.toString("utf8");
    if (text !== undefined && isClaimedIn(text, session)) return true;
  }
  return false;
}

function isClaimedIn(text: string, { step, of, attempt }: Session): boolean {
  const { yamlStart, yamlEnd } = splitFences(text);
  const yaml = text.slice(yamlStart, yamlEnd);
  const assigned = /^assigned:[ \t]*["']?(.*?)["']?[ \t]*$/m.exec(yaml)?.[1] ?? "";
  const claims = parseClaims(assigned);
  if (claims.length > 0) return claims.some((it) => it.step === (of ?? step) && it.attempt === attempt);
  return assigned !== "" && new RegExp(`^attempt:[ \\t]*${String(attempt)}[ \\t]*$`, "m").test(yaml);
}
