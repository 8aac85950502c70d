import { REVERTS } from "../board/reverts.ts";
import { logSaying } from "../git/base-range.ts";
import { parentsOf } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { commitsBrought, type Graph, partsOf } from "./landing-parts.ts";
import type { LandingPlace } from "./landing-place.ts";
import { type Reverts, readReverts } from "./taken-back.ts";

/** What happened on the base since some landings: what was reverted, and which commits came with which merge. */
export type BaseHistory = { reverts: Reverts; brought: Graph };

/** What happened on the base since the oldest of these landings. Two processes. Code: GIT_FAILED. */
export async function readHistory(
  { repo }: LandingPlace,
  shas: readonly string[],
  { base, line }: { base: string; line: ReadonlyMap<string, number> },
): Promise<BaseHistory> {
  const floor = floorOf(shas, line);
  const said = await logSaying(repo, { of: base, without: floor, lines: [REVERTS] });
  if (said.length === 0) return { reverts: readReverts(repo, said), brought: new Map() };
  const below = floor[0] === undefined ? [] : (await parentsOf(repo, floor[0])).slice(0, 1);
  return { reverts: readReverts(repo, said), brought: await commitsBrought(repo, { base, without: below }) };
}

/**
 * The commit before which none of these lies, if all are on the first parents of the base; what is not may have come at any
 * time.
 */
function floorOf(shas: readonly string[], line: ReadonlyMap<string, number>): string[] {
  let [oldest, place] = ["", -1];
  for (const it of shas) {
    const at = line.get(it);
    if (at === undefined) return [];
    if (at > place) [oldest, place] = [it, at];
  }
  return place < 0 ? [] : [oldest];
}

/**
 * The commit of the base that takes a landing back, or the last of those that take back every commit that came with it; null: none
 * does, or only a part of it. Code: GIT_FAILED.
 */
export async function takenBackBy(
  repo: Repository,
  sha: string,
  { reverts, brought }: BaseHistory,
): Promise<string | null> {
  const whole = await reverts.of(partsOf(repo, sha));
  const own = brought.get(sha) ?? [];
  return whole === null && own.length > 0 ? await reverts.of(own) : whole;
}
