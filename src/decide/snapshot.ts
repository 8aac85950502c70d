import type { Finding } from "../board/finding.ts";
import type { Lane } from "../board/lane.ts";
import type { Persona } from "../board/persona.ts";
import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";
import type { Workflow } from "../board/workflow.ts";
import type { Settings } from "../config/settings.ts";

/** The world read at one instant: values only. Instants are ms since the epoch; paths are relative to the board root. */
export type Snapshot = {
  observedAt: number;
  repo: RepoView;
  /** The settings in force: the file's, or the last good ones; null when there were never good ones. */
  settings: Settings | null;
  /** Blob id of `board/board.md`; null when there is none. */
  settingsBlob: string | null;
  tasks: readonly TaskView[];
  personas: ReadonlyMap<string, Persona>;
  /** By id, which is the file's name without `.md`; those that are broken are absent, and `findings` say why. */
  workflows: ReadonlyMap<string, Workflow>;
  /** Names of the skills there are: the folders of `personas/skills/` that hold a `SKILL.md`. */
  skills: ReadonlySet<string>;
  /** Session files by task id, for every task that is not merely known by name. */
  sessions: ReadonlyMap<string, readonly Session[]>;
  /** The branch `kanband/<id>` of each task that has one. */
  branches: ReadonlyMap<string, BranchView>;
  /** The last commit of accepted work whose branch is gone and that the base does not hold, by task. */
  gone?: ReadonlyMap<string, string>;
  /** The branches of the cycles of round-robins, by task id and number. */
  cycles: ReadonlyMap<string, ReadonlyMap<number, CycleBranchView>>;
  worktrees: readonly WorktreeView[];
  landed: LandedView;
  runs: readonly RunView[];
  /** Actions still being carried out: decide asks nothing more of these tasks until they are over. */
  jobs: readonly JobView[];
  /** Settled differences between the files under `board/` and `sessions/` and the board branch. */
  uncommitted: readonly Change[];
  /** When a path that is not settled will be, so that the loop looks again then. */
  unsettledUntil: number | null;
  /** Until when a task that is nowhere to be seen may only be out of sight, as while an editor replaces its file. */
  tasksSettleAt: number | null;
  /** False while git is being asked since when tasks have been where they are, so that a null may only mean: not yet. */
  areAgesKnown: boolean;
  /** Names of the agents this build and these settings know. */
  agents: ReadonlyMap<string, AgentView>;
  /** Everything found wrong with files, for `status` and `check`. */
  findings: readonly Finding[];
  /** True when the daemon was asked to start nothing new. */
  isDraining: boolean;
};

export type RepoView = {
  /**
   * ready: the board branch is checked out and nothing is half-finished. Everything else starts nothing and commits nothing:
   * elsewhere: HEAD is not the board branch; operation: a rebase, merge, cherry-pick, revert or bisect is in progress, or a
   * checkout was cut short;
   * busy: somebody else's git is changing the index right now; missing: the board folder is gone.
   */
  state: "ready" | "elsewhere" | "operation" | "busy" | "missing";
  /** One line for people: what was found and what to do. Empty when ready. */
  detail: string;
  boardBranch: string;
  headSha: string | null;
  /** Tip of the branch that tasks start from and merge into; null when it does not exist. */
  baseSha: string | null;
};

export type TaskView = {
  id: string;
  path: string;
  lane: Lane;
  /** Null: broken (see findings), or known by name only. */
  task: Task | null;
  /** A task in `done/` that nobody needed to read. */
  isNameOnly: boolean;
  findings: readonly Finding[];
  /** Git blob id of the bytes on disk; null when known by name only or unreadable. */
  blobSha: string | null;
  /** Git blob id at this path on the board branch; null when it is not there. */
  headSha: string | null;
  /** Where the board branch has this id; null when nowhere. Differs from `path` after a move that is not committed. */
  headPath: string | null;
  /** The value of the key `lane` at this same path on the board branch; undefined when the path is not there. */
  headLaneRequest: string | null | undefined;
  /** The last change is old enough that no editor is in the middle of it. */
  isSettled: boolean;
  /** When the task came into its lane; null when not known (yet). */
  enteredAt: number | null;
  /** Paths of other files with the same id or alias. */
  duplicates: readonly DuplicateView[];
};

export type DuplicateView = {
  path: string;
  /** This other file is byte for byte an older, committed version of the task: the daemon may remove it. */
  isOlderVersion: boolean;
  blobSha: string | null;
};

