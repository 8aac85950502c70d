import { tasksNamed } from "../../../src/board/stack.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { sessionOf } from "../../helpers/board-builder.ts";
import type { World } from "./pretend-world.ts";

type Restack = Extract<Effect, { kind: "restack" }>;

/** The branch of a task that begins: on those of its lowers that are not merged, else on the base. */
export function beginBranch(world: World, taskId: string): void {
  if (world.branches.has(taskId)) return;
  const files = [...world.files.values()];
  const task = files.find(({ id }) => id === taskId)?.task;
  const names = task === undefined ? [] : [task.base ?? [], task.stack ? task.dependencies : []].flat();
  const stackedOn: Record<string, string> = {};
  for (const id of names.flatMap((it) => tasksNamed(it, files))) {
    const branch = world.branches.get(id);
    if (id !== taskId && branch !== undefined && !branch.isMerged) stackedOn[id] = branch.sha;
  }
  if (Object.keys(stackedOn).length === 0) world.branches.set(taskId, { sha: "base1", isMerged: true });
  else world.branches.set(taskId, { sha: `tip${++world.count}`, isMerged: false, stackedOn });
}

/** A branch follows the one below it; one time in four they conflict. */
export function restack(world: World, { taskId, lower, onto, conflicts, isForAgent, isRecheck }: Restack): void {
  const branch = world.branches.get(taskId);
  if (branch?.stackedOn?.[lower] === undefined || [...world.runs.values()].some(({ view }) => view.taskId === taskId))
    return;
  const isClean = world.chance() > 0.25;
  const isMoved = isClean || isForAgent;
  const sha = isMoved ? `tip${++world.count}` : branch.sha;
  const verdict = isClean ? (isRecheck ? "restacked" : "followed") : isForAgent ? "to-mend" : "conflict";
  const attempt = [...world.files.values()].find(({ id }) => id === taskId)?.task.attempt ?? 1;
  const path = `sessions/${taskId}/restack.md`;
  const facts = { path, attempt, verdict, reworks: conflicts, commitSha: sha, target: lower, args: [onto ?? "base"] };
  const times = { startedAt: world.now, finishedAt: world.now };
  world.sessions.set(path, sessionOf(taskId, { step: "restack", slot: null, runId: null, ...facts, ...times }));
  if (!isMoved) return;
  const { [lower]: _, ...others } = branch.stackedOn;
  const stackedOn = onto === null ? others : { ...others, [lower]: onto };
  const rest = { sha, isMerged: false };
  world.branches.set(taskId, Object.keys(stackedOn).length === 0 ? rest : { ...rest, stackedOn });
}
