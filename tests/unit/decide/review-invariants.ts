import { REVIEW_STEP, reviewClaimOf } from "../../../src/board/review-claim.ts";
import type { Session } from "../../../src/board/session.ts";
import type { Decision, Edit, Effect } from "../../../src/decide/action.ts";
import type { Snapshot, TaskView } from "../../../src/decide/snapshot.ts";

/** What no decision about reviews may ever do, checked without the code that decides. Empty: sound. */
export function reviewViolations(snapshot: Snapshot, { actions }: Decision): string[] {
  const edits = actions.filter((it): it is Edit => it.kind === "edit");
  return [
    ...edits.flatMap((it) => editViolations(it, snapshot)),
    ...actions.flatMap((it) => (it.kind === "edit" || it.kind === "commit" ? [] : effectViolations(it, snapshot))),
  ];
}

function editViolations(edit: Edit, snapshot: Snapshot): string[] {
  const view = snapshot.tasks.find(({ path }) => path === edit.path);
  const id = edit.taskId ?? "";
  if (view === undefined || view.lane !== "for_review" || edit.intent === "request") return [];
  const found: string[] = [];
  if (edit.toLane === "done" && snapshot.branches.has(id)) found.push(`${id} is accepted by no person`);
  // Also what stands on others goes back, to be checked on what they are now.
  const isRestacked = (snapshot.sessions.get(id) ?? []).some(({ step }) => step === "restack");
  const isBack = !isRestacked && (edit.toLane === "doing" || edit.toLane === "blocked");
  if (isBack && !recordsOf(view, snapshot).some((it) => it.verdict === "must-fix" && isOfTip(it, snapshot)))
    found.push(`${id} is sent back by no review of its tip`);
  if (isBack && reviewClaimOf(view.task?.assigned ?? null) === null) found.push(`${id} is sent back twice`);
  if (edit.intent === "assign") found.push(...dueViolations(view, snapshot));
  return found;
}

function effectViolations(effect: Effect, snapshot: Snapshot): string[] {
  if (effect.kind === "merge") {
    const isAccepted = snapshot.tasks.some(({ id, lane }) => id === effect.taskId && lane === "done");
    return isAccepted ? [] : [`${effect.taskId} is merged though nobody accepted it`];
  }
  if (effect.kind !== "launch" || effect.step !== REVIEW_STEP) return [];
  const view = snapshot.tasks.find(({ id }) => id === effect.taskId);
  const found = effect.work?.mutates === false ? [] : [`the review of ${effect.taskId} may change files`];
  return view === undefined ? found : [...found, ...dueViolations(view, snapshot)];
}

function dueViolations(view: TaskView, snapshot: Snapshot): string[] {
  const { id, task } = view;
  const found: string[] = [];
  if (recordsOf(view, snapshot).some((it) => isOfTip(it, snapshot))) found.push(`the tip of ${id} is reviewed again`);
  if ((task?.review ?? snapshot.settings?.review ?? "none") === "none") found.push(`${id} is reviewed unasked`);
  return found;
}

function recordsOf({ id }: TaskView, { sessions }: Snapshot): readonly Session[] {
  return (sessions.get(id) ?? []).filter(({ step, state }) => step === REVIEW_STEP && state === "done");
}

function isOfTip({ taskId, commitSha }: Session, { branches }: Snapshot): boolean {
  const tip = branches.get(taskId)?.sha;
  return tip === undefined || commitSha === tip;
}
