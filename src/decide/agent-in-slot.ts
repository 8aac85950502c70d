import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";
import { type AgentChoice, agentChain, chooseAgent, type Doer } from "./choose-agent.ts";
import { takersOf } from "./slot-fit.ts";
import type { Starts } from "./starts.ts";

/**
 * Which agent of a claimed slot does this work. A person may have changed the pins, the persona or the profile since the slot was
 * given away. `after`: the run whose agent could not work here; null: none.
 */
export function agentInSlot(
  { task, doer, slotName, after }: { task: Task; doer: Doer; slotName: string; after: Session | null },
  { board, parked }: Starts,
): AgentChoice {
  const slot = board.settings.slots.find(({ name }) => name === slotName);
  if (slot === undefined) return { problem: `there is no slot ${slotName}` };
  const takers = takersOf(task, doer, board);
  if ("reason" in takers) return { problem: takers.reason };
  if (!takers.slots.includes(slot)) return { problem: `slot ${slot.name} does not take it any more` };
  const chain = agentChain(task, doer, slot, board);
  const choice = chooseAgent(chain, after, board, parked, slot);
  // At the end of the chain, and started all the same: from its beginning.
  return "problem" in choice && after !== null ? chooseAgent(chain, null, board, parked, slot) : choice;
}
