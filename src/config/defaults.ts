import type { Settings, SlotSettings } from "./settings.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The settings of a board whose board.md says nothing. */
export const DEFAULTS: Settings = {
  slots: [plainSlot("A"), plainSlot("B")],
  defaultWorkflow: "solo",
  agent: "shell",
  agents: {},
  tools: {},
  wip: { doing: 0, forReview: 8 },
  staleAfterMs: { doing: 30 * MINUTE, for_review: 24 * HOUR, planned: 7 * DAY, blocked: 24 * HOUR },
  stopStaleAfterMs: null,
  timeoutMs: 2 * HOUR,
  graceMs: 10 * SECOND,
  budget: { runUsd: 5, taskUsd: 20, dayUsd: 100 },
  trust: "approve",
  merge: "on-done",
  mergeBatch: 5,
  mergeStyle: "merge",
  base: "main",
  code: null,
  verify: [],
  checks: { refuse: [], config: [], tests: [], commands: [], hosts: [], retry: 1, timeoutMs: 30 * MINUTE },
  trustWorktree: false,
  sandbox: "none",
  domains: [],
  prices: { version: "", models: {} },
  worktree: { copy: [], setup: [], pool: 2 },
  paused: false,
  notify: "",
  retry: { limit: 2, baseMs: 10 * SECOND, maxMs: 300 * SECOND },
  rework: { limit: 3 },
  review: null,
};

/** A slot without a profile. */
export function plainSlot(name: string): SlotSettings {
  return {
    name,
    agents: null,
    personas: null,
    env: [],
    home: null,
    tools: null,
    model: null,
    effort: null,
    permission: null,
    maxTurns: null,
    sandbox: null,
    long: false,
  };
}
