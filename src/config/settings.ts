import type { Lane } from "../board/lane.ts";

/** How much stands between an agent and the rest of the machine. `auto`: the best that works here. */
export type Sandbox = "auto" | "bwrap" | "srt" | "cli" | "none";

export type Trust = "shadow" | "recommend" | "approve" | "auto";

/** A place where one run may happen, with its profile. */
export type SlotSettings = {
  name: string;
  /** Fallback chain, in order: `shell`, `my-llm`, `claude/sonnet`. Null: the board's `agent`. */
  agents: readonly string[] | null;
  personas: readonly string[] | null;
  /** Names of environment variables that a run here inherits, beyond the built-in few. */
  env: readonly string[];
  /** Its own HOME for the agent, relative to the board root, or absolute. */
  home: string | null;
  tools: { allow: readonly string[]; deny: readonly string[] } | null;
  /** For tasks and agents that name none. */
  model: string | null;
  effort: string | null;
  /** Null: everything for a persona that may change files, reading for another. */
  permission: "all" | "edit" | "read" | null;
  maxTurns: number | null;
  /** Null: the board's. */
  sandbox: Sandbox | null;
  /** For tasks with `timeout: none` alone, which then run nowhere else. */
  long: boolean;
};

/** What a model costs, in US dollars for a million tokens. */
export type PriceSettings = {
  version: string;
  models: Readonly<Record<string, { input: number; output: number; cached: number; written?: number }>>;
};

/** An agent the board defines itself: any program, prompt on stdin, answer on stdout. */
export type ToolSettings = { command: readonly string[]; env: readonly string[]; description: string | null };

export type AgentSettings = {
  use: string;
  command: readonly string[];
  env: readonly string[];
};

/** The settings with every default filled in. Durations in ms, money in US dollars. */
export type Settings = {
  slots: readonly SlotSettings[];
  defaultWorkflow: string;
  agent: string;
  agents: Readonly<Record<string, AgentSettings>>;
  /** Commands that may be run for an answer, by name. */
  tools: Readonly<Record<string, ToolSettings>>;
  wip: { doing: number; forReview: number };
  /** A lane without a limit is absent. */
  staleAfterMs: Readonly<Partial<Record<Lane, number>>>;
  /** Null: a stale run is flagged, never stopped. */
  stopStaleAfterMs: number | null;
  /** Longest time of one run. */
  timeoutMs: number | null;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  budget: { runUsd: number; taskUsd: number; dayUsd: number };
  trust: Trust;
  merge: "on-done" | "manual";
  /** How many accepted tasks are verified and merged together at most; 1: each by itself. */
  mergeBatch: number;
  /** Which commits a task becomes on the base: a merge of its branch, one commit, or each of its commits anew. */
  mergeStyle: "merge" | "squash" | "rebase";
  base: string;
  /** Path of the code repository, relative to the board root; null: the board's own repository. */
  code: string | null;
  verify: readonly string[];
  /**
   * Globs. `refuse`: paths that no task may change unless it names them, after the built-in ones; `!` takes paths out.
   * `config`, `tests`: files that are the base's while `verify` runs, tests only where the task may not touch them.
   * `commands`, `hosts`: what may be run and asked to look at what an agent claims.
   */
  checks: Readonly<Record<"refuse" | "config" | "tests" | "commands" | "hosts", readonly string[]>> & {
    /** How often `verify` is run again where it fails. */
    retry: number;
    /** Longest time of one run of `verify`. */
    timeoutMs: number | null;
  };
  /** Hooks, plugins and settings for agents that lie in the repository may take effect in a run. */
  trustWorktree: boolean;
  sandbox: Sandbox;
  /** Hosts that runs may reach, beside what their agent needs, where the sandbox closes the network. */
  domains: readonly string[];
  /** Of models whose agent tells tokens only; goes before the shipped prices. */
  prices: PriceSettings;
  worktree: { copy: readonly string[]; setup: readonly string[]; pool: number };
  /** False, true, or the reason. */
  paused: boolean | string;
  notify: string;
  retry: { limit: number; baseMs: number; maxMs: number };
  rework: { limit: number };
  /** The persona that reviews what comes into `for_review/`; null: nobody does. */
  review: string | null;
};
