import { branchOf } from "../board/branch.ts";
import type { Claim } from "../board/claim.ts";
import type { SlotSettings } from "../config/settings.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, type EditableView, isEditable, type ReadableView } from "./board-index.ts";
import { spentAfter, spentBefore, taskBudgetReason, withSpent } from "./budgets.ts";
import { nextAttempt } from "./chain.ts";
import { type Changer, changerOf } from "./changer.ts";
import { agentChain, type Doer } from "./choose-agent.ts";
import { waitsForPlanned } from "./dependencies.ts";
import { editOf } from "./edit-of.ts";
import { type Allowance, allowanceOf, giveOut } from "./given-out.ts";
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
import { type Step, workflowOf } from "./steps-of.ts";
import { startOf } from "./why-not-start.ts";
import { type WipRoom, wipRoom } from "./wip.ts";
import { decideSteps, editClaims, type OpenSteps } from "./workflow/decide-steps.ts";
import { doerOf } from "./workflow/doer.ts";
import type { Node } from "./workflow/node.ts";
import type { StepState } from "./workflow/situation.ts";

/** A step that may begin: the only one of its task, or one of several. */
type Candidate = { view: EditableView; doer: Doer; isAction: boolean; one: OneStep | StepOfMany };

type OneStep = { kind: "one"; step: Step };
type StepOfMany = { kind: "many"; node: Node; attempt: number; hasSlot: boolean };

type Desk = { starts: Starts; wip: WipRoom; fits: SlotFits; added: Map<string, Claim[]>; spent: Spent; full: Full };

/** Lists of slots none of which is free any more. */
type Full = Set<readonly SlotSettings[]>;

/** Slots of claims that go, by task: what goes on in the same edit may have them at once. */
type Spent = ReadonlyMap<string, Set<string>>;

/** Gives waiting tasks to free slots, and says of every other why it waits. */
export function decideAssignments(starts: Starts, plan: Plan): void {
  const { board } = starts;
  const open = decideSteps(starts, plan);
  const desk: Desk = {
    starts,
    wip: wipRoom(board, plan.atGate, (it) => waitsForPlanned(it, starts)),
    fits: slotFits(board, starts.parked),
    added: new Map(),
    spent: spentSlots(open, starts),
    full: new Set(),
  };
  const candidates = [...candidatesOf(desk, plan), ...open.flatMap((it) => stepCandidates(it, starts, plan))];
  giveSlots(candidates, desk, plan);
  editClaims(open, desk.added, starts, plan);
}

function spentSlots(open: readonly OpenSteps[], { holders }: Starts): Spent {
  const spent = new Map<string, Set<string>>();
  for (const { steps, kept } of open) {
    if (steps.claims.length === 0) continue;
    const own = steps.claims.filter((it) => !kept.includes(it) && holders.get(it.slot) === steps.view.id);
    if (own.length > 0) spent.set(steps.view.id, new Set(own.map(({ slot }) => slot)));
  }
  return spent;
}

