import { describe, expect, it } from "vitest";
import { decide } from "../../src/decide/decide.ts";
import { fc } from "../helpers/fast-check.ts";
import { snapshots } from "../unit/decide/arbitraries.ts";
import { violationsOf } from "../unit/decide/invariants.ts";
import { acceptAndRevive, actAsPerson, killNowAndThen, live, type Person, untrueKeys } from "../unit/decide/live.ts";
import type { World } from "../unit/decide/pretend-world.ts";
import { soundWorlds, type WorldWords, worldOf, worlds } from "../unit/decide/worlds.ts";

// What `npm test` does with a fixed seed, with a new one each time and many more worlds: bugs of one world in ten thousand.
const seed = Number(process.env["KANBAND_SEED"] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env["KANBAND_WORLDS"] ?? 4_000);

describe(`${numRuns} worlds each, KANBAND_SEED=${seed}`, () => {
  it("no snapshot leads to an unsound decision", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(violationsOf(snapshot, decide(snapshot))).toEqual([]);
      }),
      { seed, numRuns },
    );
  });

  it.each<[string, fc.Arbitrary<WorldWords>, Person, number | undefined]>([
    ["left to themselves", worlds, () => undefined, undefined],
    ["with a person who does anything at any moment", worlds, actAsPerson, undefined],
    ["of sound tasks, with failures and kills", soundWorlds, acceptThroughKills, Number.POSITIVE_INFINITY],
  ])("worlds settle: %s", (_, arbitrary, person, personTicks) => {
    fc.assert(
      fc.property(arbitrary, (words) => {
        const world = worldOf(words);
        expect([...live(world, decide, person, personTicks), ...untrueKeys(world)]).toEqual([]);
      }),
      { seed, numRuns },
    );
  });
});

function acceptThroughKills(world: World): void {
  acceptAndRevive(world);
  killNowAndThen(world);
}
