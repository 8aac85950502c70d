import { branchOf } from "../board/branch.ts";
import type { SlotSettings } from "../config/settings.ts";
import { blockEdit } from "./block.ts";
import { type EditableView, isEditable, type ReadableView } from "./board-index.ts";
import { spentAfter, taskBudgetReason } from "./budgets.ts";
import { nextAttempt } from "./chain.ts";
import { editOf } from "./edit-of.ts";
import { historyOf } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { type OverlapSearch, overlapSearch } from "./overlap.ts";
import { addEdit, addReason, lookAgain, type Plan } from "./plan.ts";
import { inQueueOrder } from "./queue.ts";
import { retryAt } from "./retry.ts";
import { type SlotFits, slotFits } from "./slot-fit.ts";
import { describeHolders, freeSlots } from "./slots.ts";
import type { TaskView } from "./snapshot.ts";
import type { Starts } from "./starts.ts";
import type { Step } from "./steps-of.ts";
import { startOf } from "./why-not-start.ts";
import { type WipRoom, wipRoom } from "./wip.ts";

type Candidate = { view: EditableView; step: Step };

type Desk = { starts: Starts; overlap: OverlapSearch; wip: WipRoom; fits: SlotFits };

/** Gives waiting tasks to free slots, and says of every other why it waits. */
export function decideAssignments(starts: Starts, plan: Plan): void {
  const { board } = starts;
  const desk: Desk = { starts, overlap: overlapOf(starts), wip: wipRoom(board), fits: slotFits(board, starts.parked) };
  const candidates = [...board.byLane.doing, ...board.byLane.planned].flatMap((it) => candidateOf(it, desk, plan));
  let freeCount = freeSlots(board, starts.holders).length;
  const left = freeCount === 0 ? candidates : inQueueOrder(candidates);
  for (const candidate of left) {
    const found = freeCount === 0 ? null : slotFor(candidate, desk);
    if (found === null || "reason" in found) continue;
    assign(candidate, found.slot, desk, plan);
    freeCount -= 1;
  }
  // Said only now: who holds a slot is known once all are given away.
  for (const candidate of left) {
    const found = plan.edits.has(candidate.view.id) ? null : slotFor(candidate, desk);
    if (found !== null && "reason" in found) addReason(plan, candidate.view.id, found.reason);
  }
}

/** The task if it may be given to a slot at all; else its reason is noted. */
function candidateOf(view: TaskView, { starts }: Desk, plan: Plan): Candidate[] {
  const { board } = starts;
  // Claims, live runs, edits under way and files that cannot be edited are looked after elsewhere.
  if (!isEditable(board, view) || board.runs.has(view.id) || plan.edits.has(view.id)) return [];
  if (view.lane === "doing" && view.task.assigned !== null) return [];
  const next = starts.stopped === null ? startOf(view, starts) : { reason: starts.stopped.line };
  if ("reason" in next) {
    addReason(plan, view.id, next.reason);
    lookAgain(plan, board.now, starts.stopped?.until ?? null);
    return [];
  }
  if (isRetryWaiting(view, starts, plan)) return [];
  const budget = taskBudgetReason(view.task, spentAfter(view, board), board);
  if (budget === null) return [{ view, step: next.step }];
  if (view.lane === "doing") addEdit(plan, blockEdit(view, board, budget));
  addReason(plan, view.id, budget);
  return [];
}

function isRetryWaiting(view: ReadableView, { board }: Starts, plan: Plan): boolean {
  const { task } = view;
  if (view.lane !== "doing" || task.blocked !== null || task.attempt === null) return false;
  const failed = historyOf(board, view.id).step;
  if (failed === null || failed.state !== "failed" || failed.attempt !== task.attempt) return false;
  const at = retryAt(failed, board.settings);
  if (board.now >= at) return false;
  lookAgain(plan, board.now, at);
  const count = `retry ${failed.retries + 1} of ${board.settings.retry.limit}`;
  addReason(plan, view.id, `${count} at ${formatSecond(at)}: ${failed.reason ?? "the agent failed"}`);
  return true;
}

function slotFor(
  { view, step }: Candidate,
  { starts, overlap, wip, fits }: Desk,
): { slot: SlotSettings } | { reason: string } {
  const fit = fits(view.task, step.persona);
  if ("reason" in fit) return fit;
  const full = wip.reason(view.lane === "doing") ?? overlap.reason(view.task);
  if (full !== null) return { reason: full };
  const slot = fit.slots.find(({ name }) => !starts.holders.has(name));
  if (slot !== undefined) return { slot };
  const holders = describeHolders(fit.slots, starts.holders);
  return {
    reason: view.task.slot === null ? `no free slot: ${holders}` : `pinned to slot ${view.task.slot}: ${holders}`,
  };
}

function assign({ view, step }: Candidate, slot: SlotSettings, { starts, overlap, wip }: Desk, plan: Plan): void {
  const { board, holders } = starts;
  const attempt = nextAttempt(view.task, historyOf(board, view.id), board.settings);
  addEdit(
    plan,
    editOf(view, {
      intent: "assign",
      toLane: "doing",
      set: [
        ["assigned", slot.name],
        ["branch", branchOf(view.id)],
        ["attempt", attempt],
        ["spent_usd", spentAfter(view, board)],
        ["blocked", null],
        ["stale", null],
      ],
      subject: `Assign ${view.id} to slot ${slot.name}`,
      trailers: [
        ["Persona", step.persona.id],
        ["Slot", slot.name],
      ],
    }),
  );
  plan.effects.push({ kind: "prepare", taskId: view.id, slot: slot.name });
  addReason(plan, view.id, `assigned to slot ${slot.name}: starts once the claim is committed`);
  holders.set(slot.name, view.id);
  overlap.add(view.task);
  wip.take(view.id, view.lane === "doing");
}

function overlapOf({ board, holders }: Starts): OverlapSearch {
  const search = overlapSearch();
  for (const id of [...new Set([...holders.values(), ...board.runs.keys()])].toSorted()) {
    for (const { task } of board.views.get(id) ?? []) if (task !== null) search.add(task);
  }
  return search;
}
