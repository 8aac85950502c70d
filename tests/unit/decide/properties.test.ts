import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LANES, type Lane } from "../../../src/board/lane.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { Decision } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf, NOW, type TaskWords } from "../../helpers/board-builder.ts";
import { IDS, SETTLE_MS, settings, snapshots, soundSettings, soundWords, taskWords } from "./arbitraries.ts";
import { runViolations, violationsOf } from "./invariants.ts";
import { carryOut, emptyWorld, type Fate, look, nextEvent, passTime, type World } from "./pretend-world.ts";

describe("every decision", () => {
  it("never gives one task to two slots, nor breaks any other rule of safety", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(violationsOf(snapshot, decide(snapshot))).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  it("is the same for the same snapshot, and leaves the snapshot as it was", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const before = structuredClone(snapshot);
        const first = decide(snapshot);
        expect(decide(structuredClone(snapshot))).toEqual(first);
        expect(snapshot).toEqual(before);
      }),
      { numRuns: 150 },
    );
  });

  it("does not depend on the order in which files were found", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const other = { ...snapshot, tasks: snapshot.tasks.toReversed() };
        expect(plain(decide(other))).toEqual(plain(decide(snapshot)));
      }),
      { numRuns: 150 },
    );
  });
});

describe("a world left to itself", () => {
  it(
    "settles",
    () => {
      fc.assert(
        fc.property(worlds, (words) => {
          const world = worldOf(words);
          live(world, () => undefined);
          expect(untrueKeys(world)).toEqual([]);
        }),
        { numRuns: 50 },
      );
    },
    PATIENCE_MS,
  );

  it(
    "settles with a person who moves and edits files at any moment",
    () => {
      fc.assert(
        fc.property(worlds, (words) => {
          const world = worldOf(words);
          live(world, actAsPerson);
          expect(untrueKeys(world)).toEqual([]);
        }),
        { numRuns: 50 },
      );
    },
    PATIENCE_MS,
  );
});

describe("a world of sound tasks with a person who accepts what is finished", () => {
  it(
    "gets every task merged, however often runs, checks and merges fail",
    () => {
      fc.assert(
        fc.property(soundWorlds, (words) => {
          const world = worldOf(words);
          live(world, acceptAndRevive, Number.POSITIVE_INFINITY);
          expect([...world.files.values()].filter(({ lane }) => lane !== "done")).toEqual([]);
          expect([...world.branches.keys(), ...untrueKeys(world)]).toEqual([]);
        }),
        { numRuns: 25 },
      );
    },
    PATIENCE_MS,
  );
});

const PERSON_TICKS = 60;
// Hundreds of worlds, on a machine that may be busy with something else.
const PATIENCE_MS = 60_000;

/** Ticks until nothing is left to do or to wait for; fails when that takes too long, or when a rule is broken. */
function live(world: World, person: (world: World) => void, personTicks: number = PERSON_TICKS): void {
  const trace: string[] = [];
  for (let ticks = 0; ticks < 2_500; ticks += 1) {
    if (ticks < personTicks) person(world);
    const snapshot = look(world);
    const decision = decide(snapshot);
    expect([...violationsOf(snapshot, decision), ...runViolations(snapshot)]).toEqual([]);
    trace.push(`${world.now}: ${JSON.stringify(decision.actions)}, then ${decision.lookAgainAt}`);
    carryOut(world, decision);
    const next = nextEvent(world);
    if (decision.actions.length > 0 || ticks < PERSON_TICKS)
      passTime(world, Math.min(next ?? world.now, world.now + 20));
    else if (next !== null || decision.lookAgainAt !== null) passTime(world, earliest(next, decision.lookAgainAt));
    else return;
  }
  throw new Error(`does not settle; the last passes: ${trace.slice(-6).join(" | ")}`);
}

function earliest(...times: (number | null)[]): number {
  return Math.min(...times.filter((it) => it !== null));
}

/** Facts that stand in a file though they are not true. */
function untrueKeys(world: World): string[] {
  return look(world).tasks.flatMap(({ id, lane, task }) => {
    if (task === null) return [];
    const found: string[] = [];
    if (task.assigned !== null && (lane !== "doing" || world.settings.paused === false)) found.push("assigned");
    if ((lane === "planned" || lane === "backlog") && task.attempt !== null) found.push("attempt");
    if (lane !== "blocked" && lane !== "doing" && task.blocked !== null) found.push("blocked");
    if (task.branch !== null && task.assigned === null && !world.branches.has(id)) found.push("branch");
    if (lane === "done" && world.branches.get(id)?.isMerged === true) found.push("branch that is merged");
    return found.map((key) => `${id} in ${lane}: ${key}`);
  });
}

