import { expect, it } from "vitest";
import { drawHotFile, drawQueue, type QueueTask } from "./queue/draw.ts";
import { differences } from "./queue/judge.ts";
import { type Played, play } from "./queue/play.ts";

// Many tasks with dependencies through 8 slots and the merge queue, some of whose agents collide, fail and lie; then the same
// with a daemon that is killed again and again. KANBAND_QUEUE_TASKS, KANBAND_QUEUE_KILLS, KANBAND_QUEUE_HOT (tasks of one
// file) say how much of it; KANBAND_QUEUE_SEED repeats one.
const TASKS = Number(process.env["KANBAND_QUEUE_TASKS"] ?? 100);
const KILLS = Number(process.env["KANBAND_QUEUE_KILLS"] ?? 100);
const HOT = Number(process.env["KANBAND_QUEUE_HOT"] ?? 50);
const SEED = Number(process.env["KANBAND_QUEUE_SEED"] ?? Date.now() % 1_000_000);

it(`${TASKS} tasks, then the same with ${KILLS} kills, KANBAND_QUEUE_SEED=${SEED}`, async () => {
  const tasks = drawQueue({ tasks: TASKS, seed: SEED });
  console.log(`KANBAND_QUEUE_SEED=${SEED}: ${describe(tasks)}`);
  const quiet = await playAs("without kills", tasks, { kills: 0, withinMs: 0 });
  const killed = await playAs("with kills", tasks, { kills: KILLS, withinMs: quiet.lived.ms });
  expect([...quiet.found, ...killed.found, ...differences(quiet.state, killed.state)]).toEqual([]);
  expect(killed.lived.kills).toBe(KILLS);
});

it(`${HOT} tasks that all change the same line`, async () => {
  const { found } = await playAs("one file", drawHotFile(HOT), { kills: 0, withinMs: 0 });
  expect(found).toEqual([]);
});

async function playAs(
  name: string,
  tasks: readonly QueueTask[],
  { kills, withinMs }: { kills: number; withinMs: number },
): Promise<Played> {
  const say = (line: string): void => console.log(`${name}: ${line}`);
  const played = await play(tasks, { kills, seed: SEED + 1, withinMs, say });
  say(`${played.summary}, KANBAND_QUEUE_SEED=${SEED}`);
  for (const it of played.found) say(it);
  return played;
}

function describe(tasks: readonly QueueTask[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of tasks) kinds.set(kind.name, (kinds.get(kind.name) ?? 0) + 1);
  const stacked = tasks.filter(({ isStacked }) => isStacked).length;
  const edges = tasks.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
  return `${[...kinds].map(([name, count]) => `${count} ${name}`).join(", ")}; ${edges} dependencies, ${stacked} stacked`;
}
