import type { Task } from "../board/task.ts";
import type { SlotSettings } from "../config/settings.ts";
import type { ActiveBoard } from "./board-index.ts";
import { agentChain, chooseAgent, type Doer, type ParkedAgents } from "./choose-agent.ts";
import { oneLine } from "./one-line.ts";

/** The slots whose profile suits a task, free or not; or why none does. */
export type SlotFit = { slots: readonly SlotSettings[] } | { reason: string };

/** Answers which slots suit a task. Tasks with the same pins and persona share one answer. */
export type SlotFits = (task: Task, doer: Doer) => SlotFit;

/** Prepares the answers for a board. */
export function slotFits(board: ActiveBoard, parked: ParkedAgents): SlotFits {
  const known = new Map<string, Map<string, SlotFit>>();
  return (task, doer) => {
    const pins = task.slot === null && task.agent === null && !isLong(task) ? "" : pinsOf(task);
    const key = doer.agent === null ? (doer.id ?? "") : `${doer.id ?? ""}\n${doer.agent}`;
    const ofPins = known.get(pins) ?? new Map<string, SlotFit>();
    const fit = ofPins.get(key) ?? fitOf(task, doer, board, parked);
    known.set(pins, ofPins.set(key, fit));
    return fit;
  };
}

function pinsOf(task: Task): string {
  return `${task.slot ?? ""}\n${task.agent ?? ""}\n${isLong(task)}`;
}

/** The slots whose profile takes a task with this persona, whatever becomes of their agents; or why none does. */
export function takersOf(task: Task, doer: Doer, board: ActiveBoard): SlotFit {
  // Hours of work must not take a place where minutes are meant, nor the other way round.
  const hasLong = board.settings.slots.some(({ long }) => long);
  const pinned = board.settings.slots.filter(({ name }) => task.slot === null || name === task.slot);
  const timed = pinned.filter(({ long }) => !hasLong || long === isLong(task));
  const takers = timed.filter(({ personas }) => personas === null || (doer.id !== null && personas.includes(doer.id)));
  if (board.settings.slots.length === 0) return { reason: "the settings name no slot" };
  if (pinned.length > 0 && timed.length === 0) return { reason: wrongTime(task) };
  return takers.length === 0 ? { reason: noTaker(task, doer) } : { slots: takers };
}

function fitOf(task: Task, doer: Doer, board: ActiveBoard, parked: ParkedAgents): SlotFit {
  const takers = takersOf(task, doer, board);
  if ("reason" in takers) return takers;
  const problems = new Set<string>();
  const slots = takers.slots.filter((slot) => {
    const chain = agentChain(task, doer, slot, board);
    if (chain.length === 0) {
      problems.add(`pinned to agent ${task.agent ?? ""}, which slot ${slot.name} does not list`);
      return false;
    }
    const choice = chooseAgent(chain, null, board, parked, slot);
    if ("agent" in choice) return true;
    problems.add(choice.problem);
    return false;
  });
  return slots.length > 0 ? { slots } : { reason: oneLine([...problems].join("; ")) };
}

function noTaker(task: Task, doer: Doer): string {
  if (task.slot !== null) return `pinned to slot ${task.slot}, which does not take ${nameOf(doer)}`;
  return `no slot takes ${nameOf(doer)}`;
}

function nameOf({ id }: Doer): string {
  return id === null ? "steps without a persona" : `persona ${id}`;
}

function wrongTime(task: Task): string {
  const where = task.slot === null ? "every slot" : `pinned to slot ${task.slot}, which`;
  return isLong(task)
    ? `${where} takes only tasks with a time limit, and this one has \`timeout: none\``
    : `${where} takes only tasks with \`timeout: none\``;
}

function isLong({ timeoutMs }: Task): boolean {
  return timeoutMs === "none";
}