function actAsPerson(world: World): void {
  const files = [...world.files];
  const chosen = files[Math.floor(world.chance() * files.length)];
  if (chosen === undefined || world.chance() > 0.3) return;
  const [path, file] = chosen;
  const lane = LANES[Math.floor(world.chance() * LANES.length)] ?? "planned";
  const dice = world.chance();
  if (dice < 0.6) {
    if (world.files.has(`board/${lane}/${file.id}.md`)) return;
    world.files.delete(path);
    world.files.set(`board/${lane}/${file.id}.md`, { ...file, lane });
  } else if (dice < 0.7) {
    world.files.delete(path);
  } else {
    const task = dice < 0.85 ? { ...file.task, laneRequest: lane } : { ...file.task, ...STALE_BUFFER };
    world.files.set(path, { ...file, task, settledAt: world.now + SETTLE_MS });
  }
}

/** Accepts what is in review and gives what is blocked another chance; takes the pause away. */
function acceptAndRevive(world: World): void {
  if (world.settings.paused !== false) {
    world.settings = { ...world.settings, paused: false };
    world.settingsVersion += 1;
  }
  const isBusy = world.runs.size + world.jobs.length > 0;
  for (const [path, file] of world.files) {
    const lane =
      file.lane === "for_review" ? "done" : file.lane === "blocked" ? REVIVED_TO[Math.floor(world.chance() * 2)] : null;
    if (lane == null || (isBusy && world.chance() > 0.1)) continue;
    world.files.delete(path);
    world.files.set(`board/${lane}/${file.id}.md`, { ...file, lane });
  }
}

const REVIVED_TO = ["planned", "doing"] as const;

// What an editor that was opened before the claim saves over it.
const STALE_BUFFER = { assigned: null, branch: null, attempt: null };

const FATES: Record<"step" | "checks" | "merge", readonly Fate[]> = {
  step: ["done", "done", "done", "fails", "setup", "lost", "hangs"],
  checks: ["clean", "clean", "must-fix"],
  merge: ["merged", "merged", "conflict", "waiting"],
};

type WorldWords = {
  settings: Settings;
  seed: number;
  tasks: readonly (readonly [Lane, Exclude<TaskWords, string>] | null)[];
};

const worlds: fc.Arbitrary<WorldWords> = fc.record({
  settings,
  seed: fc.integer(),
  tasks: fc.tuple(...IDS.map((id) => fc.option(fc.tuple(fc.constantFrom(...LANES), taskWords(id)), { freq: 5 }))),
});

const soundWorlds: fc.Arbitrary<WorldWords> = fc
  .record({
    settings: soundSettings,
    seed: fc.integer(),
    count: fc.integer({ min: 1, max: IDS.length }),
    tasks: fc.tuple(
      ...IDS.map((id, index) => fc.tuple(fc.constantFrom<Lane>("planned", "doing"), soundWords(id, index))),
    ),
  })
  // What a person puts into a full doing/ before its time stays in the way of what it waits for: only ready tasks go there.
  .map(({ count, tasks, ...it }) => ({
    ...it,
    tasks: tasks
      .slice(0, count)
      .map(([lane, words]) => [words.dependencies?.length === 0 ? lane : "planned", words] as const),
  }));

function worldOf({ settings: chosen, seed, tasks }: typeof worlds extends fc.Arbitrary<infer T> ? T : never): World {
  const world = emptyWorld(
    chosen,
    NOW,
    seed,
    (kind, chance) => FATES[kind][Math.floor(chance * FATES[kind].length)] ?? "done",
  );
  for (const it of tasks) if (it !== null) addTask(world, it[0], it[1]);
  return world;
}

function addTask(world: World, lane: (typeof LANES)[number], words: TaskWords): void {
  for (const { id, path, task } of boardOf({ [lane]: [words] }).tasks) {
    if (task !== null) world.files.set(path, { id, lane, task, settledAt: 0 });
  }
}

function plain({ actions, waiting, lookAgainAt }: Decision): object {
  const texts = actions.map((it) => JSON.stringify(it)).toSorted();
  return { texts, waiting: [...waiting].toSorted(), lookAgainAt };
}
