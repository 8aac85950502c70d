import type { Claim } from "../../board/claim.ts";
import { blockEdit } from "../block.ts";
import { type EditableView, isCommitted, isEditable, isLive, isReadable, type ReadableView } from "../board-index.ts";
import { taskBudgetReason, withSpent } from "../budgets.ts";
import { reviewEdit } from "../claim-edits.ts";
import { openQuestion } from "../history.ts";
import { formatSecond } from "../instant.ts";
import { oneLine } from "../one-line.ts";
import { addEdit, addReason, lookAgain, type Plan } from "../plan.ts";
import type { Starts } from "../starts.ts";
import { workflowOf } from "../steps-of.ts";
import { waitReason } from "../why-not-start.ts";
import { claimsEdit } from "./claims-edit.ts";
import { launchStep, unfitReason } from "./launch-step.ts";
import { isFinished, type StepState } from "./situation.ts";
import { type TaskSteps, taskStepsOf } from "./task-steps.ts";
import { unbuilt } from "./unbuilt.ts";

/** A task with steps that could begin, and the claims that stay with it. */
export type OpenSteps = { steps: TaskSteps; kept: readonly Claim[] };

/**
 * Takes every task with several steps further: launches what is claimed, checks what was changed, hands over what is
 * finished, blocks what only a person can mend. Answers the tasks with steps that wait for a slot.
 */
export function decideSteps(starts: Starts, plan: Plan): OpenSteps[] {
  const open: OpenSteps[] = [];
  for (const lane of ["doing", "planned"] as const) {
    for (const view of starts.board.byLane[lane]) {
      if (!isReadable(view) || plan.edits.has(view.id)) continue;
      // Moved out of doing/ by a person: its runs end before anything begins anew.
      if (lane === "planned" && starts.board.runs.has(view.id)) continue;
      const workflow = workflowOf(view.task, starts.board);
      if (workflow === null || "problem" in workflow) continue;
      const kept = decideTask(taskStepsOf(view, workflow, starts), starts, plan);
      if (kept !== null) open.push(kept);
    }
  }
  return open;
}

/** Git answers in a few hundred ms at most, and nobody is woken by it. */
const AGES_MS = 50;

function decideTask(steps: TaskSteps, starts: Starts, plan: Plan): OpenSteps | null {
  const { view, states } = steps;
  const { board } = starts;
  const budget = taskBudgetReason(view.task, withSpent(view, board).spentUsd, board);
  const reason = starts.stopped === null ? waitReason(view, starts) : starts.stopped.line;
  if (starts.stopped !== null) lookAgain(plan, board.now, starts.stopped.until);
  const runs = board.runs.get(view.id) ?? [];
  const kept = keptClaims(steps, starts, reason !== null);
  const isIdle = kept.length === 0 && runs.length === 0 && !board.jobs.has(view.id);
  const blocked: { step: string; reason: string }[] = [];
  for (const [step, it] of states) {
    if (it.kind === "blocked") blocked.push({ step, reason: it.reason });
    if (isRetry(it)) plan.toRetry.add(view.id);
  }
  if (view.lane === "doing" && isIdle && isEditable(board, view)) {
    const [first] = blocked;
    const why = first === undefined ? (isFinished(states) ? null : budget) : blocked.map((it) => it.reason);
    const of = first === undefined ? null : (steps.records.get(first.step) ?? null);
    if (why !== null) return end(plan, view.id, [why].flat().join("; "), () => blockEdit(view, board, why, of));
    if (isFinished(states)) return handOver({ ...steps, view }, "its last step is done", board, plan);
  }
  if (view.lane === "planned" && isFinished(states) && isEditable(board, view)) {
    return handOver({ ...steps, view }, "nothing is left to do", board, plan);
  }
  if (steps.isAgeAwaited) {
    addReason(plan, view.id, "since when it is worked on is being looked up");
    lookAgain(plan, board.now, board.now + AGES_MS);
  }
  act(steps, kept, starts, plan);
  explain(steps, reason ?? (blocked.map((it) => it.reason).join("; ") || budget), starts, plan);
  // What is blocked waits until the steps beside it are over; nothing new begins meanwhile.
  const mayBegin = reason === null && blocked.length === 0 && budget === null;
  return mayBegin || kept.length !== steps.claims.length ? { steps: mayBegin ? steps : closed(steps), kept } : null;
}

/** To review, with what is to be said of its end; not where what a person left out took all the rest with it. */
function handOver(steps: TaskSteps & { view: EditableView }, said: string, board: Starts["board"], plan: Plan): null {
  const { view, ending } = steps;
  const lost = unbuilt(steps);
  const line = ending?.line ?? lost?.line ?? openQuestion(steps.records.get("checks") ?? null);
  return end(plan, view.id, line ?? said, () => {
    return line !== null && lost?.isWanted === false ? blockEdit(view, board, line) : reviewEdit(view, board, line);
  });
}

// One that was refused by its provider waits for an agent, not for the clock.
function isRetry(state: StepState): boolean {
  if (state.kind !== "later" && state.kind !== "ready") return false;
  const { cause, previous } = state.start;
  return cause === "retry" && previous?.state === "failed";
}

function end(plan: Plan, id: string, why: string, edit: () => ReturnType<typeof blockEdit>): null {
  addEdit(plan, edit());
  addReason(plan, id, oneLine(why));
  return null;
}

