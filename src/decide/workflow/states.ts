import type { Claim } from "../../board/claim.ts";
import type { Session } from "../../board/session.ts";
import type { Task } from "../../board/task.ts";
import { afterResult } from "./after-result.ts";
import { isFresh } from "./freshness.ts";
import { gateReason, openerOf } from "./gate.ts";
import type { Node } from "./node.ts";
import { reopened } from "./reopen.ts";
import type { Situation, Skipped, StepState, StepStates } from "./situation.ts";
import { startOf } from "./start.ts";

/** Where each step of a task stands: a pure function of the task, its workflow and its session files, and of no other record. */
export function statesOf(situation: Situation): StepStates {
  const states = new Map<string, StepState>();
  for (const node of situation.graph.nodes) states.set(node.id, stateOf(node, states, situation));
  return reopened(states, situation);
}

/** The workflow itself has no need of it. */
export const SKIPPED = { kind: "skipped", by: "workflow", on: [], lacks: null } as const satisfies Skipped;

/** Where one step stands, given where those before it do. */
export function stateOf(node: Node, states: StepStates, situation: Situation): StepState {
  const { task, records, claims } = situation;
  const upstream = upstreamOf(node, states, situation);
  if (upstream !== null && upstream.kind === "skipped") return upstream;
  const isLeftOut = isSkippedByPerson(node, task);
  const named = node.step.skippedAs;
  if (named !== null && (task.workflow !== null || isLeftOut)) return { kind: "done", session: null, verdict: named };
  // One that runs is awaited: nothing begins beside it as if it were not there.
  if (isLeftOut && !situation.hasRun(node.id)) {
    return { kind: "skipped", by: "person", on: upstream?.on ?? [], lacks: null };
  }
  const record = records.get(node.id) ?? null;
  const claim = claims.length === 0 ? undefined : claims.find((it) => it.step === node.id);
  // What a person wrote, or what trust or an approval allowed a moment ago, starts nothing that may not begin now.
  const mayBegin = upstream === null && node.problem === null && !node.isPlaceholder;
  const isGood = claim !== undefined && isUnspent(claim, record);
  if (isGood && (situation.hasRun(node.id) || (mayBegin && gateReason(node, situation) === null))) {
    return { kind: "claimed", claim, start: startOf(node, claim.attempt, situation) };
  }
  const isValid = record?.state === "done" && isFresh(node, record, situation);
  if (isValid) return afterResult(node, record, situation);
  // Only what is done counts once what it rests upon has changed; a failed run is gone on with.
  if (upstream !== null) return upstream;
  const lost = lostSource(node, states);
  if (lost !== null) return { kind: "blocked", reason: lost };
  if (node.isPlaceholder) return { kind: "waiting", on: node.planned };
  if (node.problem !== null) return { kind: "blocked", reason: node.problem };
  const next = afterRecord(node, record, situation);
  if (next.kind !== "ready" && next.kind !== "later") return next;
  const gate = gateReason(node, situation);
  return gate === null ? next : { kind: "gate", reason: gate, opens: openerOf(node, situation) };
}

function afterRecord(node: Node, record: Session | null, situation: Situation): StepState {
  const isStale = record?.state === "done";
  if (record !== null && !isStale) return afterResult(node, record, situation);
  return { kind: "ready", start: startOf(node, (record?.attempt ?? 0) + 1, situation) };
}

// What it would do, or who would, is nobody's to say any more. That is no end of the work: a person decides.
function lostSource({ id, step, persona, isPlaceholder }: Node, states: StepStates): string | null {
  const source = isPlaceholder ? step.expand : persona === null ? step.personaFrom : null;
  if (source === null || states.get(source)?.kind !== "skipped") return null;
  return `step ${id} follows the verdict of ${source}, which \`override:\` skips`;
}

/** Null: nothing stands before it any more. */
function upstreamOf(
  { needs, step }: Node,
  states: StepStates,
  { graph }: Situation,
): Skipped | { kind: "waiting"; on: readonly string[] } | null {
  let openCount = 0;
  let skippedCount = 0;
  for (const it of needs) {
    const state = states.get(it);
    if (state?.kind === "skipped" && state.by === "workflow") skippedCount += 1;
    else if (isOpen(state)) openCount += 1;
  }
  if (needs.length > 0 && skippedCount === needs.length) return skippedWith(needs, states);
  for (const id in step.when) {
    const verdicts = step.when[id] ?? [];
    for (const it of graph.groups.get(id) ?? [id]) {
      const state = states.get(it);
      if (state?.kind === "skipped") return { ...SKIPPED, lacks: state.by === "person" ? id : state.lacks };
      if (state?.kind === "done" && !verdicts.includes(state.verdict ?? "")) return SKIPPED;
    }
  }
  if (openCount === 0) return null;
  return { kind: "waiting", on: openCount === needs.length ? needs : needs.filter((it) => isOpen(states.get(it))) };
}

function skippedWith(needs: readonly string[], states: StepStates): Skipped {
  for (const it of needs) {
    const state = states.get(it);
    if (state?.kind === "skipped" && state.lacks !== null) return { ...SKIPPED, lacks: state.lacks };
  }
  return SKIPPED;
}

function isSkippedByPerson({ id, step }: Node, { override }: Task): boolean {
  return override[step.id] === "skip" || override[id] === "skip";
}

function isOpen(state: StepState | undefined): boolean {
  return state?.kind === "skipped" ? state.on.length > 0 : state?.kind !== "done";
}

/** A claim is good for one run: it is spent once the session file of its attempt has an end, or a later one began. */
export function isUnspent({ attempt }: Claim, record: Session | null): boolean {
  return record === null || record.attempt < attempt || (record.attempt === attempt && record.state === "running");
}
