import type { GivenAnswer } from "../board/answers.ts";
import type { Lane } from "../board/lane.ts";
import type { ParkedUntil } from "../board/session.ts";
import type { DaemonKey } from "../board/task.ts";
import type { ReviewFinding, VerdictKind } from "../board/verdict-kind.ts";
import type { StepAction } from "../board/workflow.ts";
import type { ParkedAgents } from "./choose-agent.ts";
import type { Change, LostLanding, StopReason } from "./snapshot.ts";

/**
 * What to do next. Three groups, carried out in this order in each tick:
 * edits change files of the board, one commit takes all of them (and what people changed), then effects start.
 * An effect may take long: it runs on as a job, and its task is left alone until it is over.
 */
export type Action = Edit | Commit | Effect;

export type EditIntent =
  | "assign"
  | "again"
  | "review"
  | "block"
  | "request"
  | "requeue"
  | "close"
  | "normalise"
  | "stale"
  | "remove-duplicate"
  | "pause-board"
  | "mark-failures";

/** One change of one file of the board, applied only if the file still holds the bytes that were decided upon. */
export type Edit = {
  kind: "edit";
  intent: EditIntent;
  /** Null for `pause-board` and `mark-failures`. */
  taskId: string | null;
  path: string;
  /** Blob id of the bytes this was decided upon; apply skips the edit when the file differs by now. Null: it is to be made. */
  expectBlob: string | null;
  /** Where the file goes; null stays. `remove-duplicate` deletes instead. */
  toLane: Lane | null;
  /** Keys to set, in this order; null removes the key. Nothing else in the file changes. */
  set: ReadonlyArray<readonly [DaemonKey | "answer" | "paused", string | number | null]>;
  /** For the commit: an imperative line such as "Assign fix-login to slot A". */
  subject: string;
  trailers: ReadonlyArray<readonly [string, string]>;
  /** Sent to the `notify` command once committed; null for no notice. */
  notice: Notice | null;
  /**
   * Only with `pause-board` and `mark-failures`: paths of the sessions that failed in the way that opened the circuit breaker.
   * Their `pausedBoard` is to be set, or the board would be paused again as soon as a person takes the pause away.
   */
  marksSessions?: readonly string[];
};

export type Notice = { event: "blocked" | "for_review" | "stale" | "paused"; taskId: string | null; message: string };

export type Commit = { kind: "commit"; changes: readonly Change[] };

