import { describe, expect, it } from "vitest";
import { nextTree } from "../../../src/apply/next-tree.ts";
import type { TreeResult } from "../../../src/apply/tree-results.ts";
import { fc } from "../../helpers/fast-check.ts";

const GREEN: TreeResult = { isGreen: true, red: [] };

function red(times: number, isFinal = false): TreeResult {
  const tries = Array.from({ length: times }, (_, index) => ({
    runId: `${index}`,
    reason: "exit 1",
    isForAgent: true,
    text: "",
    isFinal,
  }));
  return { isGreen: false, red: tries };
}

describe("the next tree of a batch", () => {
  it.each<[string, (TreeResult | null)[], string]>([
    ["all of it first", [null, null, null, null, null], "try 5"],
    ["green: all of it lands", [null, null, GREEN], "land 3"],
    ["red once: the same again", [null, null, null, null, red(1)], "try 5"],
    ["red, then green: it was flaky", [null, null, { ...red(1), isGreen: true }], "land 3"],
    ["red twice: the middle", [null, null, null, null, red(2)], "try 2"],
    ["the middle passes: the one behind it", [null, GREEN, null, null, red(2)], "try 3"],
    ["the middle fails: the one before it", [null, red(1), null, null, red(2)], "try 1"],
    ["one between good and bad: red once more before it is blamed", [null, GREEN, red(1), null, red(2)], "try 3"],
    ["sure: those before it land", [null, GREEN, red(2), null, red(2)], "land 2, red"],
    ["the first is it: nothing lands", [red(2), red(1), null, null, red(2)], "land 0, red"],
    ["the last is it", [null, GREEN, GREEN, GREEN, red(2)], "land 4, red"],
    ["one alone, red once", [red(1)], "try 1"],
    ["one alone, red twice", [red(2)], "land 0, red"],
    ["what another try would not change", [null, null, null, red(1, true)], "try 2"],
    ["the same of one alone", [red(1, true)], "land 0, red"],
  ])("%s", (_, known, expected) => {
    expect(said(known, 1)).toBe(expected);
  });

  it("blames at once where nothing is tried again", () => {
    expect(said([red(1)], 0)).toBe("land 0, red");
    expect(said([null, null, red(1)], 0)).toBe("try 1");
  });

  it("finds the first that is red, whatever the batch, in few tries, however often it is begun anew", () => {
    const batch = fc.record({
      length: fc.integer({ min: 1, max: 50 }),
      at: fc.nat(),
      retries: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(batch, ({ length, at, retries }) => {
        const culprit = at % (length + 1);
        const known: (TreeResult | null)[] = Array.from({ length }, () => null);
        let tries = 0;
        for (;;) {
          const next = nextTree(known, retries);
          if (next.state === "land") {
            expect(next.count).toBe(culprit);
            expect(next.red === null).toBe(culprit === length);
            break;
          }
          const before = known[next.count - 1]?.red.length ?? 0;
          known[next.count - 1] = next.count <= culprit ? GREEN : red(before + 1);
          tries += 1;
        }
        expect(tries).toBeLessThanOrEqual(2 * (retries + 1) + Math.ceil(Math.log2(length + 1)));
      }),
    );
  });

  it("lands no tree that was not green, and blames none that was red by chance once", () => {
    const batch = fc.record({
      length: fc.integer({ min: 1, max: 8 }),
      tries: fc.array(fc.boolean(), { maxLength: 60 }),
    });
    fc.assert(
      fc.property(batch, ({ length, tries }) => {
        const known: (TreeResult | null)[] = Array.from({ length }, () => null);
        for (const isGreen of [...tries, ...Array.from({ length: 40 }, () => true)]) {
          const next = nextTree(known, 1);
          if (next.state === "land") {
            expect(next.count === 0 || known[next.count - 1]?.isGreen).toBe(true);
            if (next.red !== null) expect(next.red).toMatchObject({ isGreen: false, red: [{}, {}] });
            return;
          }
          const at = next.count - 1;
          known[at] = isGreen ? { isGreen, red: known[at]?.red ?? [] } : red((known[at]?.red.length ?? 0) + 1);
        }
        expect.unreachable("it never ends");
      }),
    );
  });
});

function said(known: readonly (TreeResult | null)[], retries: number): string {
  const next = nextTree(known, retries);
  return `${next.state} ${next.count}${next.state === "land" && next.red !== null ? ", red" : ""}`;
}
