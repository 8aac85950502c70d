import type { Claim } from "../board/claim.ts";
import type { Persona } from "../board/persona.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import type { Effect, StepWork } from "./action.ts";
import { agentInSlot } from "./agent-in-slot.ts";
import { type ReadableView, sessionsOf } from "./board-index.ts";
import { withSpent } from "./budgets.ts";
import type { Continuation } from "./chain.ts";
import { allowanceOf, giveOut } from "./given-out.ts";
import { parkedBy } from "./parked-agents.ts";
import { afterOf, type Subject } from "./review-record.ts";
import type { Starts } from "./starts.ts";

type Review = { view: ReadableView; persona: Persona; subject: Subject; claim: Claim; start: Continuation };

/** The start of a claimed review, a run that reads a copy of the tip; or why it cannot begin in its slot. */
export function launchReview(
  { view, persona, subject, claim, start }: Review,
  starts: Starts,
): { effect: Extract<Effect, { kind: "launch" }> } | { reason: string } {
  const { board } = starts;
  const asked = { task: view.task, doer: persona, slotName: claim.slot, after: start.afterAgentOf };
  const choice = agentInSlot(asked, starts);
  if ("problem" in choice) return { reason: choice.problem };
  const allowance = allowanceOf(withSpent(view, board), [choice.agent], starts);
  if ("reason" in allowance) return allowance;
  giveOut(starts.givenOut, view.id, allowance.capUsd ?? 0);
  const { cause, retries, reworks, losses, previous } = start;
  return {
    effect: {
      kind: "launch",
      taskId: view.id,
      slot: claim.slot,
      attempt: claim.attempt,
      step: REVIEW_STEP,
      persona: persona.id,
      agent: choice.agent,
      retries,
      reworks,
      losses,
      cause,
      costCapUsd: allowance.capUsd,
      parked: previous === null ? {} : parkedBy(previous, board),
      work: workOf({ view, persona, subject, start }, starts),
    },
  };
}

function workOf({ view, persona, subject, start }: Omit<Review, "claim">, { board }: Starts): StepWork {
  return {
    output: outputOf(view, board),
    reads: persona.reads,
    skills: persona.skills,
    task: taskOf(subject, board.snapshot.repo.baseSha),
    verdicts: "reviewer",
    mutates: false,
    after: afterOf(subject),
    model: null,
    maxToolCalls: persona.maxToolCalls,
    action: null,
    target: null,
    args: [],
    findings: [],
    problem: start.cause === "verdict" ? (start.previous?.reason ?? null) : null,
    question: null,
    answer: null,
  };
}

function taskOf({ sha }: Subject, baseSha: string | null): string {
  const end =
    "A person decides afterwards whether to accept it: say what must be mended before that, and nothing else.";
  if (sha === null || baseSha === null) return `Review what the session files of this task report. ${end}`;
  return `Review the commit ${sha}: what this task changes is \`git diff ${baseSha}...${sha}\`. ${end}`;
}

const OUTPUT = "review.md";

/** A workflow may have a step that writes a file of that name. */
function outputOf({ id }: ReadableView, board: Starts["board"]): string {
  const isTaken = sessionsOf(board, id).some(({ path, step }) => {
    return path.toLowerCase() === `sessions/${id}/${OUTPUT}`.toLowerCase() && step !== REVIEW_STEP;
  });
  return isTaken ? "for-review.md" : OUTPUT;
}
