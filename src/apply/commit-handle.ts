import type { CheckClaim } from "../board/check-claim.ts";
import type { Handle } from "../board/read-handles.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { parentsOf } from "../git/objects.ts";
import { isRefName } from "../git/ref-name.ts";
import { confirmed, inconclusive, refuted } from "./claim-of.ts";
import type { World } from "./world.ts";

const MOST_COMMITS = 2000;

/** Looks whether a commit is one of those that the branch has and what it started from (`from`, with all before it) has not. */
export async function commitClaim(
  world: World,
  { sha }: Extract<Handle, { kind: "commit" }>,
  { tip, from }: { tip: string; from: readonly string[] },
): Promise<CheckClaim> {
  const what = `it made the commit ${sha}`;
  const own = new Set([tip]);
  for (const it of own) {
    if (it.startsWith(sha) && (await isBefore(world, it, from))) return refuted(what, "the branch started with it");
    if (it.startsWith(sha)) return confirmed(what, `it is ${it === tip ? "the tip of" : "on"} the branch`);
    if (own.size > MOST_COMMITS) return inconclusive(what, `it is not among the newest ${MOST_COMMITS} of the branch`);
    for (const parent of await parentsOf(world.codeRepo, it)) if (!from.includes(parent)) own.add(parent);
  }
  const isFrom = from.some((it) => it.startsWith(sha));
  return refuted(what, isFrom ? "the branch started from it" : "it is none of those that the branch adds");
}

async function isBefore(world: World, sha: string, from: readonly string[]): Promise<boolean> {
  for (const it of from) if (await isAncestor(world.codeRepo, sha, it)) return true;
  return false;
}

/** Looks whether a branch is there, and at the commit it is said to be at. */
export async function branchClaim(
  world: World,
  { name, at }: Extract<Handle, { kind: "branch" }>,
): Promise<CheckClaim> {
  const what = at === null ? `the branch \`${name}\` is there` : `the branch \`${name}\` is at ${at}`;
  const ref = `refs/heads/${name}`;
  const sha = isRefName(ref) ? await resolveRef(world.codeRepo, ref) : null;
  if (sha === null) return refuted(what, "there is no such branch");
  return at === null || sha.startsWith(at) ? confirmed(what, `it is at ${sha}`) : refuted(what, `it is at ${sha}`);
}
