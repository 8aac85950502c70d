import { taskIdOfBranch } from "../board/branch.ts";
import { RUN_DOMAIN } from "../board/pool.ts";
import type { Task } from "../board/task.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { listBranches } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { logCommitters } from "../git/history.ts";
import { safePart } from "./run-id.ts";
import { heldTips } from "./start-commit.ts";
import { baseRefOf, branchRefOf, fullRef, type World } from "./world.ts";

/** The tasks of the board upon which a task does not build: neither does it name them, nor do those that it names. */
export function strangersOf({ tasks }: Pick<Snapshot, "tasks">, task: Task | null): string[] {
  const built = new Set<string>(task === null ? [] : [task.id]);
  for (const known of built) {
    const it = tasks.find(({ id, task: read }) => id === known || read?.aliases.includes(known));
    if (it === undefined) continue;
    for (const name of [it.id, it.task?.base ?? it.id, ...(it.task?.dependencies ?? [])]) built.add(name);
  }
  return tasks.map(({ id }) => id).filter((id) => !built.has(id));
}

/** `others`: the tasks whose commits it may not hold. */
type BranchFacts = {
  taskId: string;
  tip: string;
  branchedFrom: string | null;
  base: string | null;
  others: readonly string[];
};

/**
 * Those of the other tasks whose commits a branch holds, although they have a branch of their own and the base lacks them: merged
 * with this one they would come in without checks or acceptance. Whose a commit is its committer says, or the daemon that saved it.
 */
export async function foreignTasks(world: World, facts: BranchFacts): Promise<string[]> {
  const { taskId, tip, branchedFrom, base, others } = facts;
  const repo = world.codeRepo;
  const refs = [baseRefOf(world), ...(base === null ? [] : [branchRefOf(base), fullRef(base)])];
  const known = await Promise.all(refs.map((ref) => resolveRef(repo, ref)));
  const without = [...known, branchedFrom, ...heldTips(repo, taskId).values()].filter((sha) => sha !== null);
  const owners = new Set((await logCommitters(repo, { tip, without })).map(ownerOf));
  owners.delete(safePart(taskId));
  if (owners.size === 0) return [];
  const ids = [...(await listBranches(repo, "kanband/")).keys()].flatMap((name) => taskIdOfBranch(name) ?? []);
  return ids.filter((id) => owners.has(safePart(id)) && others.includes(id)).toSorted();
}

/** The task part of the run that made a commit; null: somebody else made it. */
export function ownerOf({ email, subject }: { email: string; subject: string }): string | null {
  if (email.endsWith(`@${RUN_DOMAIN}`)) return email.split(".", 1)[0] ?? null;
  const [, saved] = /^Save what .+ uncommitted on (.+)$/.exec(subject) ?? [];
  return saved === undefined ? null : safePart(saved);
}
