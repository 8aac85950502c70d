import { expect } from "vitest";
import { itInTurn } from "../../helpers/today.ts";
import { dropReference, makeReference, walkEachPass } from "../crash/walk.ts";
import { AFTER_STEP, SMALL } from "./scenarios.ts";

// A quarter of them each day.
const it = itInTurn(1, 4);

const LONG_MS = 600_000;

// `npm run campaign workflows` does it to every shipped workflow, and at more places.
it(
  "killed after every step, the daemon brings the board to where it would have been",
  async () => {
    const reference = await makeReference(SMALL);
    try {
      const { kills, violations } = await walkEachPass(reference, AFTER_STEP.name, AFTER_STEP.isBefore);

      expect(violations).toEqual([]);
      expect(kills).toBeGreaterThanOrEqual(4);
    } finally {
      dropReference(reference);
    }
  },
  LONG_MS,
);
