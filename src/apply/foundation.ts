import { mergeBase } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { joinTips, type Tip } from "./join-tips.ts";
import { heldTips } from "./start-commit.ts";
import { baseRefOf, fullRef, type World } from "./world.ts";

/**
 * `sha`: a commit, which no ref may hold. `lent`: the files in which the branches below conflict: whoever stands on them mends
 * these.
 */
export type Foundation = { sha: string; below: readonly string[]; lent: ReadonlySet<string> };

/**
 * What a task's branch stands on, joined: the tips that it holds of other tasks' branches, which answer for them, and what it
 * left the base with. Null: it holds none.
 */
export async function foundationOf(
  world: World,
  { taskId, tip, base }: { taskId: string; tip: string; base: string | null },
): Promise<Foundation | null> {
  const held = [...heldTips(world.codeRepo, taskId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (held.length === 0) return null;
  const forks: Tip[] = [];
  for (const ref of [baseRefOf(world), ...(base === null ? [] : [fullRef(base)])]) {
    const sha = await resolveRef(world.codeRepo, ref);
    const fork = sha === null ? null : await mergeBase(world.codeRepo, sha, tip);
    if (fork !== null) forks.push({ name: ref, sha: fork });
  }
  const [first, ...others] = [...held.map(([name, sha]) => ({ name, sha })), ...forks];
  if (first === undefined) return null;
  const { sha, conflicts } = await joinTips(world, [first, ...others], { hasNotes: false });
  const lent = new Set(conflicts.flatMap(({ merge }) => merge.conflicts.map(({ path }) => path)));
  return { sha, below: [first, ...others].map((it) => it.sha), lent };
}