export type Effect =
  /** Take a worktree for the task ahead of its launch, while the claim is being committed. */
  | { kind: "prepare"; taskId: string; slot: string }
  /** Start the agent. Only after the claim is on the board branch. */
  | {
      kind: "launch";
      taskId: string;
      slot: string;
      attempt: number;
      step: string;
      persona: string | null;
      /** As written: `shell`, `my-llm`, `claude/sonnet`. */
      agent: string;
      /** Failures before this run; its session file says these same numbers, however the run ends. */
      retries: number;
      reworks: number;
      /**
       * How often in a row this chain lost its supervisor before this run. A run that is lost too says in its session file
       * `lost <losses + 1>: …`, so that the count is not forgotten. Absent: 0.
       */
      losses?: number;
      /** Why this is not the first run: quoted in the prompt. */
      cause: LaunchCause;
      /** What of the caps is left: the smallest of run, task and day. Null: no cap. */
      costCapUsd: number | null;
      /** Agents that were passed over, as the run before remembers them. Absent: none. */
      parked?: Readonly<Record<string, ParkedUntil>>;
      /** With the one step of a task: what a review asks it to mend. Absent: nothing. */
      findings?: readonly ReviewFinding[];
      /** With a step of a workflow, or a review: what it is to do. Absent: the one step of a task. */
      work?: StepWork;
    }
  /** Look at the tip of the task's branch: leftovers, refused paths, `verify`. Writes `checks.md`. */
  | {
      kind: "check";
      taskId: string;
      slot: string;
      attempt: number;
      /** With several steps: the one whose work it is, and the attempts of all whose work the branch holds. */
      unit?: { step: string; after: Readonly<Record<string, number>> };
    }
  | { kind: "stop"; taskId: string; runId: string; reason: StopReason }
  /** A run is over: read its last output, save its work, write its session file, remove its record. */
  | {
      kind: "collect";
      taskId: string;
      runId: string;
      /** The other tasks of the batch that it verified. Absent: none. */
      with?: readonly string[];
    }
  /** Merge an accepted task into the base; verify runs on the merged tree first. */
  | {
      kind: "merge";
      taskId: string;
      /** Conflicts before this in the present chain; `merge.md` says the number as `reworks`. Absent: 0. */
      conflicts?: number;
      /** Upon it, in this order, verified and merged together with it. Absent: none. */
      batch?: readonly BatchMember[];
    }
  /** Let a branch follow one that it stands on: to where that is now, or to the base, which has it. */
  | {
      kind: "restack";
      taskId: string;
      /** The tip that this was decided upon: somebody may have put the branch elsewhere since. */
      tip: string;
      /** The task below. */
      lower: string;
      /** The tip of its branch; null: it is merged. */
      onto: string | null;
      /** Conflicts before this, with nothing clean in between; `restack.md` says the number as `reworks`. */
      conflicts: number;
      /** An agent goes on with the branch next: a conflict is left in it to be mended. Else it is only recorded. */
      isForAgent: boolean;
      /** What it holds then is to be checked as it is: no run comes in between. */
      isRecheck: boolean;
    }
  /** Its merge is lost: make the branch again from which it can be merged anew, and write down what happened. */
  | ({ kind: "restore-branch"; taskId: string } & LostLanding)
  /** Its merge is on the base again: the branch that was made from it goes, and the record says so. Null: it has none. */
  | { kind: "forget-loss"; taskId: string; sha: string; branchSha: string | null }
  /**
   * All that came to the base up to this commit, and all that went, is dealt with: note it. `from`: what was noted before; `keep`:
   * tips of lost merges for which no task wants a branch.
   */
  | {
      kind: "note-base";
      taskId: null;
      from: string | null;
      to: string;
      keep?: ReadonlyArray<{ taskId: string; sha: string }>;
    }
  /** The branch is reachable from the base: it can go. */
  | { kind: "drop-branch"; taskId: string; sha: string }
  /** Of an accepted round-robin: this cycle's branch becomes the task's, the others are preserved and go. Null: none is wanted. */
  | { kind: "pick"; taskId: string; cycle: number | null }
  /** Free a worktree; whatever is unsaved in it goes to a ref first. */
  | { kind: "release"; taskId: string; worktree: string; cycle?: number }
  /** Bring a free worktree to the base; null: have one more. */
  | { kind: "warm"; worktree: string | null };

/** A further task of a batch. `after`: those of the batch without which it may not be merged. */
export type BatchMember = { taskId: string; conflicts: number; after: readonly string[] };

/** What one step of a workflow is to do, beyond the task. */
export type StepWork = {
  /** File below `sessions/<task>/`. */
  output: string;
  /** Session files it may read; null: all. */
  reads: readonly string[] | null;
  skills: readonly string[];
  task: string | null;
  verdicts: VerdictKind | null;
  /** It works on the task's branch; others look at a copy of their own. */
  mutates: boolean;
  /** Globs of the files that it may change; absent: those of the task. */
  touches?: readonly string[];
  /** The attempts of all steps it rests upon. */
  after: Readonly<Record<string, number>>;
  model: string | null;
  maxToolCalls: number | null;
  action: StepAction | null;
  /** What an earlier verdict named: a tool, a document. */
  target: string | null;
  args: readonly string[];
  /** What a review asks it to mend. */
  findings: readonly ReviewFinding[];
  /** The turn of a round-robin that it is: it works on a branch of its own, from this commit; null: the task's base. */
  cycle?: { index: number; startSha: string | null };
  /** What was wrong with the verdict of its last message. */
  problem: string | null;
  /** What it asked the person who answers now. */
  question: string | null;
  /** What the person says to it. */
  answer: GivenAnswer | null;
};

export type LaunchCause =
  | "first"
  | "retry"
  | "checks"
  | "feedback"
  | "conflict"
  | "stopped"
  | "lost"
  /** A review says must-fix. */
  | "review"
  /** Its message held no valid verdict. */
  | "verdict"
  /** A person answered what it had asked. */
  | "answer"
  /** Steps that it rests upon were done again. */
  | "stale-input";

/** What `decide` answers. */
export type Decision = {
  actions: readonly Action[];
  /** Why each task that is not moving waits: one line, by task id. */
  waiting: ReadonlyMap<string, string>;
  /** Agents that nobody is given for now, by name as in a chain (with `@` and the HOME of its account where it has one). */
  parked: ParkedAgents;
  /** Look again at this instant at the latest; null when only a change can matter. */
  lookAgainAt: number | null;
};
