import type { CheckClaim } from "../board/check-claim.ts";
import { mergeBase } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { logCommitters } from "../git/history.ts";
import { inconclusive } from "./claim-of.ts";
import { baseRefOf, branchRefOf, fullRef, type World } from "./world.ts";

const MOST = 100;

/**
 * An open claim where a task starts from a branch that has commits which the board's base lacks: nobody was asked about those, and
 * the merge brings them along. None where its `base` is a task, which is merged before it.
 */
export async function borrowedClaims(
  world: World,
  { tip, base }: { tip: string; base: string | null },
): Promise<CheckClaim[]> {
  const repo = world.codeRepo;
  if (base === null || (await resolveRef(repo, branchRefOf(base))) !== null) return [];
  const [lower, ours] = [await resolveRef(repo, fullRef(base)), await resolveRef(repo, baseRefOf(world))];
  const fork = lower === null || ours === null ? null : await mergeBase(repo, lower, tip);
  if (fork === null || ours === null) return [];
  const commits = await logCommitters(repo, { tip: fork, without: [ours], maxCount: MOST });
  if (commits.length === 0) return [];
  const count =
    commits.length === 1 ? "1 commit" : `${commits.length === MOST ? `${MOST} or more` : commits.length} commits`;
  const subjects = commits.slice(0, 3).map(({ subject }) => `"${subject}"`);
  const more = commits.length > subjects.length ? ", ..." : "";
  const into = world.settings().base;
  return [
    inconclusive(
      `it brings only its own commits into ${into}`,
      `accepting it also merges ${count} of ${base} that ${into} lacks: ${subjects.join(", ")}${more}`,
    ),
  ];
}
