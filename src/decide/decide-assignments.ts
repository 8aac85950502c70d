import { branchOf } from "../board/branch.ts";
import type { SlotSettings } from "../config/settings.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, type EditableView, isEditable, type ReadableView } from "./board-index.ts";
import { spentAfter, spentBefore, taskBudgetReason } from "./budgets.ts";
import { nextAttempt } from "./chain.ts";
import { editOf } from "./edit-of.ts";
import { historyOf } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, lookAgain, type Plan } from "./plan.ts";
import { inQueueOrder } from "./queue.ts";
import { failedBefore, retryAt } from "./retry.ts";
import { type SlotFits, slotFits } from "./slot-fit.ts";
import { describeHolders, freeSlots, type SlotHolders } from "./slots.ts";
import type { TaskView } from "./snapshot.ts";
import type { Starts } from "./starts.ts";
import type { Step } from "./steps-of.ts";
import { startOf } from "./why-not-start.ts";
import { type WipRoom, wipRoom } from "./wip.ts";

type Candidate = { view: EditableView; step: Step };

type Desk = { starts: Starts; wip: WipRoom; fits: SlotFits };

/** Gives waiting tasks to free slots, and says of every other why it waits. */
export function decideAssignments(starts: Starts, plan: Plan): void {
  const { board } = starts;
  const desk: Desk = { starts, wip: wipRoom(board), fits: slotFits(board, starts.parked) };
  const candidates = candidatesOf(desk, plan);
  if (candidates.length > 0) {
    for (const { until } of starts.parked.values()) lookAgain(plan, board.now, until);
  }
  let freeCount = freeSlots(board, starts.holders).length;
  if (isOrderUnknown(candidates, freeCount, board)) {
    for (const { view } of candidates) addReason(plan, view.id, "since when it waits is being looked up");
    lookAgain(plan, board.now, board.now + AGES_MS);
    return;
  }
  if (freeCount > 0) {
    for (const candidate of inQueueOrder(candidates)) {
      const found = slotFor(candidate, desk);
      if (!("slot" in found)) continue;
      assign(candidate, found.slot, desk, plan);
      freeCount -= 1;
      if (freeCount === 0) break;
    }
  }
  // Said only now: who holds a slot is known once all are given away.
  const said = new Map<readonly SlotSettings[], string>();
  for (const candidate of candidates) {
    if (plan.edits.has(candidate.view.id)) continue;
    const found = slotFor(candidate, desk);
    if ("reason" in found) addReason(plan, candidate.view.id, found.reason);
    if (!("held" in found)) continue;
    const line = said.get(found.held) ?? noFreeSlot(candidate.view.task.slot, found.held, starts.holders);
    said.set(found.held, line);
    addReason(plan, candidate.view.id, line);
  }
}

/** Git answers in a few hundred ms at most, and nobody is woken by it. */
const AGES_MS = 50;

// At the start of a daemon, more wait than there is room for, and who came first is not known yet.
function isOrderUnknown(candidates: readonly Candidate[], freeCount: number, { snapshot }: ActiveBoard): boolean {
  if (snapshot.areAgesKnown || candidates.length <= freeCount || freeCount === 0) return false;
  return candidates.some(({ view }) => view.enteredAt === null);
}

function candidatesOf({ starts }: Desk, plan: Plan): Candidate[] {
  const candidates: Candidate[] = [];
  for (const lane of ["doing", "planned"] as const) {
    for (const view of starts.board.byLane[lane]) {
      const candidate = candidateOf(view, starts, plan);
      if (candidate !== null) candidates.push(candidate);
    }
  }
  return candidates;
}

/** The task if it may be given to a slot at all; else its reason is noted. */
function candidateOf(view: TaskView, starts: Starts, plan: Plan): Candidate | null {
  const { board } = starts;
  // Claims, live runs, edits under way and files that cannot be edited are looked after elsewhere.
  if (!isEditable(board, view) || board.runs.has(view.id) || plan.edits.has(view.id)) return null;
  if (view.lane === "doing" && view.task.assigned !== null) return null;
  const next = starts.stopped === null ? startOf(view, starts) : { reason: starts.stopped.line };
  if ("reason" in next) {
    addReason(plan, view.id, next.reason);
    lookAgain(plan, board.now, starts.stopped?.until ?? null);
    return null;
  }
  if (isRetryWaiting(view, starts, plan)) return null;
  const budget = taskBudgetReason(view.task, spentAfter(view, board), board);
  if (budget === null) return { view, step: next.step };
  if (view.lane === "doing") addEdit(plan, blockEdit(view, board, budget));
  addReason(plan, view.id, budget);
  return null;
}

function isRetryWaiting(view: ReadableView, { board }: Starts, plan: Plan): boolean {
  const failed = view.lane === "doing" ? failedBefore(view.task, historyOf(board, view.id)) : null;
  if (failed === null) return false;
  const at = retryAt(failed, board.settings);
  if (board.now >= at) return false;
  lookAgain(plan, board.now, at);
  const count = `retry ${failed.retries + 1} of ${board.settings.retry.limit}`;
  addReason(plan, view.id, oneLine(`${count} at ${formatSecond(at)}: ${failed.reason ?? "the agent failed"}`));
  return true;
}

function slotFor(
  { view, step }: Candidate,
  { starts, wip, fits }: Desk,
): { slot: SlotSettings } | { held: readonly SlotSettings[] } | { reason: string } {
  const fit = fits(view.task, step.persona);
  if ("reason" in fit) return fit;
  const full = wip.reason(view.lane === "doing");
  if (full !== null) return { reason: full };
  const slot = fit.slots.find(({ name }) => !starts.holders.has(name));
  if (slot === undefined) return { held: fit.slots };
  const reason = starts.overlap.reason(view.task);
  return reason === null ? { slot } : { reason };
}

function noFreeSlot(pin: string | null, slots: readonly SlotSettings[], holders: SlotHolders): string {
  const who = describeHolders(slots, holders);
  return oneLine(pin === null ? `no free slot: ${who}` : `pinned to slot ${pin}: ${who}`);
}

function assign({ view, step }: Candidate, slot: SlotSettings, { starts, wip }: Desk, plan: Plan): void {
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
        ["spent_usd", spentBefore(view, attempt, board)],
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
  starts.overlap.add(view.task);
  wip.take(view.id, view.lane === "doing");
}
