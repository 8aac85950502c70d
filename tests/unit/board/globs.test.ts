import fc from "fast-check";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { globsOverlap } from "../../../src/board/globs.ts";

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
    const part = fc.constantFrom(
      "a",
      "b",
      "ab",
      "*",
      "?",
      "**",
      "a*",
      "*b",
      "a?",
      "[ab]",
      "[!a]",
      "[^b]*",
      "{a,b}",
      "{a,b*}",
      "a**",
      "+(a|b)",
      "!(a)",
      "@(a|b)b",
      "{1..3}",
      "A",
      ".a",
      "é",
      "\\*",
      "{a,{b,ab}}",
      "a[b",
      "*.ts",
      "a.ts",
      "{a/b,b}",
    );
    const glob = fc.array(part, { minLength: 1, maxLength: 4 }).map((it) => it.join("/"));
    const path = fc.array(fc.constantFrom("a", "b", "ab", "ba", "aab", "a.ts", ".a", "A", "é", "1", "2", "*"), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        fc.array(glob, { minLength: 1, maxLength: 2 }),
        glob,
        fc.array(
          path.map((it) => it.join("/")),
          { minLength: 20, maxLength: 40 },
        ),
        (a, b, paths) => {
          for (const dot of [true, false]) {
            const [one, other] = [picomatch(a, { dot }), picomatch(b, { dot })];
            const isBoth = paths.some((it) => one(it) && other(it));
            if (isBoth) expect(globsOverlap(a, [b])).toBe(true);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});
