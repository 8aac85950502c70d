import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareFacts, type Facts, findLitter, readFacts } from "./read-world.ts";
import type { Scenario } from "./scenario.ts";
import { describeWorld, endWorld, makeTemplate, makeWorld, runLeg, runUntilIdle, type World } from "./world.ts";

// Far more steps than any scenario has.
const MOST_PASSES = 200;
/** Steps that start at once may all die before any of them has started: then one more is let through. */
const PATIENCE = 20;

/** An uninterrupted run: what every other one has to come to, and how often it passed each failpoint. */
export type Reference = {
  scenario: Scenario;
  template: string;
  facts: Facts;
  /** In the order of the first pass. */
  passes: ReadonlyMap<string, number>;
};

/** What came of one world. */
export type Walked = {
  violations: string[];
  kills: number /** Failpoints at which the daemon died or failed. */;
  hit: string[];
};

/** Makes the reference; throws when even an uninterrupted run leaves something behind. */
export async function makeReference(scenario: Scenario): Promise<Reference> {
  const template = await makeTemplate(scenario);
  const world = makeWorld(template, scenario);
  const logs = mkdtempSync(join(tmpdir(), "kanband-passes-"));
  try {
    const violations = await finish(world, null, { failpoints: `*=log:${join(logs, "passes")}` });
    if (violations.length > 0) throw new Error(`the reference itself is not clean:\n${violations.join("\n")}`);
    const facts = await readFacts(world.root);
    return { scenario, template, facts, passes: countPasses(join(logs, "passes")) };
  } finally {
    if (process.env["KANBAND_KEEP"] === undefined) await endWorld(world);
    else console.error(`kept ${world.root}`);
    rmSync(logs, { recursive: true });
  }
}

/** Removes what the reference needed. */
export function dropReference({ template }: Reference): void {
  rmSync(template, { recursive: true, force: true, maxRetries: 5 });
}

/** One world in which the daemon dies at each of these places, whichever comes first; those never passed are not in `hit`. */
export async function walkKills(reference: Reference, places: readonly string[]): Promise<Walked> {
  return await inWorld(reference, async (world, walked) => {
    const passes = join(world.root, ".git", "passes");
    const left = new Set(places);
    while (left.size > 0) {
      const end = await runLeg(world, { failpoints: [...left].map((it) => killAt(it, passes)).join(",") });
      if (end.state !== "died") break;
      walked.kills++;
      const last = readFileSync(passes, "utf8").trim().split("\n").at(-1) ?? "";
      const place = [...left].find((it) => it === last || it.startsWith(`${last}@`)) ?? last;
      left.delete(place);
      walked.hit.push(place);
    }
    rmSync(passes, { force: true });
  });
}

/**
 * One world in which the daemon dies whenever it comes to a place. `isBefore`: what the place is about is not done yet, so that
 * the next daemon comes there at once, and is let through once.
 */
export async function walkEachPass(reference: Reference, place: string, isBefore: boolean): Promise<Walked> {
  return await inWorld(reference, async (world, walked) => {
    for (let nth = 1; walked.kills < MOST_PASSES; nth = isBefore ? 2 + Math.floor(walked.kills / PATIENCE) : 1) {
      const end = await runLeg(world, { failpoints: `${place}=kill@${nth}` });
      if (end.state !== "died") return;
      walked.kills++;
      walked.hit.push(place);
    }
    walked.violations.push(`it still dies at ${place} after ${MOST_PASSES} times`);
  });
}

/** One world in which a place fails once with this error: the daemon has to go on by itself. */
export async function walkError(reference: Reference, place: string, code: string): Promise<Walked> {
  return await inWorld(reference, async (world, walked) => {
    const passes = join(world.root, ".git", "passes");
    const end = await runLeg(world, { failpoints: `${place}=log:${passes},${place}=${code}@1` });
    if (existsSync(passes)) walked.hit.push(place);
    rmSync(passes, { force: true });
    // Before it serves a board, an error is for the person who started it.
    const isAtStart = place.startsWith("process.lock.") || end.exitCode === 1;
    if (end.state === "settled" || (isAtStart && end.state === "ended" && !/at (file|async) /.test(world.output)))
      return;
    walked.violations.push(
      `after ${code} at ${place} the daemon ${end.state} (${end.exitCode}): ${describeWorld(world)}\n${world.output.slice(-1_500)}`,
    );
  });
}

/** One world in which the daemon is killed at random instants. */
export async function walkRandom(reference: Reference, delaysMs: readonly number[]): Promise<Walked> {
  return await inWorld(reference, async (world, walked) => {
    for (const killAfterMs of delaysMs) {
      const end = await runLeg(world, { killAfterMs });
      if (end.state !== "died") return;
      walked.kills++;
    }
  });
}

/** The scenario with a daemon of another build, killed at these places one after the other: what the checker has to say. */
export async function walkPlanted(reference: Reference, main: string, places: readonly string[]): Promise<Walked> {
  return await inWorld(
    reference,
    async (world, walked) => {
      world.stuckMs = 10_000;
      for (const place of places) {
        const [name = "", nth = "1"] = place.split("@");
        const end = await runLeg(world, { failpoints: `${name}=kill@${nth}`, main });
        if (end.state !== "died") return;
        walked.kills++;
      }
    },
    main,
  );
}

async function inWorld(
  reference: Reference,
  disturb: (world: World, walked: Walked) => Promise<void>,
  main?: string,
): Promise<Walked> {
  const world = makeWorld(reference.template, reference.scenario);
  const walked: Walked = { violations: [], kills: 0, hit: [] };
  try {
    await disturb(world, walked);
    walked.violations.push(...(await finish(world, reference.facts, main === undefined ? {} : { main })));
    return walked;
  } finally {
    if (process.env["KANBAND_KEEP"] === undefined || walked.violations.length === 0) await endWorld(world);
    else console.error(`kept ${world.root}`);
  }
}

/** Lets an undisturbed daemon bring the scenario to its end, and looks at everything. */
async function finish(
  world: World,
  expected: Facts | null,
  options: { failpoints?: string; main?: string },
): Promise<string[]> {
  const violations: string[] = [];
  const end = await runLeg(world, options);
  if (end.state !== "settled") {
    violations.push(
      `the daemon ${end.state} (${end.exitCode}): ${describeWorld(world)}\n${world.output.slice(-1_500)}`,
    );
  }
  const problem = await runUntilIdle(world, options.main);
  if (problem !== null) violations.push(problem);
  violations.push(...(await findLitter(world.root)));
  if (expected !== null) violations.push(...compareFacts(expected, await readFacts(world.root)));
  return violations;
}

function killAt(place: string, passes: string): string {
  const [name = "", nth = "1"] = place.split("@");
  return `${name}=log:${passes}@${nth},${name}=kill@${nth}`;
}

function countPasses(path: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of readFileSync(path, "utf8").trim().split("\n")) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
