import { dirname, join, normalize } from "node:path";
import picomatch from "picomatch";
import { expect, it } from "vitest";
import { listFiles, readText, repoRoot } from "./repository.ts";

const TODAY = "tests/helpers/today.ts";
const CAMPAIGNS = "tests/campaign/main.mjs";
// `npm run campaign crash` walks what this one takes in turns, by a file of its own.
const WITH_CAMPAIGN = "tests/e2e/crash/crash.test.ts";

type Sources = ReadonlyMap<string, string>;

/** The test files that have tests for some days only, and that no campaign takes whole. */
function neverWhole(sources: Sources, campaigns: string): string[] {
  const whole = campaigns.split(/^ {2}\S+: \{/m).filter((it) => it.includes("KANBAND_ALL_POINTS"));
  const globs = whole.flatMap((it) => [...it.matchAll(/"(tests\/[^"]+\.test\.ts)"/g)].map(([, glob = ""]) => glob));
  const isTaken = picomatch(globs);
  return [...sources.keys()].filter(
    (path) => path.endsWith(".test.ts") && path !== WITH_CAMPAIGN && takesTurns(sources, path) && !isTaken(path),
  );
}

/** Whether a file imports what tells the day, itself or by another file of the tests. */
function takesTurns(sources: Sources, path: string, seen = new Set<string>()): boolean {
  if (path === TODAY) return true;
  if (seen.has(path)) return false;
  seen.add(path);
  const imported = [...(sources.get(path) ?? "").matchAll(/ from "(\.[^"]+\.ts)"/g)].map(([, it = ""]) => it);
  return imported.some((it) => takesTurns(sources, normalize(join(dirname(path), it)), seen));
}

function readTests(): Map<string, string> {
  const paths = listFiles(`${repoRoot}/tests`).filter((path) => path.endsWith(".ts"));
  return new Map(paths.map((path) => [path, readText(path)]));
}

it("a campaign takes whole what the tests take in turns from day to day", () => {
  expect(neverWhole(readTests(), readText(CAMPAIGNS))).toEqual([]);
});

it("one that is in no campaign would be noticed, also where another file tells it the day", () => {
  const planted = readTests();
  planted.set("tests/e2e/planted.ts", `export { someToday } from "${"../helpers/today.ts"}";\n`);
  planted.set("tests/e2e/some.test.ts", `import { someToday } from "${"./planted.ts"}";\n`);
  expect(neverWhole(planted, readText(CAMPAIGNS))).toEqual(["tests/e2e/some.test.ts"]);
});
