import { branchOf } from "../board/branch.ts";
import type { Edit } from "./action.ts";
import { afterRun, type NextMove } from "./after-run.ts";
import { blockEdit } from "./block.ts";
import { type EditableView, isEditable, isReadable, type ReadableView } from "./board-index.ts";
import { spentAfter, taskBudgetReason } from "./budgets.ts";
import { againEdit, forgetEdit, laterEdit, mendEdit, reviewEdit } from "./claim-edits.ts";
import { decideLaunch } from "./decide-launch.ts";
import { type History, historyOf } from "./history.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, lookAgain, type Plan } from "./plan.ts";
import type { Starts } from "./starts.ts";
import { workflowOf } from "./steps-of.ts";

type Claim = { view: ReadableView; history: History; attempt: number; starts: Starts; plan: Plan };

/** Takes each claimed task without a run one move further: launch, check, review, again, later, or blocked. */
export function decideClaims(starts: Starts, plan: Plan): void {
  const { board } = starts;
  for (const view of board.byLane.doing) {
    if (!isReadable(view) || view.task.assigned === null) continue;
    // What stands for several steps is looked after by `decideSteps`.
    const workflow = workflowOf(view.task, board);
    if (workflow !== null && !("problem" in workflow)) continue;
    if (board.runs.has(view.id) || board.jobs.has(view.id) || plan.edits.has(view.id)) continue;
    const claim: Claim = { view, history: historyOf(board, view.id), attempt: view.task.attempt ?? 1, starts, plan };
    if (!mendClaim(claim)) moveOn(claim);
  }
}

/** Mends a claim that is not what a start may rest upon. Answers whether there was anything to mend. */
function mendClaim(claim: Claim): boolean {
  const { view, history, starts } = claim;
  const { task, id } = view;
  const slot = task.assigned ?? "";
  const holder = starts.holders.get(slot);
  if (task.blocked !== null || task.attempt === null) {
    edit(claim, "queued again", (it) => forgetEdit(it, starts.board));
  } else if (!starts.board.settings.slots.some(({ name }) => name === slot)) {
    edit(claim, `slot ${slot} is not in the settings any more`, (it) => laterEdit(it, starts.board));
  } else if (holder !== id) {
    edit(claim, `slot ${slot} has ${holder ?? "nobody"}`, (it) => laterEdit(it, starts.board));
  } else if (task.attempt < Math.max(history.highest, 1) || task.branch !== branchOf(id)) {
    const attempt = Math.max(task.attempt, history.highest, 1);
    edit(claim, "its claim is put right", (it) => mendEdit(it, attempt));
  } else {
    return false;
  }
  return true;
}

function moveOn(claim: Claim): void {
  const { view, history, attempt, starts } = claim;
  const next = withinBudget(claim, afterRun(view, history, attempt, starts));
  switch (next.kind) {
    case "launch":
      return launch(claim);
    case "check":
      return check(claim);
    case "review":
      return edit(claim, `its checks are ${next.why ?? "clean"}: it goes to for_review/`, (it) =>
        reviewEdit(it, starts.board, next.why),
      );
    case "again":
      return edit(claim, `attempt ${attempt + 1} is next: ${next.why}`, (it) =>
        againEdit(it, starts.board, attempt, next.why),
      );
    case "later":
      return edit(claim, `gives up its slot: ${next.why}`, (it) => laterEdit(it, starts.board));
    case "block":
      return edit(claim, `goes to blocked/: ${next.reason}`, (it) => blockEdit(it, starts.board, next.reason));
  }
}

// A task whose money is gone is blocked now, rather than begun once more and blocked then.
function withinBudget({ view, starts }: Claim, next: NextMove): NextMove {
  if (next.kind !== "again" && next.kind !== "later") return next;
  const budget = taskBudgetReason(view.task, spentAfter(view, starts.board), starts.board);
  return budget === null ? next : { kind: "block", reason: `${budget}; ${next.why}` };
}

function launch(claim: Claim): void {
  const { view, history, attempt, starts, plan } = claim;
  const outcome = decideLaunch(view, history, attempt, starts);
  switch (outcome.kind) {
    case "launch":
      plan.effects.push(outcome.effect);
      return addReason(plan, view.id, `starting in slot ${outcome.effect.slot}`);
    case "wait":
      lookAgain(plan, starts.board.now, starts.stopped?.until ?? null);
      return addReason(plan, view.id, outcome.reason);
    case "later":
      return edit(claim, outcome.reason, (it) => laterEdit(it, starts.board));
    case "block":
      return edit(claim, outcome.reason, (it) => blockEdit(it, starts.board, outcome.reason));
  }
}

function check({ view, attempt, starts, plan }: Claim): void {
  if (starts.board.snapshot.isDraining) {
    return addReason(plan, view.id, "its run is over; the daemon was asked to start nothing new, so its checks wait");
  }
  plan.effects.push({ kind: "check", taskId: view.id, slot: view.task.assigned ?? "", attempt });
  addReason(plan, view.id, "its run is over; its checks are started");
}

function edit({ view, starts, plan }: Claim, line: string, make: (view: EditableView) => Edit | null): void {
  if (!isEditable(starts.board, view)) return;
  addEdit(plan, make(view));
  addReason(plan, view.id, oneLine(line));
}
