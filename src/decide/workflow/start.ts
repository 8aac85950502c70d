import type { Session } from "../../board/session.ts";
import { type Continuation, continuationOf, FIRST as NOTHING_BEFORE } from "../chain.ts";
import { type History, isToMend } from "../history.ts";
import { isFresh } from "./freshness.ts";
import type { Node } from "./node.ts";
import { findingsFor, sentBackFor } from "./reviews.ts";
import type { Situation, Start } from "./situation.ts";

/** A second message without a valid verdict is for a person to read. */
export const VERDICT_REASKS = 1;

const FIRST = { ...NOTHING_BEFORE, findings: [] } as const satisfies Omit<Start, "attempt">;

/** What an attempt of a step goes on from. */
export function startOf(node: Node, attempt: number, situation: Situation): Start {
  const history = historyOfStep(node, situation);
  const mend = node.mutates && isToMend(history) ? ({ cause: "conflict" } as const) : {};
  if (!situation.records.has(node.id)) return { ...FIRST, ...mend, attempt };
  const before = continuationOf(history, attempt, situation.settings);
  const review = findingsFor(node, attempt, situation) ?? sentBackFor(node, attempt, situation);
  if (review !== null) {
    const counted = review.isSameChain ? { reworks: (history.step?.reworks ?? 0) + review.more } : {};
    return { ...before, ...counted, attempt, cause: "review", findings: review.findings };
  }
  return { ...before, attempt, cause: causeOf(node, before, situation), findings: [], ...mend };
}

/** The next attempt of a step that a person asked for again: where its counters stand at more than 0, a number is left out. */
export function askedAttempt(node: Node, situation: Situation): number {
  const history = historyOfStep(node, situation);
  // One that its review sends back goes on in its chain, as far as it may.
  const isLeft = (history.step?.reworks ?? 0) < situation.settings.rework.limit;
  if (isLeft && sentBackFor(node, history.highest + 1, situation) !== null) return history.highest + 1;
  const next = continuationOf(history, history.highest + 1, situation.settings);
  return history.highest + (next.retries + next.reworks + next.losses > 0 ? 2 : 1);
}

/** The history of one step, as that of a task that has no other. */
export function historyOfStep(node: Node, { records }: Pick<Situation, "records">): History {
  const step = records.get(node.id) ?? null;
  const checks = records.get("checks") ?? null;
  // What is wrong with another step's work is not for this one to mend.
  const own = checks?.of === node.id ? checks : null;
  // Its number is no step's: whose work was refused is told by the commit.
  const restack = records.get("restack") ?? null;
  return { step, checks: own, merge: null, restack, review: null, highest: step?.attempt ?? 0 };
}

function causeOf(node: Node, { cause, previous }: Continuation, situation: Situation): Start["cause"] {
  if (previous === null || previous.state === "running") return cause;
  // It counts like checks that failed, and is something else to who is asked.
  if (previous.verdict === "invalid") return "verdict";
  if (cause === "checks") return cause;
  if (previous.verdict === "decision") return "answer";
  if (previous.state !== "done") return cause;
  if (isRefused(node, previous, situation)) return "conflict";
  return isFresh(node, previous, situation) ? "feedback" : "stale-input";
}

// The merge names the tip of the branch, and that is the work of the last step that changed it.
function isRefused(node: Node, previous: Session, { records }: Situation): boolean {
  const merge = records.get("merge");
  const isAbout = node.mutates && merge?.commitSha !== null && merge?.commitSha === previous.commitSha;
  return isAbout && (merge?.verdict === "conflict" || merge?.verdict === "checks-failed");
}
