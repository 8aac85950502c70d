import { LANES, type Lane } from "../../../src/board/lane.ts";
import { REVIEW_STEP } from "../../../src/board/review-claim.ts";
import type { Session } from "../../../src/board/session.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { boardOf, NOW, type TaskWords } from "../../helpers/board-builder.ts";
import { fc } from "../../helpers/fast-check.ts";
import { IDS, settings, soundSettings, soundWords, taskWords } from "./arbitraries.ts";
import { emptyWorld, type Fate, type World } from "./pretend-world.ts";

const FATES: Record<"step" | "checks" | "merge", readonly Fate[]> = {
  step: ["done", "done", "done", "fails", "setup", "lost", "hangs"],
  checks: ["clean", "clean", "must-fix", "inconclusive"],
  merge: ["merged", "merged", "red", "conflict", "waiting"],
};

/** A world as plain values, so that a counterexample can be read. */
export type WorldWords = {
  settings: Settings;
  seed: number;
  tasks: readonly (readonly [Lane, Exclude<TaskWords, string>] | null)[];
};

/** Worlds of every kind, senseless ones among them. */
export const worlds: fc.Arbitrary<WorldWords> = fc.record({
  settings,
  seed: fc.integer(),
  tasks: fc.tuple(...IDS.map((id) => fc.option(fc.tuple(fc.constantFrom(...LANES), taskWords(id)), { freq: 5 }))),
});

/** Worlds in which every task can be done. */
export const soundWorlds: fc.Arbitrary<WorldWords> = fc
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

/** The world itself. */
export function worldOf({
  settings: chosen,
  seed,
  tasks,
}: typeof worlds extends fc.Arbitrary<infer T> ? T : never): World {
  const world = emptyWorld(
    chosen,
    NOW,
    seed,
    (kind, chance) => FATES[kind][Math.floor(chance * FATES[kind].length)] ?? "done",
  );
  world.said = (step, chance) => (step === REVIEW_STEP ? reviewSays(chance) : {});
  for (const it of tasks) if (it !== null) addTask(world, it[0], it[1]);
  return world;
}

function reviewSays(chance: number): Partial<Session> {
  if (chance < 0.5) return { verdict: "clean" };
  if (chance < 0.6) return { verdict: "decision", question: "Which one?" };
  if (chance < 0.75) return { state: "failed", failure: "checks", verdict: "invalid", reason: "no valid verdict" };
  const finding = {
    title: "Red",
    file: null,
    line: null,
    severity: "must-fix",
    why: "",
    fix: "",
    sources: [],
  } as const;
  return { verdict: "must-fix", findings: [finding] };
}

function addTask(world: World, lane: (typeof LANES)[number], words: TaskWords): void {
  for (const { id, path, task } of boardOf({ [lane]: [words] }).tasks) {
    if (task !== null) world.files.set(path, { id, lane, task, settledAt: 0 });
  }
}
