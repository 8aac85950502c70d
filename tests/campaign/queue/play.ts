import { randomOf } from "../random.ts";
import { makeQueueBoard } from "./board.ts";
import type { QueueTask } from "./draw.ts";
import { endState, judge } from "./judge.ts";
import { type Lived, liveAndDie, liveOnce } from "./live.ts";
import { createPerson } from "./person.ts";

export type Played = { root: string; found: string[]; state: string[]; lived: Lived; summary: string };

/**
 * A board with these tasks, from the first start of its daemon until all of them are where they will stay; then it is judged.
 * `withinMs`: what it takes without kills, about. `say` is told how far it is.
 */
export async function play(
  tasks: readonly QueueTask[],
  { kills, seed, withinMs, say }: { kills: number; seed: number; withinMs: number; say: (line: string) => void },
): Promise<Played> {
  const board = await makeQueueBoard(tasks);
  const person = createPerson(board.root, tasks);
  const living = { person, count: tasks.length, say };
  const lived =
    kills === 0
      ? await liveOnce(board, living)
      : await liveAndDie(board, living, { kills, random: randomOf(seed), withinMs });
  const found = [...lived.problems, ...(await judge(board.root, tasks))];
  const { accepted, sentBack, wentOn } = person.figures;
  const summary = [
    `${person.lanes()} after ${Math.round(lived.ms / 1000)} s`,
    `${lived.kills} kills, ${lived.killsAtWork} of them with work left`,
    `accepted ${accepted} times, sent back ${sentBack} times`,
    ...(wentOn === 0 ? [] : [`paused itself ${wentOn} times`]),
    `${found.length} violations`,
  ].join("; ");
  return { root: board.root, found, state: await endState(board.root, tasks), lived, summary };
}
