import { existsSync } from "node:fs";
import { failpoint } from "../files/failpoint.ts";
import { moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { findPath } from "../git/objects.ts";
import { preserveWorktree } from "../git/preserve.ts";
import { preserve, preservedPrefix } from "../git/preserve-ref.ts";
import { listRefs } from "../git/ref-list.ts";
import { commitWorktree, freeWorktree, listWorktrees, removeWorktree } from "../git/worktrees.ts";
import type { RunFacts } from "./run-facts.ts";
import { madeBySetup } from "./setup-files.ts";
import { removeCopies } from "./worktree-files.ts";
import { excludedFolders, type World } from "./world.ts";

/** What became of the work of a run. */
export type SavedWork = {
  /** The commit that the session speaks of: tip of the task's branch, or of what was set aside. */
  tip: string | null;
  /** Refs that keep what was set aside. */
  preserved: readonly string[];
  /** Files that the agent had left uncommitted. */
  leftovers: readonly string[];
  putBack: { from: string; to: string } | null;
};

/** `leave`: full paths in the worktree that are kept elsewhere. */
export type HowToSave = { message: string; leave?: readonly string[] };

/** Commits to the branch of the run what its agent left uncommitted. */
export async function keepWork(world: World, facts: RunFacts, { message, leave = [] }: HowToSave): Promise<SavedWork> {
  const before = await resolveRef(world.codeRepo, facts.branch);
  await removeOwnCopies(world, facts, before);
  failpoint("apply.work.before-commit");
  // Whoever deleted the branch, the task goes on with one.
  const commit =
    existsSync(facts.worktree) || before === null
      ? await commitWorktree(world.codeRepo, {
          path: facts.worktree,
          branch: facts.branch.replace(/^refs\/heads\//, ""),
          message,
          startSha: facts.startSha,
          id: facts.taskId,
          exclude: excludedFolders(world),
          leave: [...madeBySetup(world, facts.worktree), ...below(facts.worktree, leave)],
        })
      : null;
  failpoint("apply.work.after-commit");
  const tip = await resolveRef(world.codeRepo, facts.branch);
  return { tip, preserved: commit?.preserved ?? [], leftovers: commit?.files ?? [], putBack: null };
}

/** Keeps the work of a failed run on a ref, uncommitted files included. The branch is put back by `putBranchBack`. */
export async function setWorkAside(
  world: World,
  facts: RunFacts,
  { message, leave = [] }: HowToSave,
): Promise<SavedWork> {
  const tip = await resolveRef(world.codeRepo, facts.branch);
  await removeOwnCopies(world, facts, tip);
  const preserved: string[] = [];
  const before = listRefs(world.codeRepo, preservedPrefix(facts.taskId));
  failpoint("apply.work.before-preserve");
  if (existsSync(facts.worktree)) {
    const ref = await preserveWorktree(world.codeRepo, {
      id: facts.taskId,
      path: facts.worktree,
      message,
      since: facts.startSha,
      leave: [...madeBySetup(world, facts.worktree), ...below(facts.worktree, leave)],
    });
    if (ref !== null) preserved.push(ref);
  }
  if (tip !== null && tip !== facts.startSha) {
    preserved.push(await preserve(world.codeRepo, { id: facts.taskId, sha: tip }));
  }
  // Commits that its agent had left behind on the way were kept, too.
  for (const ref of listRefs(world.codeRepo, preservedPrefix(facts.taskId)).keys()) {
    if (!before.has(ref)) preserved.push(ref);
  }
  failpoint("apply.work.after-preserve");
  const [newest] = preserved;
  return {
    tip: newest === undefined ? facts.startSha : await resolveRef(world.codeRepo, newest),
    preserved: [...new Set(preserved)],
    leftovers: [],
    putBack: { from: tip ?? facts.startSha, to: facts.startSha },
  };
}

function below(folder: string, paths: readonly string[]): string[] {
  return paths.filter((it) => it.startsWith(`${folder}/`)).map((it) => it.slice(folder.length + 1));
}

/** Frees the worktree and moves the branch back to where the run began. Everything must have been set aside before. */
export async function putBranchBack(
  world: World,
  facts: RunFacts,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await freeOwn(world, facts);
  failpoint("apply.work.before-put-back");
  const now = await resolveRef(world.codeRepo, facts.branch);
  // Somebody who moved it since then wants it there.
  if (now === null || now === from) await moveBranch(world.codeRepo, facts.branch, now, to);
  failpoint("apply.work.after-put-back");
}

// The record of the run keeps the worktree from everybody else until the very end, whatever its agent checked out there.
async function freeOwn(world: World, { worktree, startSha }: RunFacts): Promise<void> {
  const known = (await listWorktrees(world.codeRepo)).find(({ path }) => path === worktree);
  if (known === undefined) return;
  if (existsSync(worktree))
    await freeWorktree(world.codeRepo, { path: worktree, exclude: excludedFolders(world), sha: startSha });
  else await removeWorktree(world.codeRepo, worktree);
}

/** Takes away the copied files that are no work: as they were copied, and not known to git. */
export async function removeOwnCopies(
  world: World,
  { worktree, copied }: Pick<RunFacts, "worktree" | "copied">,
  tip: string | null,
): Promise<void> {
  const tracked = new Set<string>();
  for (const { path } of copied) {
    if (tip !== null && (await findPath(world.codeRepo, tip, path)) !== null) tracked.add(path);
  }
  removeCopies(world, worktree, copied, tracked);
}
