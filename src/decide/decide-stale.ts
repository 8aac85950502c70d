import { slotsOfAssigned } from "../board/claim.ts";
import { type ActiveBoard, type EditableView, isEditable, isLive, sessionsOf } from "./board-index.ts";
import { editOf } from "./edit-of.ts";
import { describeSilence, silenceOf } from "./evidence.ts";
import { historyOf } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { addEdit, lookAgain, type Plan } from "./plan.ts";
import { failedBefore } from "./retry.ts";
import type { TaskView } from "./snapshot.ts";

/** Since when nothing has happened to a task, and how to say so; `say` is null where not every signal was looked at. */
type Stillness = { since: number; say: (() => string) | null };

// Evidence is gathered by whoever looks once a run is silent for long enough.
const LOOK_CLOSER_MS = 1_000;

/** Flags tasks that nothing has happened to for too long, and takes the flag away when that is no longer so. */
export function decideStale(board: ActiveBoard, plan: Plan): void {
  // What is moved on in this very tick is not still.
  const moving = new Set(plan.effects.flatMap((it) => (it.kind === "warm" ? [] : (it.taskId ?? []))));
  for (const view of board.snapshot.tasks) {
    if (!isEditable(board, view) || plan.edits.has(view.id) || moving.has(view.id)) continue;
    // Who waits for a person's yes is as patient as what is blocked.
    const limitMs = board.settings.staleAfterMs[plan.atGate.has(view.id) ? "blocked" : view.lane];
    if (limitMs === undefined) setFlag(view, null, plan);
    else decideFlag(view, limitMs, board, plan);
  }
}

function decideFlag(view: EditableView, limitMs: number, board: ActiveBoard, plan: Plan): void {
  const stillness = stillnessOf(view, board, plan);
  if (stillness === "unknown") return;
  if (stillness === "moved") return setFlag(view, null, plan);
  const at = stillness.since + limitMs;
  if (board.now < at) {
    lookAgain(plan, board.now, at);
    return setFlag(view, null, plan);
  }
  if (stillness.say !== null) return setFlag(view, view.task.stale ?? stillness.say(), plan);
  lookAgain(plan, board.now, board.now + LOOK_CLOSER_MS);
}

function stillnessOf(view: TaskView, board: ActiveBoard, plan: Plan): Stillness | "unknown" | "moved" {
  // A move that is not committed yet has only just happened.
  if (view.headPath !== null && view.headPath !== view.path) return "moved";
  if (view.lane === "doing") return stillnessInDoing(view, board, plan);
  if (view.lane === "done" && board.snapshot.branches.get(view.id)?.isMerged !== false) return "moved";
  if (view.enteredAt === null) return "unknown";
  const since = view.enteredAt;
  return { since, say: () => `in ${view.lane}/ since ${formatSecond(since)}` };
}

function stillnessInDoing(view: TaskView, board: ActiveBoard, plan: Plan): Stillness | "unknown" | "moved" {
  const runs = board.runs.get(view.id);
  if (runs !== undefined) {
    const run = runs.find(isLive);
    if (run === undefined) return "unknown";
    const { isKnown, since } = silenceOf(run);
    return { since, say: isKnown ? () => describeSilence(run) : null };
  }
  // What is to be tried again waits for its time or for a slot, and is not silent.
  if (plan.toRetry.has(view.id)) return "moved";
  const { task } = view;
  if (task?.attempt != null && failedBefore(task, historyOf(board, view.id)) !== null) return "moved";
  let newest = view.enteredAt;
  for (const { finishedAt } of sessionsOf(board, view.id)) {
    if (finishedAt !== null && (newest === null || finishedAt > newest)) newest = finishedAt;
  }
  if (newest === null) return "unknown";
  const since = Math.max(newest, 0);
  return { since, say: () => `${whatIsStill(view, plan)} since ${formatSecond(since)}` };
}

function whatIsStill({ id, task }: TaskView, plan: Plan): string {
  const slots = slotsOfAssigned(task?.assigned ?? null).join(", ");
  if (slots !== "") return `claimed by slot ${slots} and not started`;
  return plan.atGate.get(id) === "approval" ? "waits for a person's approval" : "in doing/ without a slot";
}

function setFlag(view: EditableView, line: string | null, plan: Plan): void {
  if (view.task.stale === line) return;
  const isNew = line !== null;
  addEdit(
    plan,
    editOf(view, {
      intent: "stale",
      set: [["stale", line]],
      subject: isNew ? `Flag ${view.id} as stale` : `Take the stale flag off ${view.id}`,
      notice: isNew ? { event: "stale", taskId: view.id, message: line } : null,
    }),
  );
}
