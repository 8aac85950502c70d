import { afterAll, beforeAll, expect, it } from "vitest";
import { someToday } from "../../helpers/today.ts";
import { PLANTED_BUGS, plant } from "./planted.ts";
import { MORNING } from "./scenario.ts";
import { dropReference, makeReference, type Reference, walkPlanted } from "./walk.ts";

const LONG_MS = 600_000;

const made: { reference: Reference | null } = { reference: null };
function reference(): Reference {
  if (made.reference === null) throw new Error("there is no reference");
  return made.reference;
}

beforeAll(async () => {
  made.reference = await makeReference(MORNING);
}, LONG_MS);
afterAll(() => dropReference(reference()));

it.each(someToday(PLANTED_BUGS, PLANTED_BUGS.length))(
  "a bug of the daemon would be noticed: $name",
  { timeout: LONG_MS },
  async (bug) => {
    const { main, remove } = plant(bug);
    try {
      const { violations } = await walkPlanted(reference(), main, bug.kills);
      expect(violations.join("\n")).toMatch(bug.caughtAs);
    } finally {
      remove();
    }
  },
);
