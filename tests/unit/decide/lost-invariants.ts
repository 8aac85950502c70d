import type { Decision, Edit, Effect } from "../../../src/decide/action.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";

/** What no decision about lost merges may ever do, checked without the code that decides. Empty: sound. */
export function lostViolations(snapshot: Snapshot, { actions }: Decision): string[] {
  const lost = [...snapshot.landed.lost.keys()].filter((id) => isUntold(id, snapshot));
  const inDone = lost.filter((id) => snapshot.tasks.some((it) => it.id === id && it.lane === "done"));
  const effects = actions.filter((it): it is Effect => it.kind !== "edit" && it.kind !== "commit");
  const edits = actions.filter((it): it is Edit => it.kind === "edit");
  return [
    ...effects.flatMap((it) => effectViolations(it, inDone, snapshot)),
    ...edits.flatMap((it) => startViolations(it, inDone, snapshot)),
  ];
}

function effectViolations(effect: Effect, lost: readonly string[], { landed, branches }: Snapshot): string[] {
  if (effect.kind === "drop-branch" && !landed.isNoted)
    return [`the branch of ${effect.taskId} is dropped before its merge is noted`];
  if (effect.kind === "note-base") return lost.map((id) => `the base is noted though the loss of ${id} is not told`);
  if (effect.kind === "restore-branch" && branches.get(effect.taskId)?.isHeld === true)
    return [`the branch of ${effect.taskId} is moved under who has it checked out`];
  if (effect.kind !== "merge") return [];
  const ids = [effect.taskId, ...(effect.batch ?? []).map(({ taskId }) => taskId)];
  return ids.filter((id) => lost.includes(id)).map((id) => `${id} is merged though its merge is lost`);
}

function startViolations({ intent, taskId, path }: Edit, lost: readonly string[], { tasks }: Snapshot): string[] {
  if (intent !== "assign" || !path.startsWith("board/planned/")) return [];
  const dependencies = tasks.find(({ id }) => id === taskId)?.task?.dependencies ?? [];
  return dependencies.filter((id) => lost.includes(id)).map((id) => `${taskId} rests upon ${id}, which is lost`);
}

// Another tip that was merged since makes it history, and a record of the loss says that it was told.
function isUntold(id: string, { sessions, landed }: Snapshot): boolean {
  const lost = landed.lost.get(id);
  return !(sessions.get(id) ?? []).some(
    (it) => it.step === "merge" && (it.verdict === "lost" || (it.verdict === "merged" && it.commitSha !== lost?.tip)),
  );
}
