import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatCommit } from "../../board/commit-message.ts";
import { commitPaths } from "../../git/commit-paths.ts";
import { addExclude } from "../../git/exclude.ts";
import { readTree } from "../../git/objects.ts";
import type { Repository } from "../../git/repository.ts";
import { readSymbolicRef, setSymbolicRef } from "../../git/symbolic-ref.ts";
import { BOARD_REF } from "../../observe/repo-state.ts";
import { placeFile } from "../place-file.ts";
import { keepFiles, type TemplateFile } from "./template.ts";

/** How long a commit waits for a lock that somebody else's git holds, ms. */
const PATIENCE_MS = 20_000;

export const INIT_MESSAGE = formatCommit([{ subject: "Set up the kanband board", trailers: [] }]);

/**
 * Puts the files of a board into a working tree and commits exactly those of them that are as they were made, to `ref`.
 * A board that is committed already only gets back the files that keep its lanes alive. `excluded`: patterns that git is
 * to ignore in this clone.
 */
export async function makeBoard(
  repo: Repository,
  ref: string,
  template: readonly TemplateFile[],
  excluded: readonly string[],
): Promise<{ commitSha: string | null; made: string[] }> {
  const committed = await readTree(repo, ref, "board");
  const files = committed.length > 0 ? keepFiles() : template;
  const made = files.filter(({ path, bytes }) => placeFile(join(repo.top, path), bytes)).map(({ path }) => path);
  for (const pattern of excluded) addExclude(repo, pattern);
  if (readSymbolicRef(repo, BOARD_REF) === null) await setSymbolicRef(repo, BOARD_REF, ref);
  const changes = files.filter((file) => isAsMade(repo, file)).map(({ path }) => ({ path }));
  const commit = await commitPaths(repo, { ref, changes, message: INIT_MESSAGE, patienceMs: PATIENCE_MS });
  return { commitSha: commit?.sha ?? null, made };
}

// A person's own file of that name is neither overwritten nor committed for them.
function isAsMade({ top }: Repository, { path, bytes }: TemplateFile): boolean {
  const whole = join(top, path);
  return existsSync(whole) && Buffer.compare(readFileSync(whole), bytes) === 0;
}
