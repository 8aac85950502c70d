import type { ReviewFinding } from "./verdict-kind.ts";
import type { DispatchedStep } from "./workflow.ts";

/** Why a run failed; SPEC §4 "failure classes". Only the first two use up an attempt. */
export const FAILURE_CLASSES = ["agent", "checks", "overloaded", "setup", "budget", "stopped"] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export type SessionState = "running" | "done" | "failed" | "stopped";

/** Until when an agent is passed over: an instant in ms, or until the settings are another file. */
export type ParkedUntil = number | "settings";

/**
 * The facts of one session file (its front matter): what one persona step, the checks or the merge came to.
 * The file is the only lasting record of a run, so whatever `decide` must know after a restart stands here.
 */
export type Session = {
  /** Path relative to the board root: `sessions/fix-login/engineer.md`. */
  path: string;
  taskId: string;
  /** The step this is about: a step id, or `checks`, `merge` or `restack`. */
  step: string;
  persona: string | null;
  personaSha: string | null;
  agent: string | null;
  model: string | null;
  slot: string | null;
  attempt: number;
  runId: string | null;
  state: SessionState;
  /** Why it was started; written only while it runs. Should it never come to run, the next start is for the same reason. */
  cause?: string | null;
  verdict: string | null;
  failure: FailureClass | null;
  /** One line: what failed. Equal lines on three tasks in a row open the circuit breaker. */
  reason: string | null;
  /** Failures of class `agent` so far in this chain of attempts. */
  retries: number;
  /** Failures of class `checks` so far in this chain of attempts. */
  reworks: number;
  startedAt: number | null;
  finishedAt: number | null;
  exitCode: number | null;
  /** Tip of the task branch when the run started. */
  startSha: string | null;
  /** Where the task's branch left the base: what it holds of the convention's folders is from there. */
  branchedFrom?: string | null;
  /** The files that this and the earlier attempts changed; a folder ends in `/`. Absent: none. */
  touched?: readonly string[];
  /** Tip of the task branch that this speaks of. */
  commitSha: string | null;
  /**
   * With a merge: the commit of the base that brought it there, for as long as the base holds it. Absent or null: none is
   * known.
   */
  mergedAs?: string | null;
  /** `null` is unknown, and is written as `unknown`. */
  costUsd: number | null;
  /** With an unknown cost, the part of it that is known: the least that it may be. Absent: nothing. */
  leastUsd?: number;
  /** What earlier attempts in this file had cost on the day on which this one started. Absent: nothing. */
  earlierUsd?: number;
  /** How many earlier attempts in this file had an unknown cost. Absent: none. */
  earlierUnknown?: number;
  /** Absent or null is unknown, and is not written. */
  tokens?: { input: number; output: number; cached: number } | null;
  toolCalls: number;
  /** The agent's own id of its conversation, to go on with after an interruption. Absent or null: it has none. */
  conversation?: string | null;
  /** What that conversation had used up before this run. Absent or null: nothing. */
  tokensBefore?: { input: number; output: number; cached: number } | null;
  /** What stood between the run and the rest of the machine. Absent or null: nothing, or nobody knows. */
  sandbox?: string | null;
  /** With failure `overloaded`: when the provider will answer again. Absent or null: it did not say. */
  resetAt?: number | null;
  /** Agents that were passed over for this run. They stand here because the run that parked them had this same file. */
  parked?: Readonly<Record<string, ParkedUntil>>;
  /** Blob id of `board/board.md` when the run started: a parked agent is tried again once it differs. */
  settingsBlob: string | null;
  /** With a step of a workflow: the attempts of all steps that it rests upon, as they were when it started. Absent: none. */
  after?: Readonly<Record<string, number>>;
  /** With the checks of a workflow: the step whose work was to be checked; what else the branch holds is in `after`. */
  of?: string | null;
  /** What the verdict names: a tool, a document, a persona. */
  target?: string | null;
  /** Arguments of the tool that the verdict names. */
  args?: readonly string[];
  /** The steps that a dispatcher wrote, read from its message; in the front matter stands only that there are some. */
  dispatch?: readonly DispatchedStep[];
  /** What a review found; none where it found nothing. */
  findings?: readonly ReviewFinding[];
  /** What it asks the person, with verdict `decision`: one line. */
  question?: string | null;
  /** The last answer of a person that the step was given, as one line. Absent or null: none. */
  answered?: string | null;
  /** Bytes of each part of the prompt: what the run was told. Absent: nothing was composed for it. */
  promptBytes?: Readonly<Record<string, number>>;
  /** Git blob id of the message, once the step is done: what an approval names. Never written: who reads the file works it out. */
  messageSha?: string | null;
  /** Set on the session that opened the circuit breaker; failures up to it are not counted again. */
  pausedBoard: boolean;
};
