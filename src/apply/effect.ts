import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { check } from "./check.ts";
import { collect } from "./collect.ts";
import { dropBranch } from "./drop-branch.ts";
import { forgetLoss } from "./forget-loss.ts";
import { launch } from "./launch.ts";
import { merge } from "./merge.ts";
import { noteBase } from "./note-base.ts";
import { pickBranch } from "./pick-branch.ts";
import { release } from "./release.ts";
import { restack } from "./restack.ts";
import { restoreBranch } from "./restore-branch.ts";
import { stop } from "./stop.ts";
import { takeWorktree, warmWorktree } from "./take-worktree.ts";
import type { World } from "./world.ts";

/**
 * Carries out one effect. Each may be done again after a crash at any instant: it finds how far it came and goes on. Throws when
 * it could not; nothing is lost then, and the next snapshot shows what is left to do.
 */
export async function applyEffect(world: World, effect: Effect, snapshot: Snapshot): Promise<void> {
  switch (effect.kind) {
    case "prepare":
      await takeWorktree(world, snapshot, effect.taskId);
      return;
    case "launch":
      return await launch(world, effect, snapshot);
    case "check":
      return await check(world, effect, snapshot);
    case "stop":
      return await stop(world, effect);
    case "collect":
      return await collect(world, effect, snapshot);
    case "merge":
      return await merge(world, effect, snapshot);
    case "restack":
      return await restack(world, effect, snapshot);
    case "restore-branch":
      return await restoreBranch(world, effect, snapshot);
    case "forget-loss":
      return await forgetLoss(world, effect, snapshot);
    case "note-base":
      return await noteBase(world, effect);
    case "drop-branch":
      return await dropBranch(world, effect, snapshot);
    case "pick":
      return await pickBranch(world, effect);
    case "release":
      return await release(world, effect, snapshot);
    case "warm":
      if (snapshot.repo.baseSha !== null) await warmWorktree(world, effect.worktree, snapshot.repo.baseSha);
  }
}
