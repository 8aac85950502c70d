import type { Effect } from "../../../src/decide/action.ts";
import { sessionOf } from "../../helpers/board-builder.ts";
import type { Fate, PretendRun, World } from "./pretend-world.ts";

type Merge = Extract<Effect, { kind: "merge" }>;

/** The tasks that a merge is about, the first of its batch first. */
export function mergedBy({ taskId, conflicts = 0, batch = [] }: Merge): NonNullable<Merge["batch"]> {
  return [{ taskId, conflicts, after: [] }, ...batch];
}

/** The tips that a run of a merge is about to bring into the base. */
export function tipsOf(world: World, effect: Effect): ReadonlyMap<string, string> {
  if (effect.kind !== "merge") return new Map();
  return new Map(mergedBy(effect).map(({ taskId }) => [taskId, world.branches.get(taskId)?.sha ?? ""]));
}

/**
 * What became of a merge that ended by itself: those that a person has taken away, or whose branch has moved, are left out; of
 * the rest all are merged, or those before the one that cannot be.
 */
export function endMerge(world: World, { launch, fate, tips, view }: PretendRun): void {
  if (launch.kind !== "merge") return;
  const here = new Set<string>();
  const members = mergedBy(launch).filter(({ taskId, after }) => {
    const isAccepted = [...world.files.values()].some((it) => it.id === taskId && it.lane === "done");
    const isSame = world.branches.get(taskId)?.sha === tips.get(taskId);
    const isHere = isAccepted && isSame && after.every((id) => here.has(id));
    if (isHere) here.add(taskId);
    return isHere;
  });
  // Of what waits, or is lost, only the first is told.
  const refusedAt =
    fate === "red" ? Math.floor(world.chance() * members.length) : fate === "merged" ? members.length : 0;
  for (const [index, { taskId, conflicts }] of members.entries()) {
    if (index > refusedAt) break;
    const branch = world.branches.get(taskId);
    const isMerged = index < refusedAt;
    if (branch !== undefined && isMerged) branch.isMerged = true;
    if (isMerged) world.landed.isNoted = false;
    const session = sessionOf(taskId, {
      step: "merge",
      attempt: [...world.files.values()].find(({ id }) => id === taskId)?.task.attempt ?? 1,
      startedAt: view.startedAt,
      finishedAt: world.now,
      commitSha: branch?.sha ?? null,
      reworks: conflicts,
      runId: view.runId,
      ...verdictOf(isMerged ? "merged" : fate),
    });
    world.sessions.set(session.path, session);
  }
}

function verdictOf(fate: Fate) {
  if (fate === "red") return { state: "failed", failure: "checks", verdict: "checks-failed", reason: "red" } as const;
  return { state: "done", failure: null, verdict: fate, reason: fate } as const;
}
