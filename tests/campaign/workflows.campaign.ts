import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyTotal, walkAll } from "../e2e/crash/campaign.ts";
import { plant } from "../e2e/crash/planted.ts";
import { dropReference, makeReference, walkEachPass, walkPlanted } from "../e2e/crash/walk.ts";
import { PLACES, QUESTIONS, SHIPPED } from "../e2e/workflows/scenarios.ts";

// The daemon is killed each time it comes to a place, once a step and more: the board ends as if nothing had happened.
describe("a workflow whose daemon is killed", () => {
  it("is each of those that are shipped, but for the autopilot", () => {
    const files = readdirSync(join(import.meta.dirname, "../../personas/workflows"));
    const names = files.map((it) => it.replace(/\.md$/, "")).filter((it) => it !== "round-robin");
    expect(Object.keys(SHIPPED).toSorted()).toEqual(names.toSorted());
  });

  it("is found out where it forgets why a step was begun", async () => {
    const chain = SHIPPED["skill-chain"];
    if (chain === undefined) throw new Error("there is no skill-chain");
    const reference = await makeReference(chain);
    const planted = plant({
      name: "forget the cause",
      changes: [{ file: "decide/chain.js", from: "if (isCause(begun.cause))", to: "if (begun.cause === 0)" }],
      kills: [],
      caughtAs: /context\.md differs/,
    });
    try {
      // The second review, which looks at what the first one had mended.
      const { violations } = await walkPlanted(reference, planted.main, ["apply.launch.after-session@5"]);
      expect(violations.join("\n")).toMatch(/context\.md differs:\n.*because: stale-input/);
    } finally {
      planted.remove();
      dropReference(reference);
    }
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
