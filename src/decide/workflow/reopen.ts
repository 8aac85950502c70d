import type { Session } from "../../board/session.ts";
import type { Node } from "./node.ts";
import { resultNodes } from "./result-nodes.ts";
import { findingsOf, sendsBack, targetsOf } from "./reviews.ts";
import { isFinished, type Situation, type StepState, type StepStates } from "./situation.ts";
import { askedAttempt, startOf } from "./start.ts";

/**
 * Opens finished steps again: those that a review sends work back to, and, once everything is finished and a person asks
 * for more all the same, those that made the result. Nothing begins behind a review that sends work back.
 */
export function reopened(states: ReadonlyMap<string, StepState>, situation: Situation): StepStates {
  const opened = new Map<string, StepState>();
  for (const reviewer of situation.graph.nodes) {
    if (reviewer.step.rework === null) continue;
    const record = situation.records.get(reviewer.id);
    if (record === undefined || !sendsBack(reviewer, record)) continue;
    const kind = states.get(reviewer.id)?.kind;
    if (kind === "skipped") continue;
    const isDone = kind === "done";
    const targets = targetsOf(reviewer, record, situation);
    const open = isDone ? targets : stillOpen(targets, record, situation);
    const busy = targets.filter(({ id }) => !isOver(states.get(id)));
    const again = open.filter(({ id }) => {
      const before = situation.graph.ancestors(id);
      return states.get(id)?.kind === "done" && !busy.some((it) => before.has(it.id));
    });
    for (const target of again) opened.set(target.id, sentBack(target, reviewer, record, situation));
    for (const target of again) holdBehind(target, states, opened, situation);
    // A person who has the step skipped leaves nobody to mend it: then the task goes on as it is.
    if (isDone && targets.some(({ id }) => states.get(id)?.kind !== "skipped")) {
      holdBehind(reviewer, states, opened, situation);
    }
  }
  if (opened.size > 0) return withOpened(states, opened);
  if (!situation.isAsked || !isFinished(states)) return states;
  for (const node of resultNodes(states, situation.graph)) {
    opened.set(node.id, { kind: "ready", start: startOf(node, askedAttempt(node, situation), situation) });
  }
  return withOpened(states, opened);
}

/**
 * The steps that a review still sends back though it is stale: they change files one at a time, and the first of them to begin
 * makes it so. It counts no more once anything changed that does not follow from its own findings.
 */
function stillOpen(targets: readonly Node[], { after = {} }: Session, { graph, records }: Situation): readonly Node[] {
  const isMended = (step: string): boolean => (records.get(step)?.attempt ?? after[step]) !== after[step];
  const mended = Object.keys(after).filter(isMended);
  const follows = (step: string): boolean =>
    targets.some(({ id }) => id === step || (isMended(id) && graph.ancestors(step).has(id)));
  return mended.every(follows) ? targets.filter(({ id }) => after[id] !== undefined && !isMended(id)) : [];
}

function isOver(state: StepState | undefined): boolean {
  return state?.kind === "done" || state?.kind === "skipped";
}

function withOpened(states: StepStates, opened: StepStates): StepStates {
  const all = new Map(states);
  for (const [id, it] of opened) all.set(id, it);
  return all;
}

function holdBehind({ id }: Node, states: StepStates, opened: Map<string, StepState>, { graph }: Situation): void {
  for (const node of graph.nodes) {
    const kind = (opened.get(node.id) ?? states.get(node.id))?.kind;
    const mayBegin = kind === "ready" || kind === "later" || kind === "gate";
    if (mayBegin && graph.ancestors(node.id).has(id)) opened.set(node.id, { kind: "waiting", on: [id] });
  }
}

function sentBack(target: Node, reviewer: Node, record: Session, situation: Situation): StepState {
  const done = situation.records.get(target.id)?.reworks ?? 0;
  const limit = reviewer.step.rework?.limit ?? situation.settings.rework.limit;
  if (done < limit) return ready(target, (record.after?.[target.id] ?? 0) + 1, situation);
  if (situation.isAsked) return ready(target, askedAttempt(target, situation), situation);
  const titles = findingsOf(target, reviewer, record, situation).map(({ title }) => title);
  const what = titles.length === 0 ? "" : `: ${titles.join("; ")}`;
  return { kind: "blocked", reason: `step ${reviewer.id} says must-fix after ${done} reworks${what}` };
}

function ready(node: Node, attempt: number, situation: Situation): StepState {
  return { kind: "ready", start: startOf(node, attempt, situation) };
}
