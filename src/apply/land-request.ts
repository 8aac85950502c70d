import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { holds } from "../git/holds.ts";
import { advanceBase } from "../git/merge.ts";
import { preserve } from "../git/preserve-ref.ts";
import { dirtyFiles } from "./dirty-files.ts";
import type { World } from "./world.ts";

export type RequestLanding =
  /** The base holds the commit of the forge; `preserved`: the ref that keeps what the base does not hold of the branch. */
  | { state: "landed"; preserved: string | null }
  /** Nothing has changed: these files of a checkout of the base are not as the base has them. */
  | { state: "dirty"; files: readonly string[] }
  /** Nothing has changed: these files would be written into another working tree. */
  | { state: "nested"; files: readonly string[] }
  /** Nothing has changed: what a person has to do before the base can follow. */
  | { state: "held"; reason: string }
  /** The base and that of the remote have each what the other lacks. */
  | { state: "diverged" }
  /** The commit of the forge is not in the branch of the remote either. */
  | { state: "missing" };

const TRIES = 10;

/**
 * After a forge merged a branch: moves the base forward to that of the remote unless it holds the forge's commit already, and
 * keeps the branch's tip where the base does not hold it, as after a squash. Codes: GIT_LOCKED, GIT_FAILED.
 */
export async function landRequest(
  { codeRepo }: Pick<World, "codeRepo">,
  it: { taskId: string; tip: string; baseRef: string; remoteSha: string; landing: string },
): Promise<RequestLanding> {
  const { tip, baseRef, remoteSha, landing } = it;
  for (let tries = 0; tries < TRIES; tries++) {
    const base = await resolveRef(codeRepo, baseRef);
    if (base !== null && (await holds(codeRepo, base, landing))) {
      const isKept = await isAncestor(codeRepo, tip, base);
      return { state: "landed", preserved: isKept ? null : await preserve(codeRepo, { id: it.taskId, sha: tip }) };
    }
    if (!(await holds(codeRepo, remoteSha, landing))) return { state: "missing" };
    if (base === null || !(await isAncestor(codeRepo, base, remoteSha))) return { state: "diverged" };
    const advance = await advanceBase(codeRepo, { ref: baseRef, from: base, to: remoteSha });
    if (advance.state === "dirty") return { state: "dirty", files: dirtyFiles(advance) };
    if (advance.state === "held") return { state: "held", reason: advance.reason };
    if (advance.state === "nested") return { state: "nested", files: advance.files };
  }
  return { state: "diverged" };
}
