import { slotsOfAssigned } from "../board/claim.ts";
import { reviewClaimOf } from "../board/review-claim.ts";
import type { SlotSettings } from "../config/settings.ts";
import { type ActiveBoard, type Board, isUncollectable } from "./board-index.ts";
import { laneOfRun } from "./lane-of-run.ts";
import type { RunView, TaskView } from "./snapshot.ts";

/** Who holds each slot: at most one task a slot, and at most one slot a task that is waiting for its run. */
export type SlotHolders = Map<string, string>;

/**
 * Reads who holds which slot. A run holds its slot until it is collected, and so does a start under way, whatever the file says
 * by now: it may be gone, or the stale buffer of an editor. One that cannot be collected holds it until a person takes its task
 * away. Among files that claim the same slot the one with a job holds it, else the one that came first.
 */
export function slotHolders(board: Board): SlotHolders {
  const holders: SlotHolders = new Map();
  for (const run of board.snapshot.runs) {
    if (run.slot !== null && !holders.has(run.slot) && !isGivenUp(run, board)) holders.set(run.slot, run.taskId);
  }
  for (const { slot, taskId } of board.underWay) {
    if (slot !== null && taskId !== null && !holders.has(slot)) holders.set(slot, taskId);
  }
  const claims = new Map<string, TaskView>();
  for (const view of board.snapshot.tasks) {
    const assigned = view.task?.assigned ?? null;
    if (assigned === null || !(isClaimHere(view, assigned) || board.jobs.has(view.id))) continue;
    for (const slot of slotsOfAssigned(assigned)) {
      // The bare slot of a task with one step says nothing beside its run.
      if (holders.has(slot) || (slot === assigned && hasSlotOfRun(view, board))) continue;
      const known = claims.get(slot);
      if (known === undefined || isBefore(view, known, board)) claims.set(slot, view);
    }
  }
  for (const [slot, view] of claims) holders.set(slot, view.id);
  return holders;
}

/** Work is claimed in `doing/`, reviews in `for_review/`. What a person moved elsewhere with its claim claims nothing. */
function isClaimHere({ lane }: TaskView, assigned: string): boolean {
  return lane === "doing" || (lane === "for_review" && reviewClaimOf(assigned) !== null);
}

/** It is over and cannot be collected, and a person took its task away: nothing is left that would need the slot. */
function isGivenUp(run: RunView, board: Board): boolean {
  const home = laneOfRun(run);
  return isUncollectable(run, board) && board.views.get(run.taskId)?.some(({ lane }) => lane === home) !== true;
}

/** The slots nobody holds, in the order of the settings. */
export function freeSlots({ settings }: ActiveBoard, holders: SlotHolders): SlotSettings[] {
  return settings.slots.filter(({ name }) => !holders.has(name));
}

/** Who holds these slots, for people: `A has fix-login, B has add-users`. */
export function describeHolders(slots: readonly SlotSettings[], holders: SlotHolders): string {
  return slots.map(({ name }) => `${name} has ${holders.get(name) ?? "nobody"}`).join(", ");
}

function hasSlotOfRun({ id }: TaskView, board: Board): boolean {
  return board.runs.get(id)?.some(({ slot }) => slot !== null) ?? false;
}

function isBefore(view: TaskView, known: TaskView, board: Board): boolean {
  const hasJob = board.jobs.has(view.id);
  if (hasJob !== board.jobs.has(known.id)) return hasJob;
  const enteredAt = view.enteredAt ?? Number.POSITIVE_INFINITY;
  const knownAt = known.enteredAt ?? Number.POSITIVE_INFINITY;
  return enteredAt === knownAt ? view.id < known.id : enteredAt < knownAt;
}
