import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { globsOverlap } from "../../../src/board/globs.ts";
import { fc, someOf } from "../../helpers/fast-check.ts";

describe("globsOverlap", () => {
  it.each([
    ["src/a.ts", "src/b.ts"],
    ["src/api/**", "src/ui/**"],
    ["src/*.ts", "src/*.js"],
    ["docs/**", "src/**/*.ts"],
    ["src/a*", "src/b*"],
    ["{a,b}/x", "{c,d}/x"],
    ["src/?.ts", "src/ab.ts"],
    ["package.json", "src/package.json"],
    ["src/*/x.ts", "src/y/z.ts"],
  ])("%s and %s have nothing in common", (a, b) => {
    expect(globsOverlap([a], [b])).toBe(false);
    expect(globsOverlap([b], [a])).toBe(false);
  });

  it.each([
    ["src/a.ts", "./src/a.ts"],
    ["src/**", "**/*.ts"],
    ["src", "src/api/users.ts"],
    ["src/api/", "src/api/*.ts"],
    ["src/*a*.ts", "src/*b*.ts"],
    ["**/x.ts", "a/b/c/x.ts"],
    ["a/**/z.ts", "**/y/**/z.ts"],
    ["**", "anything"],
    ["src/[ab].ts", "src/b.ts"],
    ["src/{api,ui}/**", "src/ui/x"],
    ["!src/**", "docs/x"],
    ["src/+(a|b).ts", "src/a.ts"],
    ["README.md", "readme.md"],
    ["{a,b", "x"],
    [`${"a".repeat(600)}`, "x"],
  ])("%s and %s may meet", (a, b) => {
    expect(globsOverlap([a], [b])).toBe(true);
    expect(globsOverlap([b], [a])).toBe(true);
  });

  it("nothing overlaps no globs", () => {
    expect(globsOverlap([], ["**"])).toBe(false);
  });

  it("a path that both match is never overlooked", () => {
    fc.assert(
      fc.property(meeting, ({ path, globs: [a, b], others }) => {
        for (const dot of [true, false]) {
          const isBoth = [a, b].every((it) => picomatch(it, { dot })(path));
          if (isBoth) expect(globsOverlap([others[0], a], [b, others[1]])).toBe(true);
        }
      }),
      { numRuns: someOf(3_000) },
    );
  });

  it("the property above is about globs that meet", () => {
    const isBoth = fc
      .sample(meeting, 300)
      .map(({ path, globs }) => globs.every((it) => picomatch(it, { dot: true })(path)));

    expect(isBoth.filter(Boolean).length).toBeGreaterThan(100);
  });
});

const SEGMENTS = ["a", "b", "ab", "ba", "aab", "a.ts", ".a", "A", "é", "İ", "1", "a b", "a-b"] as const;

/** A path, and two globs that were each made from it by putting something wider in the place of some of its parts. */
const meeting = fc.array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 5 }).chain((segments) =>
  fc.record({
    path: fc.constant(segments.join("/")),
    globs: fc.tuple(widened(segments), widened(segments)),
    others: fc.tuple(widened(["x", "y"]), widened(["y", "z"])),
  }),
);

function widened(segments: readonly string[]): fc.Arbitrary<string> {
  const parts = segments.map((segment) => fc.oneof(fc.constant(segment), fc.constantFrom(...wider(segment))));
  // A run of segments may become `**`, or one may be put in where nothing is.
  return fc
    .record({ parts: fc.tuple(...parts), from: fc.nat(segments.length), length: fc.nat(3), isDeep: fc.boolean() })
    .map((it) => {
      const all = [...it.parts];
      if (it.isDeep) all.splice(it.from, it.length, "**");
      return all.join("/");
    });
}

function wider(segment: string): string[] {
  const [first, last] = [segment.slice(0, 1), segment.slice(-1)];
  return [
    "*",
    "?".repeat(segment.length),
    `${first}*`,
    `*${last}`,
    `*${first}*`,
    `[${first}x]${segment.slice(1)}`,
    `[!x]${segment.slice(1)}`,
    `{x,${segment}}`,
    `{${segment},x/y}`,
    `{x,{y,${segment}}}`,
    `@(${segment}|x)`,
    `+(${segment})`,
    `!(x)`,
    `${segment.slice(0, 1)}**`,
  ];
}
