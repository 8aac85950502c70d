import { stackOfRef } from "../board/stack.ts";
import { KanbandError } from "../errors.ts";
import { resolveRef } from "../git/head.ts";
import { listRefs } from "../git/ref-list.ts";
import { updateRefs } from "../git/ref-update.ts";
import { branchRefOf, type World } from "./world.ts";

/** Takes away what stack refs say of branches that people have deleted. Only while nothing begins. */
export async function sweepStacks({ codeRepo }: World): Promise<void> {
  for (const [ref, value] of listRefs(codeRepo, "refs/kanband/stack/")) {
    const stack = stackOfRef(ref);
    if (stack === null || !("sha" in value) || (await resolveRef(codeRepo, branchRefOf(stack.upperId))) !== null)
      continue;
    try {
      await updateRefs(codeRepo, [{ ref, from: value.sha, to: null }]);
    } catch (error) {
      // The same is done at the next start.
      if (!(error instanceof KanbandError)) throw error;
    }
  }
}
