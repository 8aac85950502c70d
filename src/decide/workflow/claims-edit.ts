import { branchOf } from "../../board/branch.ts";
import { type Claim, formatClaims } from "../../board/claim.ts";
import type { Task } from "../../board/task.ts";
import type { Edit } from "../action.ts";
import type { EditableView } from "../board-index.ts";
import { spentWith } from "../budgets.ts";
import { costTrailerOf } from "../cost-trailer.ts";
import { editOf } from "../edit-of.ts";
import { costOfClaims, sessionsOfClaims } from "./claim-costs.ts";
import { findNode } from "./node.ts";
import type { TaskSteps } from "./task-steps.ts";

/**
 * Changes which steps of a task have a slot. What the runs behind the claims that go have cost enters `spent_usd` in this same
 * edit, so it is counted once however often the world is looked at.
 */
export function claimsEdit(
  steps: TaskSteps & { view: EditableView },
  next: readonly Claim[],
  blocked: string | null,
): Edit | null {
  const { view, claims, graph } = steps;
  const added = next.filter((it) => !claims.some((known) => isSame(known, it)));
  const removed = claims.filter((it) => !next.some((kept) => isSame(kept, it)));
  const nodes = added.flatMap(({ step }) => findNode(graph, step) ?? []);
  const isBranched = nodes.some(({ mutates, cycle }) => mutates && cycle === null);
  const cycles = nodes.flatMap(({ cycle }) => cycle?.index ?? []);
  return editOf(view, {
    intent: added.length > 0 ? "assign" : "requeue",
    toLane: "doing",
    set: [
      ["assigned", formatClaims(next)],
      // In this very edit, so that no number is ever given twice.
      ...(cycles.length > 0 ? [["cycle", Math.max(view.task.cycle ?? 0, ...cycles.map((it) => it + 1))] as const] : []),
      ...(isBranched ? [["branch", branchOf(view.id)] as const] : []),
      ["spent_usd", spentWithout(steps, removed)],
      ["blocked", blocked],
      ["stale", null],
    ],
    subject: subjectOf(view.id, added, removed),
    trailers: [
      ...added.map(({ slot }) => ["Slot", slot] as const),
      ...costTrailerOf(sessionsOfClaims([...steps.records.values()], removed)),
    ],
  });
}

/** What the task has cost once these claims are gone; null: nothing that is known. */
function spentWithout({ view, records }: TaskSteps, removed: readonly Claim[]): Task["spentUsd"] {
  if (removed.length === 0) return view.task.spentUsd;
  return spentWith(view.task.spentUsd, costOfClaims([...records.values()], removed));
}

function subjectOf(id: string, added: readonly Claim[], removed: readonly Claim[]): string {
  if (added.length > 0) return `Assign ${id}: ${added.map(({ step, slot }) => `${step} to slot ${slot}`).join(", ")}`;
  return `Take ${id} from slot ${removed.map(({ slot }) => slot).join(", ")}`;
}

function isSame(a: Claim, b: Claim): boolean {
  return a.step === b.step && a.attempt === b.attempt && a.slot === b.slot;
}
