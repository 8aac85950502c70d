import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAILPOINTS } from "../../../src/files/failpoints.ts";
import { someToday } from "../../helpers/today.ts";
import { dealPlaces, emptyTotal, walkAll } from "./campaign.ts";
import { MAIN } from "./scenario.ts";
import { dropReference, makeReference, type Reference, walkKills } from "./walk.ts";

const LONG_MS = 600_000;
/** The campaign walks all places on each run; the tests take another part of them each day. */
const PARTS = 144;

describe("a daemon that is killed", () => {
  const made: { reference: Reference | null } = { reference: null };
  function reference(): Reference {
    if (made.reference === null) throw new Error("there is no reference");
    return made.reference;
  }

  beforeAll(async () => {
    made.reference = await makeReference(MAIN);
  }, LONG_MS);
  afterAll(() => dropReference(reference()));

  it("passes nearly every failpoint on one day of a small board", () => {
    const never = FAILPOINTS.filter((name) => !reference().passes.has(name));

    expect(FAILPOINTS.length).toBeGreaterThanOrEqual(40);
    // `files.create` is for commands; only what an agent broke is mended; only after a crash a run is voided, or taken back
    // what was staged, or in a checkout; only a board that pauses itself marks a session; only of a round-robin a branch is
    // picked; `crash-stacks.test.ts` walks what stacks pass, `crash-lost.test.ts` what lost and found merges pass,
    // `undo-follow.test.ts` what a command takes back.
    const others =
      /^files\.create\.|^apply\.(?:guard|document|pick|prompts|stack|restack|lost|found|undo)\.|^process\.void\.after-mark$|^git\.(?:unstage|takeback|putback)\.|^apply\.edit\.\w+-mark$/;
    expect(never.filter((it) => !others.test(it))).toEqual([]);
  });

  // `npm run campaign crash` walks all parts.
  it("is followed by one that brings the board to where it would have been", { timeout: LONG_MS }, async () => {
    const parts = someToday(dealPlaces(reference(), PARTS), PARTS);
    const worlds = parts.flatMap((places) => [0, 1].map((half) => places.filter((_, index) => index % 2 === half)));
    const total = emptyTotal();

    await walkAll(worlds, (it) => walkKills(reference(), it), total);

    console.log(`${FAILPOINTS.length} failpoints, ${parts.length} of ${PARTS} parts today: ${total.kills} kills`);
    expect(total.violations).toEqual([]);
    expect(total.kills).toBeGreaterThan(parts.flat().length / 2);
  });
});
