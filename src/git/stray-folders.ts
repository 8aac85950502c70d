import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./repository.ts";
import { listRegistrations, namesIn } from "./worktree-admin.ts";

/** Paths in a folder of worktrees that belong to none of them and are not older than `since` (ms since the epoch). */
export async function findStrays(repo: Repository, folder: string, since: number): Promise<string[]> {
  return await repo.worktreeMutex(async () => {
    const known = new Set(listRegistrations(repo).map(({ top }) => top));
    return namesIn(folder)
      .map((name) => join(folder, name))
      .filter((path) => !known.has(path) && (lstatSync(path, { throwIfNoEntry: false })?.ctimeMs ?? 0) >= since);
  });
}
