import { statSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import type { Before, Breakage } from "./breakage-facts.ts";
import { brokenHead } from "./broken-head.ts";
import { brokenIndex } from "./broken-index.ts";
import { brokenPackedRefs, brokenRefs } from "./broken-refs.ts";
import type { Fingerprint } from "./fingerprint-facts.ts";
import type { GitPlace } from "./profile.ts";
import { readText } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { isConfigWhole } from "./whole.ts";

export type { Before, Breakage } from "./breakage-facts.ts";
export { keepIndexes } from "./broken-index.ts";

/**
 * What in a repository no git can work with any more, or was moved behind git's back: garbage in `packed-refs`, refs, HEAD, the
 * index or the settings, and a HEAD that a run's git moved. In the order in which it has to be mended; the settings first.
 * `isAll`: every ref is looked at, not only the vital ones. Starts no process, and says nothing of what people do with git.
 */
export async function findBreakages(repo: Repository, before: Before, { isAll = false } = {}): Promise<Breakage[]> {
  const found: Breakage[] = [...brokenConfig(repo, before.fingerprint)];
  found.push(...brokenPackedRefs(repo, before.fingerprint));
  found.push(...(await brokenRefs(repo, before, { isAll })));
  for (const place of before.checkouts) {
    if (isBeingMade(place)) continue;
    found.push(...(await brokenHead(repo, place, before)));
    found.push(...brokenIndex(repo, place, before.copies));
  }
  return found;
}

const MAKING_MS = 60_000;

/** `git worktree add` locks a worktree until it has its HEAD, its index and its files. */
function isBeingMade({ gitDir }: GitPlace): boolean {
  const lock = statSync(join(gitDir, "locked"), { throwIfNoEntry: false });
  return lock !== undefined && Date.now() - lock.ctimeMs < MAKING_MS;
}

function brokenConfig({ commonDir }: Repository, { files }: Fingerprint): Breakage[] {
  const path = join(commonDir, "config");
  const old = files["config"];
  const text = readText(path);
  if (old === undefined || text === null || isConfigWhole(text)) return [];
  const bytes = Buffer.from(old.bytes, "base64");
  if (!isConfigWhole(bytes.toString("utf8"))) return [];
  const mend = (): void => writeFileDurably(path, bytes, { mode: old.mode });
  return [{ what: "broke config", path, mend }];
}
