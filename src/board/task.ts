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
  approved: string | null;
  feedback: string | null;
  /** The value of the key `lane`, whatever it says; see SPEC: a request, obeyed only when fresh. */
  laneRequest: string | null;
  /** Line of the key `lane`, for findings. */
  laneRequestLine: number | null;

  // Written by the daemon.
  assigned: string | null;
  branch: string | null;
  attempt: number | null;
  spentUsd: number | null;
  blocked: string | null;
  stale: string | null;

  /** The text below the front matter. */
  body: string;
};

/** The keys that the daemon owns in a task file, and nothing else. */
export const DAEMON_KEYS = ["assigned", "branch", "attempt", "spent_usd", "blocked", "stale", "lane"] as const;
export type DaemonKey = (typeof DAEMON_KEYS)[number];
