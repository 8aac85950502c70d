import { existsSync, lstatSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import { distrustAll } from "../git/reset-files.ts";
import { findStrays } from "../git/stray-folders.ts";
import { isRefFileWhole } from "../git/whole.ts";
import { findRegistration, openWorktree } from "../git/worktree-admin.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { keepAside, noteMended } from "./mended.ts";
import { isLooking, type RunFacts } from "./run-facts.ts";
import { worktreesOfRuns } from "./take-worktree.ts";
import type { World } from "./world.ts";

const HEAD_OF_NOBODY = "refs/heads/kanband-lost";

/**
 * Puts in order how a run's worktree and git find each other, before its work is looked for: the pointer file, its HEAD, its
 * registration. Each is noted with the run.
 */
export async function mendOwnWorktree(world: World, run: RunRecord, facts: RunFacts): Promise<void> {
  const { worktree, branch, startSha } = facts;
  if (!existsSync(worktree)) return;
  const { codeRepo } = world;
  await codeRepo.worktreeMutex(async () => {
    const known = findRegistration(codeRepo, worktree);
    const pointer = join(worktree, ".git");
    const harm = harmOf(pointer, known === null ? null : `gitdir: ${known.gitDir}\n`);
    if (harm !== null) noteMended(run.runDir, keepAside(world, run.runId, { what: harm, path: pointer }));
    const head = known === null ? null : join(known.gitDir, "HEAD");
    if (head !== null && !isRefFileWhole(textOf(head))) {
      noteMended(run.runDir, "broke HEAD of its worktree");
      writeFileDurably(head, isLooking(facts) ? `${startSha}\n` : `ref: ${branch}\n`);
    }
    if (harm === null) return;
    const { gitDir } = openWorktree(codeRepo, worktree, isLooking(facts) ? HEAD_OF_NOBODY : branch);
    if (isLooking(facts)) writeFileDurably(join(gitDir, "HEAD"), `${startSha}\n`);
  });
}

/**
 * What a run left among the worktrees of others: folders that belong to nobody are kept elsewhere and removed, and what is
 * free is cleaned before it is used again.
 */
export async function clearPool(world: World, run: RunRecord, { startedAt }: RunFacts): Promise<void> {
  distrustAll();
  const inUse = worktreesOfRuns(world);
  for (const path of await findStrays(world.codeRepo, world.worktreesDir, startedAt)) {
    if (inUse.has(path)) continue;
    const what = "left something among the worktrees";
    noteMended(run.runDir, keepAside(world, run.runId, { what, path }));
    rmSync(path, { recursive: true, force: true });
  }
}

function harmOf(pointer: string, wanted: string | null): string | null {
  const stat = lstatSync(pointer, { throwIfNoEntry: false });
  if (stat === undefined) return "removed .git of its worktree";
  if (!stat.isFile()) return "put something else in place of .git of its worktree";
  if (wanted === null) return "took its worktree from the list of git";
  return textOf(pointer) === wanted ? null : "changed .git of its worktree";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
