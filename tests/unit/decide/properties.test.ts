import { describe, expect, it } from "vitest";
import type { Decision } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import { fc, someOf } from "../../helpers/fast-check.ts";
import { acceptedBoards, snapshots } from "./arbitraries.ts";
import { violationsOf } from "./invariants.ts";
import { acceptAndRevive, actAsPerson, killNowAndThen, live, untrueKeys } from "./live.ts";
import { loseMerges } from "./pretend-lost.ts";
import type { World } from "./pretend-world.ts";
import { soundWorlds, worldOf, worlds } from "./worlds.ts";

// Hundreds of worlds, on a machine that may be busy with something else.
const PATIENCE_MS = 60_000;

describe("every decision", () => {
  it("never gives one task to two slots, nor breaks any other rule of safety", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(violationsOf(snapshot, decide(snapshot))).toEqual([]);
      }),
      { numRuns: someOf(1_500) },
    );
  });

  it("merges what is accepted in sound batches", () => {
    fc.assert(
      fc.property(acceptedBoards, (snapshot) => {
        expect(violationsOf(snapshot, decide(snapshot))).toEqual([]);
      }),
      { numRuns: someOf(200) },
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
      { numRuns: someOf(150) },
    );
  });

  it("does not depend on the order in which files were found", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const other = { ...snapshot, tasks: snapshot.tasks.toReversed() };
        expect(plain(decide(other))).toEqual(plain(decide(snapshot)));
      }),
      { numRuns: someOf(150) },
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
          expect(live(world, decide, () => undefined)).toEqual([]);
          expect(untrueKeys(world)).toEqual([]);
        }),
        { numRuns: someOf(50) },
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
          expect(live(world, decide, actAsPerson)).toEqual([]);
          expect(untrueKeys(world)).toEqual([]);
        }),
        { numRuns: someOf(50) },
      );
    },
    PATIENCE_MS,
  );
});

describe("a world of sound tasks with a person who accepts what is finished", () => {
  it(
    "gets every task merged, however often runs, checks and merges fail, merges are lost and the daemon is killed",
    () => {
      fc.assert(
        fc.property(soundWorlds, (words) => {
          const world = worldOf(words);
          const person = (it: World) => [acceptAndRevive, loseMerges, killNowAndThen].forEach((act) => act(it));
          expect(live(world, decide, person, Number.POSITIVE_INFINITY)).toEqual([]);
          expect([...world.files.values()].filter(({ lane }) => lane !== "done")).toEqual([]);
          expect([...world.branches.keys(), ...world.landed.lost.keys(), ...untrueKeys(world)]).toEqual([]);
        }),
        { numRuns: someOf(25) },
      );
    },
    PATIENCE_MS,
  );
});

function plain({ actions, waiting, lookAgainAt }: Decision): object {
  const texts = actions.map((it) => JSON.stringify(it)).toSorted();
  return { texts, waiting: [...waiting].toSorted(), lookAgainAt };
}