/** Claims whose run is not over, and those that wait for their checks. One that cannot begin now gives its slot up. */
function keptClaims(steps: TaskSteps, starts: Starts, isStopped: boolean): readonly Claim[] {
  const { board, holders } = starts;
  const { claims, states, view } = steps;
  if (claims.length === 0) return claims;
  const isSpent = taskBudgetReason(view.task, withSpent(view, board).spentUsd, board) !== null;
  const slots = new Set(board.settings.slots.map(({ name }) => name));
  return claims.filter((claim) => {
    if (hasRun(view, claim, board)) return true;
    const state = states.get(claim.step);
    if (state?.kind === "check") return state.attempt === claim.attempt;
    if (state?.kind !== "claimed" || state.claim !== claim) return false;
    if (isStopped) return board.snapshot.isDraining || board.settings.paused !== false;
    if (isStarting(view, claim, board)) return true;
    if (!slots.has(claim.slot) || holders.get(claim.slot) !== view.id) return false;
    return !isSpent && unfitReason(steps, claim, state.start, starts) === null;
  });
}

function hasRun({ id }: ReadableView, claim: Claim, { runs }: Starts["board"]): boolean {
  return runs.get(id)?.some((it) => it.unit === claim.step && it.slot === claim.slot) ?? false;
}

function isStarting({ id }: ReadableView, { step }: Claim, { underWay }: Starts["board"]): boolean {
  return underWay.some((it) => it.taskId === id && it.kind === "launch" && it.of === step);
}

function act(steps: TaskSteps, kept: readonly Claim[], starts: Starts, plan: Plan): void {
  const { view, states } = steps;
  const { board } = starts;
  if (view.lane !== "doing" || starts.stopped !== null) return;
  for (const claim of kept) {
    const state = states.get(claim.step);
    if (hasRun(view, claim, board) || isStarting(view, claim, board)) continue;
    if (state?.kind === "check" && state.attempt === claim.attempt && !board.jobs.has(view.id)) {
      plan.effects.push({
        kind: "check",
        taskId: view.id,
        slot: claim.slot,
        attempt: claim.attempt,
        unit: { step: claim.step, after: workOnBranch(steps) },
      });
      addReason(plan, view.id, `step ${claim.step} is over; its checks are started`);
    }
    if (state?.kind === "claimed" && state.claim === claim && isCommitted(view)) {
      const outcome = launchStep(steps, claim, state.start, starts);
      if ("effect" in outcome) plan.effects.push(outcome.effect);
      addReason(
        plan,
        view.id,
        "effect" in outcome ? `starting step ${claim.step} in slot ${claim.slot}` : outcome.reason,
      );
    }
  }
}

// One look at the branch tells of all the work that is on it.
function workOnBranch({ graph, records }: TaskSteps): Record<string, number> {
  const done = graph.nodes.filter(({ id, mutates }) => mutates && records.get(id)?.state === "done");
  return Object.fromEntries(done.map(({ id }) => [id, records.get(id)?.attempt ?? 0]));
}

/** One line for a task that has nothing under way. */
function explain(steps: TaskSteps, reason: string | null, { board }: Starts, plan: Plan): void {
  const { view, graph, states } = steps;
  if (reason !== null) return addReason(plan, view.id, reason);
  let first: { id: string; state: Extract<StepState, { kind: "gate" | "later" }> } | null = null;
  for (const { id } of graph.nodes) {
    const state = states.get(id);
    if (state?.kind === "later") lookAgain(plan, board.now, state.at);
    if (state?.kind === "gate" || state?.kind === "later") first ??= { id, state };
  }
  if (first === null || (board.runs.get(view.id)?.some(isLive) ?? false)) return;
  const { id, state } = first;
  if (state.kind === "later") {
    return addReason(plan, view.id, oneLine(`step ${id}: ${state.why}; at ${formatSecond(state.at)}`));
  }
  plan.atGate.set(view.id, state.opens);
  addReason(plan, view.id, state.reason);
}

function closed(steps: TaskSteps): TaskSteps {
  const states = new Map<string, StepState>();
  for (const [id, it] of steps.states) states.set(id, it.kind === "ready" ? { kind: "waiting", on: [] } : it);
  return { ...steps, states };
}

/** Gives up claims and adds new ones, in one edit a task. `added`: by task. */
export function editClaims(
  open: readonly OpenSteps[],
  added: ReadonlyMap<string, readonly Claim[]>,
  starts: Starts,
  plan: Plan,
): void {
  for (const { steps, kept } of open) {
    const { view } = steps;
    const more = added.get(view.id) ?? [];
    if (more.length === 0 && kept.length === steps.claims.length) continue;
    const next = [...kept, ...more];
    if (!isEditable(starts.board, view) || plan.edits.has(view.id)) continue;
    addEdit(plan, claimsEdit({ ...steps, view }, next, stillAsked(steps, next)));
  }
}

// Of several steps that a person asked for again only some may get a slot now: the key stays until all have one.
function stillAsked({ view, states, situation }: TaskSteps, next: readonly Claim[]): string | null {
  if (!situation.isAsked || view.task.lane !== "doing") return null;
  const left = [...states].some(
    ([id, it]) => it.kind === "ready" && it.start.previous !== null && !next.some(({ step }) => step === id),
  );
  return left ? view.task.blocked : null;
}
