import { branchOf } from "../board/branch.ts";
import type { Effect } from "../decide/action.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { listWorktrees } from "../git/worktrees.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

type DropEffect = Extract<Effect, { kind: "drop-branch" }>;

/** Deletes a task's branch that the base holds whole, unless it moved meanwhile or is checked out anywhere. */
export async function dropBranch(world: World, { taskId, sha }: DropEffect): Promise<void> {
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  if (base === null || !(await isAncestor(repo, sha, base))) return;
  const isHeld = (await listWorktrees(repo)).some(({ branch }) => branch === branchOf(taskId));
  if (isHeld) return;
  failpoint("apply.drop.before-branch");
  try {
    await moveBranch(repo, branchRefOf(taskId), sha, null);
  } catch (error) {
    if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
  }
  failpoint("apply.drop.after-branch");
}
