import { stackOfRef } from "../board/stack.ts";
import type { BranchView } from "../decide/snapshot.ts";
import { listRefs } from "../git/ref-list.ts";
import type { Repository } from "../git/repository.ts";

/** The same branches, each with the tips of other tasks' branches that it holds. Starts no process. */
export function withStacks(
  repo: Repository,
  branches: ReadonlyMap<string, BranchView>,
): ReadonlyMap<string, BranchView> {
  const stacks = new Map<string, Record<string, string>>();
  for (const [ref, value] of listRefs(repo, "refs/kanband/stack/")) {
    const stack = stackOfRef(ref);
    if (stack === null || !("sha" in value) || !branches.has(stack.upperId)) continue;
    stacks.set(stack.upperId, { ...stacks.get(stack.upperId), [stack.lowerId]: value.sha });
  }
  if (stacks.size === 0) return branches;
  return new Map(
    [...branches].map(([id, it]) => {
      const stackedOn = stacks.get(id);
      return [id, stackedOn === undefined ? it : { ...it, stackedOn }];
    }),
  );
}
