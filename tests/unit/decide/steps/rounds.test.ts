import { describe, expect, it } from "vitest";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { fc, someOf } from "../../../helpers/fast-check.ts";
import type { Decider } from "../live.ts";
import { liveRounds, ROSTER, roundWorld, type Words } from "./round-worlds.ts";

const PATIENCE_MS = 60_000;
const CALM: Words = { seed: 7, slots: 2, roster: 4, parallelism: 2, fates: ["done"], restless: 1, isKilled: false };

const words: fc.Arbitrary<Words> = fc.record({
  seed: fc.integer(),
  slots: fc.integer({ min: 1, max: 4 }),
  roster: fc.integer({ min: 1, max: 4 }),
  parallelism: fc.integer({ min: 1, max: 4 }),
  fates: fc.constantFrom(["done"] as const, ["done", "done", "done", "fails", "lost"] as const),
  restless: fc.constantFrom(0, 0.2, 0.5),
  isKilled: fc.boolean(),
});

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

describe("personas that take turns", () => {
  it("get cycles 0 to 7 in order, each the persona of its number modulo four", () => {
    const life = liveRounds(roundWorld(CALM), CALM, decide, 8);
    expect(life.violations).toEqual([]);
    expect(life.claimed.slice(0, 8)).toEqual(upTo(8));
    expect(life.launched.map(({ cycle, persona }) => [cycle, persona])).toEqual(
      upTo(life.launched.length).map((it) => [it, ROSTER[it % 4]]),
    );
  });

  it(
    "never get a number twice, nor miss one, whatever fails and whenever the daemon dies, and come to an end",
    () => {
      fc.assert(
        fc.property(words, (it) => {
          const world = roundWorld(it);
          const life = liveRounds(world, it);
          expect(life.violations).toEqual([]);
          expect(life.claimed).toEqual(upTo(life.claimed.length));
          const [file] = world.files.values();
          expect([file?.lane, file?.task.assigned, file?.task.cycle]).toEqual([
            "for_review",
            null,
            life.claimed.length,
          ]);
        }),
        { numRuns: someOf(80) },
      );
    },
    PATIENCE_MS,
  );

  it("ends at the most cycles there may be, restless as it is", () => {
    const life = liveRounds(roundWorld(CALM), CALM);
    expect(life.claimed).toEqual(upTo(50));
  });
});

function forgetful(snapshot: Snapshot) {
  const decision = decide(snapshot);
  const actions = decision.actions.map((it) => {
    return it.kind === "edit" ? { ...it, set: it.set.filter(([key]) => key !== "cycle") } : it;
  });
  return { ...decision, actions };
}

function skipping(snapshot: Snapshot) {
  const tasks = snapshot.tasks.map((it) => ({
    ...it,
    task: it.task === null ? null : { ...it.task, cycle: it.task.cycle === null ? null : it.task.cycle + 1 },
  }));
  return decide({ ...snapshot, tasks });
}

const PLANTED: readonly (readonly [string, Decider])[] = [
  ["does not write down which numbers are given", forgetful],
  ["skips numbers", skipping],
];

describe.each(PLANTED)("a decider that %s", (_, decider) => {
  it("is found out", () => {
    const found = fc.sample(words, { numRuns: 10, seed: 20_261_121 }).some((it) => {
      const life = liveRounds(roundWorld(it), it, decider, 60);
      return life.violations.length > 0 || life.claimed.some((cycle, index) => cycle !== index);
    });
    expect(found).toBe(true);
  });
});
