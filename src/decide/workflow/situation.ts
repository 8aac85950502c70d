import type { Claim } from "../../board/claim.ts";
import type { Session } from "../../board/session.ts";
import type { Task } from "../../board/task.ts";
import type { ReviewFinding } from "../../board/verdict-kind.ts";
import type { Settings } from "../../config/settings.ts";
import type { Continuation } from "../chain.ts";
import type { Graph, Node, Records } from "./node.ts";

/** How a run of a step goes on from the one before it. */
export type Start = Continuation & {
  attempt: number;
  /** What a review asks this run to mend; empty: nothing. */
  findings: readonly ReviewFinding[];
};

/**
 * Nobody does it. By the workflow: what needs only such steps is skipped with it. By a person: it alone is left out, and who
 * needs it begins once what stands before it is over, which is `on` as far as it is not.
 */
export type Skipped = {
  kind: "skipped";
  by: "workflow" | "person";
  on: readonly string[];
  /** The step that a person left out and without whose verdict it cannot be; null: that is not why. */
  lacks: string | null;
};

/** Where a step stands. */
export type StepState =
  | Skipped
  /** Steps before it are not done. */
  | { kind: "waiting"; on: readonly string[] }
  /** Waits for a person: to approve, or to change what trust allows. */
  | { kind: "gate"; reason: string; opens: "approval" | "trust" }
  | { kind: "ready"; start: Start }
  /** Is tried again, but not before `at`. */
  | { kind: "later"; at: number; start: Start; why: string }
  /** A slot is its own; its run is under way, or is to be started. */
  | { kind: "claimed"; claim: Claim; start: Start }
  /** Its run is done, and what it changed is to be checked. */
  | { kind: "check"; attempt: number }
  | { kind: "done"; session: Session | null; verdict: string | null }
  | { kind: "blocked"; reason: string };

export type StepStates = ReadonlyMap<string, StepState>;

/** What the states of a task's steps follow from. */
export type Situation = {
  task: Task;
  graph: Graph;
  records: Records;
  claims: readonly Claim[];
  /** Tip of the task's branch; null: there is none, or nobody need know whether the reviews are of it. */
  tip: string | null;
  settings: Settings;
  now: number;
  /** A person put the task back to work: what is blocked is tried once more, and what is finished is done again. */
  isAsked: boolean;
  /** Whether a run of this step goes on, or is being started. */
  hasRun: (step: string) => boolean;
  /** Whether another agent is left to try after the one of this run, which could not work here. */
  hasNextAgent: (node: Node, failed: Session) => boolean;
};

/** Whether nothing is left to do. */
export function isFinished(states: StepStates): boolean {
  for (const { kind } of states.values()) if (kind !== "done" && kind !== "skipped") return false;
  return true;
}