function giveSlots(candidates: readonly Candidate[], desk: Desk, plan: Plan): void {
  const { starts } = desk;
  const { board } = starts;
  if (candidates.length > 0) {
    for (const { until } of starts.parked.values()) lookAgain(plan, board.now, until);
  }
  let freeCount =
    freeSlots(board, starts.holders).length + [...desk.spent.values()].reduce((sum, it) => sum + it.size, 0);
  if (isOrderUnknown(candidates, freeCount, board)) {
    for (const { view } of candidates) addReason(plan, view.id, "since when it waits is being looked up");
    lookAgain(plan, board.now, board.now + AGES_MS);
    return;
  }
  if (freeCount > 0) {
    // The numbers of cycles are given in order: where one finds no slot, those after it wait with it.
    const passedOver = new Set<string>();
    for (const candidate of inQueueOrder(candidates)) {
      const isNewCycle = candidate.one.kind === "many" && candidate.one.node.cycle?.isNew === true;
      const found = isNewCycle && passedOver.has(candidate.view.id) ? null : slotFor(candidate, desk);
      if (found === null || !("slot" in found)) {
        if (isNewCycle) passedOver.add(candidate.view.id);
        continue;
      }
      assign(candidate, found.slot, desk, plan);
      freeCount -= 1;
      if (freeCount === 0) break;
    }
  }
  // Said only now: who holds a slot is known once all are given away.
  const said = new Map<readonly SlotSettings[], string>();
  for (const candidate of candidates) {
    const { id } = candidate.view;
    if (plan.waiting.has(id) || plan.edits.has(id) || desk.added.has(id)) continue;
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

/** The steps of a task that may begin now; of those that change files one, since they share a branch, as cycles do not. */
function stepCandidates({ steps, kept }: OpenSteps, { board }: Starts, plan: Plan): Candidate[] {
  const { view, graph, states } = steps;
  if (!isEditable(board, view) || plan.edits.has(view.id)) return [];
  const open: Node[] = [];
  let isChanging = false;
  for (const node of graph.nodes) {
    const kind = states.get(node.id)?.kind;
    if (kind === "ready" || kind === "check") open.push(node);
    if (kind === "claimed" || kind === "check") isChanging ||= node.mutates;
  }
  // One whose last claim goes in this very edit counts against the limits all the same.
  const isClaimed = view.lane === "doing" && view.task.assigned !== null;
  const hasSlot = isClaimed || kept.length > 0 || board.runs.has(view.id);
  const found: Candidate[] = [];
  for (const node of open) {
    const state = states.get(node.id);
    const attempt = attemptToClaim(
      state,
      kept.some(({ step }) => step === node.id),
    );
    const isShared = node.mutates && node.cycle === null;
    if (attempt === null || (isShared && isChanging && state?.kind !== "check")) continue;
    if (isShared) isChanging = true;
    const isAction = node.step.action !== null;
    found.push({ view, doer: doerOf(node), isAction, one: { kind: "many", node, attempt, hasSlot } });
  }
  return found;
}

function attemptToClaim(state: StepState | undefined, isClaimed: boolean): number | null {
  if (state?.kind === "ready") return state.start.attempt;
  // Its claim is gone, and its checks want a slot all the same.
  return state?.kind === "check" && !isClaimed ? state.attempt : null;
}

/** The task if it may be given to a slot at all; else its reason is noted. */
function candidateOf(view: TaskView, starts: Starts, plan: Plan): Candidate | null {
  const { board } = starts;
  // Claims, live runs, edits under way and files that cannot be edited are looked after elsewhere.
  if (!isEditable(board, view) || board.runs.has(view.id) || plan.edits.has(view.id)) return null;
  if (view.lane === "doing" && view.task.assigned !== null) return null;
  const workflow = workflowOf(view.task, board);
  if (workflow !== null && !("problem" in workflow)) return null;
  const next = starts.stopped === null ? startOf(view, starts) : { reason: starts.stopped.line };
  if ("reason" in next) {
    addReason(plan, view.id, next.reason);
    lookAgain(plan, board.now, starts.stopped?.until ?? null);
    return null;
  }
  if (isRetryWaiting(view, starts, plan)) return null;
  const budget = taskBudgetReason(view.task, spentAfter(view, board), board);
  if (budget === null) {
    return { view, doer: next.step.persona, isAction: false, one: { kind: "one", step: next.step } };
  }
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
  { view, doer, isAction, one }: Candidate,
  desk: Desk,
): { slot: SlotSettings } | { held: readonly SlotSettings[] } | { reason: string } {
  const { starts, wip, fits, added } = desk;
  const fit = isAction ? { slots: starts.board.settings.slots } : fits(view.task, doer);
  if ("reason" in fit) return fit;
  const isCounted = one.kind === "many" && (one.hasSlot || added.has(view.id));
  const full = isCounted ? null : wip.reason(view.lane === "doing");
  if (full !== null) return { reason: full };
  const slot = freeSlotOf(fit.slots, desk.spent.get(view.id), desk);
  if (slot === undefined) return { held: fit.slots };
  const isReading = one.kind === "many" && !one.node.mutates;
  const reason = isReading ? null : starts.overlap.reason(changerIn(starts, view));
  if (reason !== null) return { reason };
  const allowance = isAction ? FREE : allowanceIn(slot, { view, doer }, starts);
  return "reason" in allowance ? allowance : { slot };
}

/** `own`: slots that this task gives up in the same edit. */
function freeSlotOf(
  slots: readonly SlotSettings[],
  own: ReadonlySet<string> | undefined,
  { starts, full }: Desk,
): SlotSettings | undefined {
  // Nobody gives a slot back while slots are given away.
  if (own === undefined && full.has(slots)) return undefined;
  const slot = slots.find(({ name }) => !starts.holders.has(name) || own?.has(name) === true);
  if (slot === undefined) full.add(slots);
  return slot;
}

// A command of the board costs nothing that anybody counts.
const FREE: Allowance = { capUsd: null };

function allowanceIn(slot: SlotSettings, { view, doer }: Pick<Candidate, "view" | "doer">, starts: Starts): Allowance {
  return allowanceOf(withSpent(view, starts.board), agentChain(view.task, doer, slot, starts.board), starts);
}

function noFreeSlot(pin: string | null, slots: readonly SlotSettings[], holders: SlotHolders): string {
  const who = describeHolders(slots, holders);
  return oneLine(pin === null ? `no free slot: ${who}` : `pinned to slot ${pin}: ${who}`);
}

function assign(candidate: Candidate, slot: SlotSettings, desk: Desk, plan: Plan): void {
  const { view, one } = candidate;
  const { starts, wip } = desk;
  const allowance = candidate.isAction ? FREE : allowanceIn(slot, candidate, starts);
  if ("capUsd" in allowance) giveOut(starts.givenOut, view.id, allowance.capUsd ?? 0);
  const isNew = one.kind === "one" || !(one.hasSlot || desk.added.has(view.id));
  if (one.kind === "one") assignTask(view, one.step, slot, starts.board, plan);
  else desk.added.set(view.id, [...(desk.added.get(view.id) ?? []), claimOf(one, slot)]);
  if (one.kind === "one" || (one.node.mutates && one.node.cycle === null))
    plan.effects.push({ kind: "prepare", taskId: view.id, slot: slot.name });
  addReason(plan, view.id, `assigned to slot ${slot.name}: starts once the claim is committed`);
  starts.holders.set(slot.name, view.id);
  desk.spent.get(view.id)?.delete(slot.name);
  starts.overlap.add(changerIn(starts, view));
  if (isNew) wip.take(view.id, view.lane === "doing");
}

function changerIn({ board }: Starts, { id, task }: ReadableView): Changer {
  return changerOf(task, board.snapshot.sessions.get(id));
}

function claimOf({ node, attempt }: StepOfMany, slot: SlotSettings): Claim {
  return { step: node.id, attempt, slot: slot.name };
}

function assignTask(view: EditableView, step: Step, slot: SlotSettings, board: ActiveBoard, plan: Plan): void {
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
}
