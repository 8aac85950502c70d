import { randomOf } from "../random.ts";
import { CONFLICTS, HONEST, type Kind, MENDING_LIARS, RED, STUBBORN_LIARS } from "./kinds.ts";

/** A task of the queue. `group`: the shared file that it changes; null: none. */
export type QueueTask = { id: string; kind: Kind; dependencies: string[]; isStacked: boolean; group: string | null };

const CONFLICTING = 0.2;
const RED_ONCE = 0.1;
const LYING = 0.05;
const STACKED = 0.3;
const JOINED = 0.3;
const LARGEST_GROUP = 4;

/**
 * So many tasks whose dependencies are chains, fan-outs and diamonds, some of them joined; every seed draws its own. Of the
 * tasks 20 % change the same lines as others, 10 % fail their checks once, 5 % lie: two of five liars to the end.
 */
export function drawQueue({ tasks: count, seed }: { tasks: number; seed: number }): QueueTask[] {
  const random = randomOf(seed);
  const tasks: QueueTask[] = [];
  function add(dependencies: readonly QueueTask[]): QueueTask {
    const ids = dependencies.map(({ id }) => id);
    const isStacked = ids.length > 0 && random() < STACKED;
    const id = `t${String(tasks.length).padStart(3, "0")}`;
    const task = { id, kind: HONEST, dependencies: ids, isStacked, group: null };
    tasks.push(task);
    return task;
  }
  while (tasks.length < count) {
    const below = tasks.length > 0 && random() < JOINED ? [pick(tasks, random)] : [];
    addShape({ first: add(below), random, add });
  }
  tasks.length = count;
  giveKinds(tasks, random);
  return tasks;
}

/** So many tasks that all change the same line of one file. */
export function drawHotFile(count: number): QueueTask[] {
  return Array.from({ length: count }, (_, index) => {
    return { id: `h${index}`, kind: CONFLICTS, dependencies: [], isStacked: false, group: "all" };
  });
}

type Shape = { first: QueueTask; random: () => number; add: (dependencies: readonly QueueTask[]) => QueueTask };

function addShape({ first, random, add }: Shape): void {
  const width = 2 + Math.floor(random() * 3);
  const shape = Math.floor(random() * 4);
  if (shape === 1) {
    for (let length = 1, last = first; length <= width; length++) last = add([last]);
  }
  if (shape === 2 || shape === 3) {
    const above = Array.from({ length: width }, () => add([first]));
    if (shape === 3) add(above);
  }
}

function giveKinds(tasks: QueueTask[], random: () => number): void {
  const lower = new Set(tasks.flatMap(({ dependencies }) => dependencies));
  const left = shuffled(tasks, random);
  const liars = Math.max(1, Math.round(tasks.length * LYING));
  const stubborn = Math.max(1, Math.round(liars * 0.4));
  const leaves = left.filter(({ id }) => !lower.has(id)).slice(0, stubborn);
  const others = left.filter((it) => !leaves.includes(it));
  leaves.forEach((it, index) => (it.kind = STUBBORN_LIARS[index % STUBBORN_LIARS.length] ?? HONEST));
  for (const [index, it] of others.splice(0, liars - leaves.length).entries()) {
    it.kind = MENDING_LIARS[index % MENDING_LIARS.length] ?? HONEST;
  }
  for (const it of others.splice(0, Math.round(tasks.length * RED_ONCE))) it.kind = RED;
  const conflicting = others.splice(0, Math.round(tasks.length * CONFLICTING));
  for (let group = 0; conflicting.length > 0; group++) {
    const size = 2 + Math.floor(random() * (LARGEST_GROUP - 1));
    for (const it of conflicting.splice(0, size)) Object.assign(it, { kind: CONFLICTS, group: `g${group}` });
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("there is none");
  return item;
}
