import { answerAmong } from "../../board/answers.ts";
import type { Claim } from "../../board/claim.ts";
import type { Effect, StepWork } from "../action.ts";
import { agentInSlot } from "../agent-in-slot.ts";
import { withSpent } from "../budgets.ts";
import type { AgentChoice } from "../choose-agent.ts";
import { type Allowance, allowanceOf, giveOut } from "../given-out.ts";
import { parkedBy } from "../parked-agents.ts";
import type { Starts } from "../starts.ts";
import { doerOf } from "./doer.ts";
import { restsUpon } from "./freshness.ts";
import { findNode, type Node } from "./node.ts";
import type { Start } from "./situation.ts";
import type { TaskSteps } from "./task-steps.ts";

/** The start of a claimed step; or why it waits. */
export function launchStep(
  steps: TaskSteps,
  claim: Claim,
  start: Start,
  starts: Starts,
): { effect: Extract<Effect, { kind: "launch" }> } | { reason: string } {
  const { board } = starts;
  const { view } = steps;
  const node = findNode(steps.graph, claim.step);
  if (node === undefined) return { reason: `its workflow has no step ${claim.step}` };
  const choice = node.step.action === null ? agentFor(steps, node, claim, start, starts) : { agent: node.step.action };
  if ("problem" in choice) return { reason: choice.problem };
  const allowance: Allowance =
    node.step.action === null ? allowanceOf(withSpent(view, board), [choice.agent], starts) : { capUsd: null };
  if ("reason" in allowance) return allowance;
  giveOut(starts.givenOut, view.id, allowance.capUsd ?? 0);
  const { cause, retries, reworks, losses, previous } = start;
  return {
    effect: {
      kind: "launch",
      taskId: view.id,
      slot: claim.slot,
      attempt: claim.attempt,
      step: node.id,
      persona: node.persona?.id ?? null,
      agent: choice.agent,
      retries,
      reworks,
      losses,
      cause,
      costCapUsd: allowance.capUsd,
      parked: previous === null ? {} : parkedBy(previous, board),
      work: workOf(steps, node, start),
    },
  };
}

/**
 * Why a claimed step cannot begin in its slot, so that others may have it: a person changed pins, profile or persona since,
 * or the money for it was given to others.
 */
export function unfitReason(steps: TaskSteps, claim: Claim, start: Start, starts: Starts): string | null {
  const node = findNode(steps.graph, claim.step);
  if (node === undefined) return `its workflow has no step ${claim.step}`;
  if (node.step.action !== null) return null;
  const choice = agentFor(steps, node, claim, start, starts);
  if ("problem" in choice) return choice.problem;
  const allowance = allowanceOf(withSpent(steps.view, starts.board), [choice.agent], starts);
  return "reason" in allowance ? allowance.reason : null;
}

function agentFor({ view }: TaskSteps, node: Node, claim: Claim, { afterAgentOf }: Start, starts: Starts): AgentChoice {
  return agentInSlot({ task: view.task, doer: doerOf(node), slotName: claim.slot, after: afterAgentOf }, starts);
}

function workOf(steps: TaskSteps, node: Node, start: Start): StepWork {
  const { records, situation } = steps;
  const { step, persona } = node;
  const named = step.needs.flatMap((it) => records.get(it) ?? []).find(({ target }) => target != null);
  return {
    output: node.output,
    reads: step.reads ?? persona?.reads ?? null,
    skills: node.skills,
    task: node.task,
    verdicts: step.verdicts,
    mutates: node.mutates,
    ...(node.mutates && node.touches.length > 0 ? { touches: node.touches } : {}),
    after: restsUpon(node, situation),
    model: step.model,
    maxToolCalls: step.maxToolCalls ?? persona?.maxToolCalls ?? null,
    action: step.action,
    target: named?.target ?? null,
    args: named?.args ?? [],
    findings: start.findings,
    ...(node.cycle === null ? {} : { cycle: { index: node.cycle.index, startSha: node.cycle.startSha } }),
    problem: start.cause === "verdict" ? (start.previous?.reason ?? null) : null,
    question: start.cause === "answer" ? (start.previous?.question ?? null) : null,
    answer:
      start.cause === "answer"
        ? answerAmong(
            node.id,
            steps.view.task,
            records,
            steps.graph.nodes.map(({ id }) => id),
          )
        : null,
  };
}
