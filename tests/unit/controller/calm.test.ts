import { describe, expect, it } from "vitest";
import { untilCalm } from "../../../src/controller/calm.ts";

/** Counts up by `step` each time it is asked, until `most`. */
function growing(step: number, most: number): { count: () => number; asked: () => number } {
  let [count, asked] = [0, 0];
  return {
    count: () => {
      asked++;
      count = Math.min(most, count + step);
      return count;
    },
    asked: () => asked,
  };
}

describe("untilCalm", () => {
  it("waits for nothing when little was said", async () => {
    const few = growing(1, 4);
    await untilCalm(few.count);
    expect(few.asked()).toBeLessThan(4);
  });

  it("waits until a flood is over", async () => {
    // Few looks: it is given up after a while, and a busy machine makes each of them long.
    const flood = growing(50, 200);
    await untilCalm(flood.count);
    expect(flood.count()).toBe(200);
  });

  it("does not wait for one that never ends", async () => {
    await untilCalm(growing(50, Number.POSITIVE_INFINITY).count);
  });
});
