import type { Session } from "../../board/session.ts";
import { isOfAgent } from "../../board/session-cost.ts";

/** What some runs came to, all together. What is not known is counted, and never taken for nothing. */
export type Sums = {
  runs: number;
  /** As far as it is known; null when nothing is, of none of them. */
  costUsd: number | null;
  /** How many of them may have cost more. */
  unknownCosts: number;
  /** Of those that told theirs; null when none did. */
  tokens: { input: number; output: number; cached: number } | null;
  /** Of those that composed a prompt and noted its size; null when none did. */
  promptBytes: number | null;
  /** Of those that began and ended. */
  wallMs: number;
};

export type Group = { name: string } & Sums;

/** The same runs, summed four times over. */
export type Report = {
  total: Sums;
  byPersona: readonly Group[];
  byWorkflow: readonly Group[];
  byVerdict: readonly Group[];
  byDay: readonly Group[];
};

/** One run, and how its task is done. */
export type CountedRun = { session: Session; workflow: string };

/** Sums runs by who did them, how their task is done, what they came to, and the UTC day on which they began. */
export function sumRuns(runs: readonly CountedRun[]): Report {
  return {
    total: sum(runs),
    byPersona: byCost(runs, ({ session }) => doerOf(session)),
    byWorkflow: byCost(runs, ({ workflow }) => workflow),
    byVerdict: byCost(runs, ({ session }) => session.verdict ?? session.state),
    byDay: groups(runs, ({ session }) => dayOf(session)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** What is known of the cost of a run, in US dollars; null where nothing is. What the daemon does by itself costs nothing. */
export function knownCost(session: Session): number | null {
  return session.costUsd ?? session.leastUsd ?? (isOfAgent(session) ? null : 0);
}

// Checks, merges, documents and skills have no persona: brackets tell their steps from personas.
function doerOf({ persona, step }: Session): string {
  return persona ?? `(${step})`;
}

function dayOf({ startedAt }: Session): string {
  return startedAt === null ? "unknown" : new Date(startedAt).toISOString().slice(0, 10);
}

function byCost(runs: readonly CountedRun[], nameOf: (run: CountedRun) => string): Group[] {
  const rank = (it: Group): number => it.costUsd ?? 0;
  return groups(runs, nameOf).toSorted(
    (a, b) => rank(b) - rank(a) || b.wallMs - a.wallMs || (a.name < b.name ? -1 : 1),
  );
}

function groups(runs: readonly CountedRun[], nameOf: (run: CountedRun) => string): Group[] {
  const named = new Map<string, CountedRun[]>();
  for (const run of runs) {
    const name = nameOf(run);
    const list = named.get(name);
    if (list === undefined) named.set(name, [run]);
    else list.push(run);
  }
  return [...named].map(([name, list]) => ({ name, ...sum(list) }));
}

function sum(runs: readonly CountedRun[]): Sums {
  const sessions = runs.map(({ session }) => session);
  const costs = sessions.map(knownCost);
  const tokens = sessions.flatMap((it) => it.tokens ?? []);
  const prompts = sessions.flatMap(({ promptBytes }) => (promptBytes === undefined ? [] : Object.values(promptBytes)));
  const hasPrompt = sessions.some(({ promptBytes }) => promptBytes !== undefined);
  return {
    runs: runs.length,
    costUsd: costs.every((it) => it === null) ? null : round(total(costs.map((it) => it ?? 0))),
    unknownCosts: sessions.filter((it) => it.costUsd === null && isOfAgent(it)).length,
    tokens:
      tokens.length === 0
        ? null
        : {
            input: total(tokens.map(({ input }) => input)),
            output: total(tokens.map(({ output }) => output)),
            cached: total(tokens.map(({ cached }) => cached)),
          },
    promptBytes: hasPrompt ? total(prompts) : null,
    wallMs: total(sessions.map(wallOf)),
  };
}

function wallOf({ startedAt, finishedAt }: Session): number {
  return startedAt === null || finishedAt === null ? 0 : Math.max(0, finishedAt - startedAt);
}

function total(values: readonly number[]): number {
  return values.reduce((all, it) => all + it, 0);
}

// Sums of floating point numbers; nobody is billed in millionths of a cent.
function round(usd: number): number {
  return Math.round(usd * 1e8) / 1e8;
}
