import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MAIN, quantile } from "./lib.mjs";
import { midFactory } from "./mid-factory.mjs";

const WARM_ROUNDS = 10;

/**
 * Deciding the next steps of tasks that are all in the middle of the shipped factory, with all slots in use. First look:
 * every object is new; next look: one task changed since. Lower bound: one pass over the same session files that adds up
 * their attempts. A daemon has been up for a while: the first rounds, on objects of their own, are not counted.
 */
export async function benchDecideSteps({ tasks = 1_000, rounds = 21 } = {}) {
  const { decide } = await import(join(dirname(MAIN), "decide", "decide.js"));
  const warm = await midFactory(Math.min(tasks, 1_000));
  for (let round = 0; round < WARM_ROUNDS; round++) look(decide, warm);
  const snapshot = await midFactory(tasks);
  const looks = [];
  for (let round = 0; round < rounds; round++) looks.push(look(decide, snapshot));
  // What is timed is what was meant: everybody has a step under way, or says what it waits for.
  for (const { silent } of looks) if (silent.length > 0) throw new Error(`nothing is said of ${silent.join(", ")}`);
  const sessions = [...snapshot.sessions.values()].reduce((sum, all) => sum + all.length, 0);
  const [first, next, lean] = ["first", "next", "lean"].map((it) => figuresOf(looks.map((one) => one[it])));
  return { first, next, lean, ratios: { first: first.ms / lean.ms, next: next.ms / lean.ms }, sessions };
}

function look(decide, snapshot) {
  const fresh = { ...anew(snapshot), agents: snapshot.agents };
  const [one, ...others] = fresh.tasks;
  const changed = { ...fresh, tasks: [{ ...one, task: { ...one.task, body: "Another text" } }, ...others] };
  const [first] = timed(() => decide(fresh));
  const [next, { waiting }] = timed(() => decide(changed));
  const [lean] = timed(() => sumAttempts(fresh));
  const running = new Set(fresh.runs.map(({ taskId }) => taskId));
  return {
    first,
    next,
    lean,
    silent: fresh.tasks.map(({ id }) => id).filter((it) => !waiting.has(it) && !running.has(it)),
  };
}

/** The same facts in new objects, down to the last one. */
function anew(value) {
  if (value instanceof Map) return new Map(Array.from(value, ([key, it]) => [key, anew(it)]));
  if (Array.isArray(value)) return value.map(anew);
  if (value === null || typeof value !== "object" || value instanceof Set) return value;
  const copy = { ...value };
  for (const key in copy) if (typeof copy[key] === "object") copy[key] = anew(copy[key]);
  return copy;
}

// What was made before, also by this script, is not collected at the cost of what is timed.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

function timed(act) {
  collect();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const answer = act();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return [{ ms, cpuMs: (user + system) / 1_000 }, answer];
}

function figuresOf(all) {
  const ms = all.map((it) => it.ms);
  return {
    ms: quantile(ms, 0.5),
    fastestMs: Math.min(...ms),
    cpuMs: quantile(
      all.map((it) => it.cpuMs),
      0.5,
    ),
  };
}

function sumAttempts({ sessions }) {
  let sum = 0;
  for (const all of sessions.values()) for (const { attempt } of all) sum += attempt;
  return sum;
}
