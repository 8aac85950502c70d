import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAILPOINTS } from "../../src/files/failpoints.ts";
import { dealPlaces, emptyTotal, type Total, walkAll } from "../e2e/crash/campaign.ts";
import { BREAKER, MAIN, type Scenario } from "../e2e/crash/scenario.ts";
import { dropReference, makeReference, type Reference, walkError, walkKills, walkRandom } from "../e2e/crash/walk.ts";
import { randomOf } from "./random.ts";

const ERRORS = ["ENOSPC", "EACCES", "EIO"] as const;
const RANDOM_KILLS = Number(process.env["KANBAND_RANDOM_KILLS"] ?? 60);
const KILLS_OF_A_WORLD = 10;
// A day on the small board takes about two seconds; a longer leg is seldom killed.
const LONGEST_LEG_MS = 1_500;

describe.each<[string, Scenario]>([
  ["a day on a small board", MAIN],
  ["a board that pauses itself", BREAKER],
])("%s", (name, scenario) => {
  const made: { reference: Reference | null } = { reference: null };
  function reference(): Reference {
    if (made.reference === null) throw new Error("there is no reference");
    return made.reference;
  }

  beforeAll(async () => {
    made.reference = await makeReference(scenario);
  });
  afterAll(() => dropReference(reference()));

  it("killed at the first pass of each failpoint", async () => {
    const total = emptyTotal();
    await walkAll(dealPlaces(reference(), 4), (it) => walkKills(reference(), it), total);
    // One death may take the ground from under another: these get a world of their own.
    const missed = [...reference().passes.keys()].filter((it) => !total.hit.has(it));
    await walkAll(missed, (it) => walkKills(reference(), [it]), total);
    expect(missed.filter((it) => !total.hit.has(it))).toEqual([]);
    report(`${name}, first pass`, total);
  });

  it("killed at a later pass", async () => {
    const total = emptyTotal();
    const places = [...reference().passes].flatMap(([place, count]) => {
      return count < 3 ? [] : [`${place}@${Math.ceil(count / 3)}`];
    });
    const worlds = Array.from({ length: 4 }, (_, world) => places.filter((__, index) => index % 4 === world));
    await walkAll(worlds, (it) => walkKills(reference(), it), total);
    report(`${name}, later pass`, total);
  });

  it.each(ERRORS)("each failpoint fails once with %s", async (code) => {
    const total = emptyTotal();
    await walkAll(slice([...reference().passes.keys()]), (it) => walkError(reference(), it, code), total);
    report(`${name}, ${code}`, total);
  });

  it("killed at random", async () => {
    const seed = Number(process.env["KANBAND_SEED"] ?? Date.now() % 1_000_000);
    const random = randomOf(seed);
    const worlds = Array.from({ length: Math.ceil(RANDOM_KILLS / KILLS_OF_A_WORLD) }, () => {
      return Array.from({ length: KILLS_OF_A_WORLD }, () => Math.floor(random() * LONGEST_LEG_MS));
    });
    const total = emptyTotal();
    await walkAll(worlds, (it) => walkRandom(reference(), it), total);
    report(`${name}, random, KANBAND_SEED=${seed}`, total);
  });
});

function report(what: string, { kills, hit, violations }: Total): void {
  console.log(
    `${what}: ${FAILPOINTS.length} failpoints, ${hit.size} reached, ${kills} kills, ${violations.length} violations`,
  );
  expect(violations).toEqual([]);
}

/** `KANBAND_SLICE=2/6`: of each list of errors only every sixth, from the second on. */
function slice<T>(items: readonly T[]): T[] {
  const [part = 1, count = 1] = (process.env["KANBAND_SLICE"] ?? "1/1").split("/").map(Number);
  return items.filter((_, index) => index % count === part - 1);
}
