import { isLane } from "../board/lane.ts";
import { NO_REVIEW } from "../board/review-claim.ts";
import { DEFAULTS, plainSlot } from "./defaults.ts";
import type { AgentSettings, Settings, SlotSettings, ToolSettings } from "./settings.ts";
import type { SettingsFile } from "./settings-file.ts";

/** The settings with every default filled in. */
export function resolveSettings(file: SettingsFile): Settings {
  const { wip, budget, worktree, retry, rework } = DEFAULTS;
  return {
    slots: slotsOf(file.slots),
    defaultWorkflow: file.default_workflow ?? DEFAULTS.defaultWorkflow,
    agent: file.agent ?? DEFAULTS.agent,
    tools: Object.fromEntries(Object.entries(file.tools ?? {}).map(([name, tool]) => [name, toolOf(tool)])),
    agents: Object.fromEntries(Object.entries(file.agents ?? {}).map(([name, agent]) => [name, agentOf(agent)])),
    wip: { doing: file.wip?.doing ?? wip.doing, forReview: file.wip?.for_review ?? wip.forReview },
    staleAfterMs: staleAfterOf(file.stale_after ?? {}),
    stopStaleAfterMs: limitOf(file.stop_stale_after, DEFAULTS.stopStaleAfterMs),
    timeoutMs: limitOf(file.timeout, DEFAULTS.timeoutMs),
    graceMs: file.grace ?? DEFAULTS.graceMs,
    budget: {
      runUsd: dollarsOf(file.budget?.run_usd, budget.runUsd),
      taskUsd: dollarsOf(file.budget?.task_usd, budget.taskUsd),
      dayUsd: dollarsOf(file.budget?.day_usd, budget.dayUsd),
    },
    trust: file.trust ?? DEFAULTS.trust,
    merge: file.merge ?? DEFAULTS.merge,
    mergeBatch: file.merge_batch ?? DEFAULTS.mergeBatch,
    mergeStyle: file.merge_style ?? DEFAULTS.mergeStyle,
    base: file.base ?? DEFAULTS.base,
    code: file.code ?? DEFAULTS.code,
    verify: file.verify ?? DEFAULTS.verify,
    checks: {
      refuse: file.checks?.refuse ?? DEFAULTS.checks.refuse,
      config: file.checks?.config ?? DEFAULTS.checks.config,
      tests: file.checks?.tests ?? DEFAULTS.checks.tests,
      commands: file.checks?.commands ?? DEFAULTS.checks.commands,
      hosts: file.checks?.hosts ?? DEFAULTS.checks.hosts,
      retry: file.checks?.retry ?? DEFAULTS.checks.retry,
      timeoutMs: limitOf(file.checks?.timeout, DEFAULTS.checks.timeoutMs),
    },
    trustWorktree: file.trust_worktree ?? DEFAULTS.trustWorktree,
    sandbox: file.sandbox ?? DEFAULTS.sandbox,
    domains: file.domains ?? DEFAULTS.domains,
    prices: pricesOf(file.prices),
    worktree: {
      copy: file.worktree?.copy ?? worktree.copy,
      setup: file.worktree?.setup ?? worktree.setup,
      pool: file.worktree?.pool ?? worktree.pool,
    },
    paused: pausedOf(file.paused),
    notify: file.notify ?? DEFAULTS.notify,
    retry: {
      limit: file.retry?.limit ?? retry.limit,
      baseMs: file.retry?.base ?? retry.baseMs,
      maxMs: file.retry?.max ?? Math.max(retry.maxMs, file.retry?.base ?? 0),
    },
    rework: { limit: file.rework?.limit ?? rework.limit },
    review: file.review === NO_REVIEW ? null : (file.review ?? DEFAULTS.review),
  };
}

/** The names that a mere number of slots gets: A … Z, then A2 … Z2, and so on. */
export function slotName(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round === 0 ? "" : String(round + 1));
}

function slotsOf(slots: SettingsFile["slots"]): readonly SlotSettings[] {
  if (slots === undefined) return DEFAULTS.slots;
  if (typeof slots === "number") return Array.from({ length: slots }, (_, index) => plainSlot(slotName(index)));
  return slots.map((slot) => {
    if (typeof slot === "string") return plainSlot(slot);
    return {
      name: slot.name,
      agents: slot.agents ?? null,
      personas: slot.personas ?? null,
      env: slot.env ?? [],
      home: slot.home ?? null,
      tools: slot.tools === undefined ? null : { allow: slot.tools.allow ?? [], deny: slot.tools.deny ?? [] },
      model: slot.model ?? null,
      effort: slot.effort ?? null,
      permission: slot.permission ?? null,
      maxTurns: slot.max_turns ?? null,
      sandbox: slot.sandbox ?? null,
      long: slot.long ?? false,
    };
  });
}

function toolOf({ command, env, description }: NonNullable<SettingsFile["tools"]>[string]): ToolSettings {
  return { command, env: env ?? [], description: description ?? null };
}

function agentOf({ use, command, env }: NonNullable<SettingsFile["agents"]>[string]): AgentSettings {
  const words = typeof command === "string" ? ["sh", "-c", command] : (command ?? []);
  return { use: use ?? "command", command: words, env: env ?? [] };
}

function pricesOf(prices: SettingsFile["prices"]): Settings["prices"] {
  const models = Object.entries(prices?.models ?? {}).map(([name, { input, output, cached, written }]) => {
    // Where no price of its own is known, what comes from the cache costs what everything else does.
    return [name, { input, output, cached: cached ?? input, ...(written === undefined ? {} : { written }) }] as const;
  });
  return { version: String(prices?.version ?? DEFAULTS.prices.version), models: Object.fromEntries(models) };
}

function staleAfterOf(limits: Record<string, number | "none" | undefined>): Settings["staleAfterMs"] {
  const merged: Partial<Record<string, number>> = { ...DEFAULTS.staleAfterMs };
  for (const [lane, limit] of Object.entries(limits)) {
    if (!isLane(lane)) continue;
    if (limit === "none") delete merged[lane];
    else if (limit !== undefined) merged[lane] = limit;
  }
  return merged;
}

function limitOf(value: number | "none" | undefined, otherwise: number | null): number | null {
  return value === "none" ? null : (value ?? otherwise);
}

function dollarsOf(value: number | "none" | undefined, otherwise: number): number {
  return value === "none" ? Number.POSITIVE_INFINITY : (value ?? otherwise);
}

function pausedOf(paused: boolean | string | undefined): boolean | string {
  return typeof paused === "string" && paused.trim() === "" ? false : (paused ?? DEFAULTS.paused);
}
