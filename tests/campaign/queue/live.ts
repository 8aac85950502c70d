import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LiveBoard } from "../../helpers/live-board.ts";
import type { Person } from "./person.ts";

export type Living = { person: Person; count: number; say: (line: string) => void };

export type Lived = { kills: number; killsAtWork: number; ms: number; problems: string[] };

const LOOK_EVERY_MS = 100;
const SAY_EVERY_MS = 10_000;
/** Nothing at all has happened for so long: then nothing will. */
const STUCK_MS = 120_000;
const SHORTEST_LONGEST_LIFE_MS = 800;

/** One daemon until every task is where it will stay, and nothing is left to tidy up. */
export async function liveOnce(board: LiveBoard, living: Living): Promise<Lived> {
  const startedAt = Date.now();
  const daemon = await board.start();
  const problems = await liveUntil(living, () => isOver(board, living));
  await daemon.stop();
  return { kills: 0, killsAtWork: 0, ms: Date.now() - startedAt, problems };
}

/**
 * One daemon after the other, each killed at a random instant and followed at once by the next, then one that may live.
 * `withinMs`: what it takes without kills; the kills are spread over about that time.
 */
export async function liveAndDie(
  board: LiveBoard,
  living: Living,
  { kills, random, withinMs }: { kills: number; random: () => number; withinMs: number },
): Promise<Lived> {
  const lived: Lived = { kills: 0, killsAtWork: 0, ms: 0, problems: [] };
  const startedAt = Date.now();
  const longestMs = Math.max(SHORTEST_LONGEST_LIFE_MS, (2 * withinMs) / kills);
  while (lived.kills < kills) {
    const diesAt = Date.now() + random() * longestMs;
    const daemon = await board.start({ isDoomed: true });
    const end = { isOver: false };
    void daemon.ended.then(() => (end.isOver = true));
    await liveUntil(living, () => end.isOver || Date.now() >= diesAt, LOOK_EVERY_MS / 5);
    if (end.isOver) lived.problems.push(`a daemon ended by itself:\n${daemon.output()}`);
    if (!isOver(board, living)) lived.killsAtWork += 1;
    daemon.kill("SIGKILL");
    await daemon.ended;
    lived.kills += 1;
    if (lived.kills % 20 === 0) living.say(`${lived.kills} kills; ${living.person.lanes()}`);
  }
  const last = await liveOnce(board, living);
  return { ...lived, ms: Date.now() - startedAt, problems: [...lived.problems, ...last.problems] };
}

async function liveUntil(
  { person, count, say }: Living,
  isEnough: () => boolean,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<string[]> {
  const seen = { text: "", at: Date.now(), saidAt: Date.now() };
  while (!isEnough()) {
    person.act();
    const text = `${person.lanes()}, ${person.figures.accepted} accepted`;
    if (text !== seen.text) Object.assign(seen, { text, at: Date.now() });
    if (Date.now() - seen.at > STUCK_MS) return [`nothing has happened for long: ${text}`];
    if (Date.now() - seen.saidAt > SAY_EVERY_MS) {
      say(`${person.over()} of ${count} are over; ${text}`);
      seen.saidAt = Date.now();
    }
    await sleep(lookEveryMs);
  }
  return [];
}

function isOver({ root }: LiveBoard, { person, count }: Living): boolean {
  const runs = join(root, ".git/kanband/runs");
  return person.over() === count && (!existsSync(runs) || readdirSync(runs).length === 0);
}
