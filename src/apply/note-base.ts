import { LANDED_REF } from "../board/landed.ts";
import type { Effect } from "../decide/action.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, isCommitHere } from "../git/branches.ts";
import { preserve } from "../git/preserve-ref.ts";
import { updateRefs } from "../git/ref-update.ts";
import { refSha } from "../git/refs.ts";
import type { World } from "./world.ts";

type NoteEffect = Extract<Effect, { kind: "note-base" }>;

/**
 * Notes up to which commit of the base everything is dealt with, unless another daemon was there. What no ref would hold from then
 * on is preserved first. Codes: GIT_LOCKED, GIT_FAILED.
 */
export async function noteBase({ codeRepo }: World, { from, to, keep = [] }: NoteEffect): Promise<void> {
  for (const { taskId, sha } of keep) {
    if ((await isCommitHere(codeRepo, sha)) && !(await isAncestor(codeRepo, sha, to)))
      await preserve(codeRepo, { id: taskId, sha });
  }
  failpoint("apply.landed.before-ref");
  try {
    // One that stands at what is not here any more was read as none.
    const move = { ref: LANDED_REF, from: from ?? refSha(codeRepo, LANDED_REF), to };
    await updateRefs(codeRepo, [move], { isLogged: true });
  } catch (error) {
    if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
  }
  failpoint("apply.landed.after-ref");
}
