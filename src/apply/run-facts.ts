import type { Tokens } from "../agents/adapter.ts";
import type { GivenAnswer } from "../board/answers.ts";
import type { CheckClaim } from "../board/check-claim.ts";
import type { ParkedUntil, Session } from "../board/session.ts";
import type { VerdictKind } from "../board/verdict-kind.ts";
import type { LaunchCause } from "../decide/action.ts";
import type { RunKind } from "../decide/snapshot.ts";
import type { Fingerprint } from "../git/fingerprint.ts";
import type { AskedCommand } from "./asked-commands.ts";
import type { Tier } from "./tier.ts";

/** What is recorded with a run before it starts: all that is needed to follow and to end it after a restart. */
export type RunFacts = {
  taskId: string;
  kind: RunKind;
  slot: string | null;
  step: string;
  /** The step of a workflow whose claim it runs under, also of its checks; absent: the task has but one step. */
  unit?: string;
  /** The attempts of the steps that it rests upon. */
  after?: Readonly<Record<string, number>>;
  /** What its message is to end with, and whether it may change files; absent for the one step of a task. */
  work?: { verdicts: VerdictKind | null; mutates: boolean };
  attempt: number;
  persona: string | null;
  personaSha: string | null;
  /** As written: `shell`, `my-llm`, `claude/sonnet`. */
  agent: string | null;
  model: string | null;
  /** The adapter that reads the output; null for `checks` and `merge`. */
  adapter: string | null;
  /** Ms since the epoch. */
  startedAt: number;
  caps: { wallMs: number | null; outputBytes: number; toolCalls: number | null; costUsd: number | null };
  /** Path of the session file relative to the board root. */
  sessionPath: string;
  retries: number;
  reworks: number;
  /** How often in a row the supervisor of this chain vanished before. */
  losses: number;
  settingsBlob: string | null;
  /** Full path of the worktree. */
  worktree: string;
  /** The full ref of the task's branch. */
  branch: string;
  /** Tip of the branch when the run started; a failed run puts it back there. */
  startSha: string;
  /** Tip that the work of this attempt is counted from: earlier than `startSha` after a stop. */
  countFromSha: string;
  /** Where the branch left the base; null where it is not known, and in records of other kinds. */
  branchedFrom: string | null;
  /** The files that earlier attempts in its session file changed. Absent: none. */
  touched?: readonly string[];
  cause: LaunchCause | null;
  /** With cause `answer` or `verdict`: what the run before came to, which this one is about. */
  about?: Pick<Session, "question" | "reason">;
  /** With cause `answer`: what the person says; null: it is in the text of the task. */
  answer?: GivenAnswer | null;
  /** The last answer that the step was given, as its session file tells. */
  answered?: string | null;
  /** The agent's own id of the conversation that it goes on with; null or absent: a new one. */
  resumed?: string | null;
  /** What that conversation had used up before, for agents whose totals count that as well. */
  usedBefore?: Tokens | null;
  /** What earlier attempts in the same session file cost today, in US dollars. */
  earlierUsd?: number;
  /** How many earlier attempts in its session file had an unknown cost. Absent: none. */
  earlierUnknown?: number;
  /** What stood between the run and the machine. */
  sandbox?: Tier;
  /** Agents that were passed over for this run, with what each waits for. */
  parked?: Readonly<Record<string, ParkedUntil>>;
  /** The parts of its prompt, in bytes. Absent for `checks` and `merge`. */
  promptBytes?: Readonly<Record<string, number>>;
  /** The repository before the run, to see what was moved in it. Null where nobody looks. */
  fingerprint: Fingerprint | null;
  /** Files of `worktree.copy` that were put there: no work of the agent. */
  copied: readonly CopiedFile[];
  /** The commands of `checks` and `merge`, and what sets their marks apart from their output. */
  commands: readonly string[];
  nonce: string | null;
  /** What was found of the branch before its commands ran; absent: nothing was looked for. */
  claims?: readonly CheckClaim[];
  /** What is run after them because its message claims something; absent: nothing. */
  asked?: readonly AskedCommand[];
  /** Whether its message has nothing of that, though it was asked to; absent: no. */
  namesNothing?: boolean;
  /** What a `merge` run is verifying: the name of its result, and all tasks of the batch, in order. */
  merge: { key: string; batch: readonly BatchFacts[] } | null;
};

/** A task of a batch: which tip of its branch is merged, what it comes after, and how many conflicts there were before. */
export type BatchFacts = {
  taskId: string;
  attempt: number;
  branchSha: string;
  conflicts: number;
  after: readonly string[];
  /** As far as it was known when the batch began. */
  acceptedAt: number | null;
};

/** `blob`: git blob id of its bytes when it was copied. */
export type CopiedFile = { path: string; blob: string };

/** Whether it only looks: in a copy of its own at one commit, without a branch. */
export function isLooking({ work }: Pick<RunFacts, "work">): boolean {
  return work?.mutates === false;
}

/** Whether git's files were out of the run's reach. The own sandbox of an agent holds for its commands, not for itself. */
export function isBoxed({ sandbox }: Pick<RunFacts, "sandbox">): boolean {
  return sandbox === "bwrap" || sandbox === "srt";
}

/** The facts in a run's record; null when somebody else wrote it or it is damaged. */
export function readRunFacts(record: unknown): RunFacts | null {
  if (typeof record !== "object" || record === null) return null;
  const it = record as Partial<RunFacts>;
  const isWhole =
    typeof it.taskId === "string" &&
    (it.kind === "step" || it.kind === "checks" || it.kind === "merge") &&
    typeof it.step === "string" &&
    typeof it.attempt === "number" &&
    typeof it.startedAt === "number" &&
    typeof it.sessionPath === "string" &&
    typeof it.worktree === "string" &&
    typeof it.branch === "string" &&
    typeof it.startSha === "string" &&
    typeof it.caps === "object" &&
    Array.isArray(it.copied) &&
    Array.isArray(it.commands);
  return isWhole ? (it as RunFacts) : null;
}
