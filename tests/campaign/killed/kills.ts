import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRuns } from "../../../src/process/read-runs.ts";
import type { AgentBoard } from "../../agents/bench-board.ts";
import { strangersOf } from "./tagged.ts";

/** Nothing of earlier daemons may be left so long after a start. */
export const CHECK_AFTER_MS = 10_000;
const SHORT_LIFE_MS = 5_000;
const LONG_LIFE_MS = 12_000;
const LONGEST_GAP_MS = 3_000;
const ACT_EVERY_MS = 100;

export type Killing = {
  prefix: string;
  kills: number;
  random: () => number;
  /** The person's hands, many times a second. */
  act: () => void;
};

export type Killed = { kills: number; starts: number; checks: number; adopted: Set<string>; violations: string[] };

/**
 * Starts the daemon and kills it at a random instant, again and again. About half of them live long enough for the look at what is
 * left; the others die on their way there, some as they start. Some time passes without a daemon now and then.
 */
export async function killAgainAndAgain(board: AgentBoard, killing: Killing): Promise<Killed> {
  const killed: Killed = { kills: 0, starts: 0, checks: 0, adopted: new Set(), violations: [] };
  while (killed.kills < killing.kills) {
    await liveAndDie(board, killing, killed);
    if (killed.kills % 10 === 0) console.log(`${killed.kills} kills, ${killed.violations.length} violations so far`);
    if (killing.random() < 0.3) await passTime(killing, killing.random() * LONGEST_GAP_MS, () => false);
  }
  return killed;
}

async function liveAndDie(board: AgentBoard, killing: Killing, killed: Killed): Promise<void> {
  const { random, prefix } = killing;
  const isLong = random() < 0.5;
  const lifeMs = isLong ? CHECK_AFTER_MS + random() * (LONG_LIFE_MS - CHECK_AFTER_MS) : random() * SHORT_LIFE_MS;
  const startedAt = Date.now();
  const daemon = await board.up([], { isDoomed: true });
  killed.starts += 1;
  const end = { isOver: false };
  void daemon.ended.then(() => (end.isOver = true));
  await passTime(killing, Math.min(lifeMs, CHECK_AFTER_MS), () => end.isOver);
  if (isLong && !end.isOver) {
    killed.violations.push(...(await look(board, prefix, `start ${killed.starts}`)));
    killed.checks += 1;
    await passTime(killing, startedAt + lifeMs - Date.now(), () => end.isOver);
  }
  if (end.isOver) killed.violations.push(`start ${killed.starts}: the daemon ended by itself:\n${daemon.output()}`);
  const running = readRuns(runsDirOf(board)).filter(({ state }) => state === "running");
  for (const { runId } of running) killed.adopted.add(runId);
  daemon.kill("SIGKILL");
  await daemon.ended;
  killed.kills += 1;
}

/** What is left and should not be, one line each. */
export async function look(board: AgentBoard, prefix: string, when: string): Promise<string[]> {
  const strangers = await strangersOf(prefix, runsDirOf(board));
  return strangers.map(({ pid, runId, command }) => `${when}: ${pid} of ${runId} is left: ${command}`);
}

/** Lets the person act for so long, or until it is enough. */
export async function passTime({ act }: Pick<Killing, "act">, ms: number, isEnough: () => boolean): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until && !isEnough(); ) {
    act();
    await sleep(Math.max(0, Math.min(ACT_EVERY_MS, until - Date.now())));
  }
}

export function runsDirOf({ root }: AgentBoard): string {
  return join(root, ".git/kanband/runs");
}