export type BranchView = {
  sha: string;
  /** The base branch holds it, or the commit that brought its work there. Null when nobody needed to know (task not in `done/`). */
  isMerged: boolean | null;
  /** A person has it checked out: in the main working tree, or in a worktree of theirs. */
  isHeld?: boolean;
  /** The tips that it holds of the branches of other tasks, by their ids. Absent: it stands on the base. */
  stackedOn?: Readonly<Record<string, string>>;
  /** When its merge, which waits, was last tried in vain after its record was written. */
  triedAt?: number | null;
};

/** What became of merges since the daemon last noted where the base is. */
export type LandedView = {
  /** Where it was noted; null: not yet. */
  notedSha: string | null;
  /** Nothing came to the base since then, or went, that is to be noted. */
  isNoted: boolean;
  /** What is merged no longer, by task. */
  lost: ReadonlyMap<string, LostLanding>;
  /** Tasks in `blocked/` whose merge was told to be lost and is on the base again, with the commit that it is there. */
  found: ReadonlyMap<string, string>;
};

/** A merge that the base does not hold any more, or that was reverted there. */
export type LostLanding = {
  /** The commit that had brought the work into the base; of several, the last. */
  sha: string;
  /** The tip of the branch it came from. */
  tip: string;
  /** The commit of the base that takes it back; null: the base was moved to another history. */
  revertedBy: string | null;
};

export type CycleBranchView = {
  sha: string;
  /** A person has it checked out: in the main working tree, or in a worktree of theirs. */
  isHeld: boolean;
};

export type WorktreeView = {
  /** Folder name, such as `w1`. */
  name: string;
  /** The task whose branch is checked out; null when the worktree is free. */
  taskId: string | null;
  /** The cycle whose branch that is; absent or null: the task's own. */
  cycle?: number | null;
  isUsable: boolean;
  /** Its files are those of the base's tip: a task that starts there finds it ready. */
  isAtBase: boolean;
};

export type RunKind = "step" | "checks" | "merge";

/** Why a run is ended by the daemon. */
export type StopReason = "person" | "timeout" | "output" | "tool-calls" | "budget" | "stale" | "lingering" | "shutdown";

export type RunView = {
  runId: string;
  kind: RunKind;
  taskId: string;
  slot: string | null;
  step: string;
  /** The other tasks of a batch that is verified for its merge. Absent: none. */
  with?: readonly string[];
  /** The step whose claim it runs under, also of its checks; absent or null: the task has but one step. */
  unit?: string | null;
  persona: string | null;
  agent: string | null;
  attempt: number;
  /** starting: recorded, its supervisor not seen yet; lost: neither alive nor ended in a known way. */
  state: "starting" | "running" | "exited" | "lost";
  exitCode: number | null;
  stop: { reason: StopReason; requestedAt: number } | null;
  startedAt: number;
  lastOutputAt: number | null;
  outputBytes: number;
  toolCalls: number;
  /** Its agent gave a good result and began nothing after it: it has only to end. */
  isOver?: boolean;
  costUsd: number | null;
  /** What is known of the cost where not all of it is: it may be more. Absent: `costUsd`. */
  leastUsd?: number;
  /** The caps of this run, fixed when it started. */
  caps: { wallMs: number | null; outputBytes: number; toolCalls: number | null; costUsd: number | null };
  /** What stands between the run and the machine; absent where nobody wrote it down. */
  sandbox?: "bwrap" | "none";
  /** Evidence gathered only once the output has been silent for a while; null before. */
  evidence: EvidenceView | null;
  /** Last line of activity, for `status`. */
  lastLine: string | null;
};

export type EvidenceView = {
  worktreeChangedAt: number | null;
  committedAt: number | null;
  cpuActiveAt: number | null;
  /** Since when CPU time is compared: before, it may have worked unseen. Absent: nobody wrote it down. */
  watchedSince?: number;
};

export type JobView = {
  kind: string;
  taskId: string | null;
  /** Further tasks that it is at work on: the rest of a batch. Absent: none. */
  with?: readonly string[];
  /** The slot it starts a process in: held, though neither a file nor a run may say so. */
  slot: string | null;
  /** Which of several of its kind for one task: the step that it starts. Absent: there is but one. */
  of?: string;
  /** It failed for a reason nobody foresaw and rests until `retryAt`; null while it is under way. */
  problem: string | null;
  retryAt: number | null;
  /** What the run that it starts may cost, in US dollars. Absent or null: no cap, or no start. */
  costCapUsd?: number | null;
};

export type Change = {
  path: string;
  /** Blob id on disk; null when the file is gone. */
  blobSha: string | null;
  /** Blob id on the board branch; null when it is new. */
  headSha: string | null;
};

export type AgentView = {
  name: string;
  /** Null when usable; else why not: "no such agent", "binary not found". */
  problem: string | null;
  /** It asks no model, so nothing that it does costs anything. Absent: it may. */
  isFree?: boolean;
};
