import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { listNames } from "../files/list-names.ts";
import type { Repository } from "./repository.ts";

// Git's own temp files have six characters there.
const OWN_TEMP = /^tmp_obj_[0-9a-f]{12}$/;

/**
 * Removes the objects that a killed process of ours was in the middle of writing: nothing refers to them. Those written
 * since `before`, ms since the epoch, belong to somebody who is still at it.
 */
export async function sweepUnfinishedObjects({ commonDir }: Repository, before: number): Promise<void> {
  const root = join(commonDir, "objects");
  for (const folder of listNames(root).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    for (const name of listNames(join(root, folder))) {
      const path = join(root, folder, name);
      if (OWN_TEMP.test(name) && (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) < before) {
        rmSync(path, { force: true });
      }
    }
    await breathe();
  }
}
