import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import type { Breakage } from "./breakage-facts.ts";
import { forgetIndex } from "./clean-index.ts";
import { readHeadNow, stampOf } from "./head.ts";
import type { GitPlace } from "./profile.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git, gitResult } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { isIndexWhole } from "./whole.ts";

/**
 * Copies the index of each working tree, should it have changed since the last copy: what is staged there is nowhere else. Kept
 * under the commit that it belongs to. Costs a copy of one file.
 */
export function keepIndexes(checkouts: readonly GitPlace[], copies: string): void {
  for (const place of checkouts) {
    const path = join(place.gitDir, "index");
    const { indexStamp, sha } = readHeadNow(place);
    if (sha === null || COPIED.get(path) === indexStamp || !existsSync(path)) continue;
    const folder = join(copies, basename(place.gitDir));
    mkdirSync(folder, { recursive: true });
    const bytes = readFileSync(path);
    for (const name of readdirSync(folder)) if (name !== sha) rmSync(join(folder, name), { force: true });
    writeFileDurably(join(folder, sha), bytes, { isSynced: false });
    COPIED.set(path, indexStamp);
  }
}

// A cache: the copy is as the index was at this stamp.
const COPIED = new Map<string, string>();
// A cache: an index that was found whole at this stamp.
const WHOLE = new Map<string, string>();

/**
 * An index that is gone or torn, where there are commits. It is made again: as it was copied, brought up to HEAD; else from
 * HEAD.
 */
export function brokenIndex(repo: Repository, place: GitPlace, copies: string): Breakage[] {
  const path = join(place.gitDir, "index");
  const stamp = stampOf(path);
  if (stamp !== "" && WHOLE.get(path) === stamp) return [];
  // Somebody is about to replace it.
  if (refSha(place, "HEAD") === null || existsSync(join(place.gitDir, "index.lock"))) return [];
  const bytes = stamp === "" ? null : readFileSync(path);
  if (bytes !== null && isIndexWhole(bytes, repo.objectFormat)) {
    WHOLE.set(path, stamp);
    return [];
  }
  const name = place.gitDir === repo.commonDir ? "the index" : `the index of ${basename(place.gitDir)}`;
  const mend = async (): Promise<void> => await makeAgain(repo, place, copies);
  return bytes === null ? [{ what: `removed ${name}`, path: null, mend }] : [{ what: `broke ${name}`, path, mend }];
}

async function makeAgain(repo: Repository, place: GitPlace, copies: string): Promise<void> {
  const path = join(place.gitDir, "index");
  const head = refSha(place, "HEAD") ?? "";
  const env = await safeEnvironment(place);
  const copy = newestCopy(join(copies, basename(place.gitDir)));
  rmSync(path, { force: true });
  let isMade = false;
  if (copy !== null && isIndexWhole(copy.bytes, repo.objectFormat)) {
    writeFileDurably(path, copy.bytes);
    // What was staged stays staged; all else follows what was committed since.
    const { exitCode } = await gitResult(place, ["read-tree", "-m", copy.sha, head], { env, ok: [1, 128] });
    isMade = exitCode === 0;
  }
  if (!isMade) await git(place, ["read-tree", head], { env });
  await git(place, ["update-index", "-q", "--refresh"], { env, ok: [1] });
  forgetIndex(place);
}

function newestCopy(folder: string): { sha: string; bytes: Buffer } | null {
  if (!existsSync(folder)) return null;
  const [sha] = readdirSync(folder).filter((it) => /^[0-9a-f]{40,64}$/.test(it));
  return sha === undefined ? null : { sha, bytes: readFileSync(join(folder, sha)) };
}
