import { existsSync } from "node:fs";
import { join } from "node:path";
import { listNames } from "../files/list-names.ts";
import { resolveRef } from "../git/head.ts";
import { forgetResults } from "./tree-results.ts";
import { forgetVainMerges } from "./vain-merges.ts";
import { branchRefOf, type World } from "./world.ts";

/** Takes away what is known of merges whose end was written down by a daemon that died right after it. */
export async function sweepResults(world: World): Promise<void> {
  for (const folder of ["verified", "vain-merges"]) {
    for (const id of listNames(join(world.runtimeDir, folder))) {
      const isAccepted = existsSync(join(world.boardRoot, "board", "done", `${id}.md`));
      if (isAccepted && (await resolveRef(world.codeRepo, branchRefOf(id))) !== null) continue;
      forgetResults(world, id);
      forgetVainMerges(world, id);
    }
  }
}
