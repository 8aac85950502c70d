import type { Lane } from "./lane.ts";

export const PRIORITIES = ["urgent", "high", "normal", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A task file, read whole and valid. Absent keys are null or empty; unknown keys stay in the file and are not here. */
export type Task = {
  /** The file name without `.md`. */
  id: string;
  /** Path relative to the board root: `board/planned/fix-login.md`. */
  path: string;
  lane: Lane;
  /** Other names that `dependencies` may use: the keys `id` and `work_package_id`. */
  aliases: readonly string[];
  title: string;
  priority: Priority;
  dependencies: readonly string[];
  persona: string | null;
  workflow: string | null;
  /** Who reviews it in `for_review/`: a persona, or `none`; null: as the settings say. */
  review: string | null;
  agent: string | null;
  model: string | null;
  effort: string | null;
  /** The slot a person pinned the task to. */
  slot: string | null;
  budgetUsd: number | null;
  /** Longest time of one run; `"none"` means without limit. */
  timeoutMs: number | "none" | null;
  verify: readonly string[];
  touches: readonly string[];
  base: string | null;
  stack: boolean;
  parent: string | null;
  /** The attempt of a step that proposed it: `tasks/1`. Null: a person wrote it. */
  proposedBy: string | null;
  approved: string | null;
  feedback: string | null;
  /** A person's answer to what a step asked; or to several, by their ids. */
  answer: string | Readonly<Record<string, string>> | null;
  /** What a person wants otherwise in the steps of its workflow, by step id. */
  override: Readonly<Record<string, StepOverride>>;
  /** Line of that key, for findings. */
  overrideLine: number | null;
  /** The roster of a round-robin, and how many of its cycles may run at once. */
  personas: readonly string[];
  parallelism: number | null;
  /** The cycle of a round-robin whose branch a person accepts. */
  pick: number | null;
  /** Where its pull request is, and what became of it: see `parsePullRequest`. */
  pr: string | null;
  /** The value of the key `lane`, whatever it says; see SPEC: a request, obeyed only when fresh. */
  laneRequest: string | null;
  /** Line of the key `lane`, for findings. */
  laneRequestLine: number | null;

  // Written by the daemon.
  assigned: string | null;
  branch: string | null;
  /** The next cycle of a round-robin. */
  cycle: number | null;
  /** The tasks that its workflow made, by their ids with commas between. */
  goalTasks: string | null;
  attempt: number | null;
  /** What is known of it; `unknown` where nothing is. */
  spentUsd: number | "unknown" | null;
  blocked: string | null;
  stale: string | null;

  /** The text below the front matter. */
  body: string;
};

/** What a person changes of one step, for this task alone; `skip` leaves it out. */
export type StepOverride =
  | "skip"
  | {
      persona: string | null;
      skills: readonly string[] | null;
      agent: string | null;
      model: string | null;
    };

/** The keys that the daemon owns in a task file, and nothing else. */
export const DAEMON_KEYS = [
  "assigned",
  "branch",
  "attempt",
  "spent_usd",
  "cycle",
  "goal_tasks",
  "blocked",
  "stale",
  "lane",
] as const;
export type DaemonKey = (typeof DAEMON_KEYS)[number];
