import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyTotal, walkAll } from "../e2e/crash/campaign.ts";
import { dropReference, makeReference, walkEachPass } from "../e2e/crash/walk.ts";
import { PLACES, QUESTIONS, SHIPPED } from "../e2e/workflows/scenarios.ts";

// The daemon is killed each time it comes to a place, once a step and more: the board ends as if nothing had happened.
describe("a workflow whose daemon is killed", () => {
  it("is each of those that are shipped, but for the autopilot", () => {
    const files = readdirSync(join(import.meta.dirname, "../../personas/workflows"));
    const names = files.map((it) => it.replace(/\.md$/, "")).filter((it) => it !== "round-robin");
    expect(Object.keys(SHIPPED).toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries({ ...SHIPPED, questions: QUESTIONS }))("%s", async (name, scenario) => {
    const reference = await makeReference(scenario);
    const total = emptyTotal();
    try {
      const places = PLACES.map(({ name: place, isBefore }) => ({ place, isBefore, toString: () => place }));
      await walkAll(places, (it) => walkEachPass(reference, it.place, it.isBefore), total);
    } finally {
      dropReference(reference);
    }
    const { kills, hit, violations } = total;
    console.log(`${name}: ${hit.size} of ${PLACES.length} places, ${kills} kills, ${violations.length} differences`);
    expect(violations).toEqual([]);
    expect(kills).toBeGreaterThan(0);
  });
});
