import { expect, it } from "vitest";
import { haveSameDrivers } from "../../../src/git/attribute-drivers.ts";

it.each([
  ["", "*.sh text eol=lf\n*.png binary\n*.lock -diff -merge\n", true],
  ["*.bin filter=lfs\n", "# filter=evil\n*.bin filter=lfs\n*.md text\n", true],
  ["*.md text\n", "", true],
  ["", "* filter=evil\n", false],
  ["", "*.c diff=evil\n", false],
  ["", "*.c text merge=evil", false],
  ["*.bin filter=lfs\n", "", false],
  ["*.bin filter=lfs\n", "*.bin filter=lfs\n*.bin -filter\n", false],
  ["*.bin filter=lfs\n", "*.bin filter=lfs\n*.bin !filter", false],
  ["[attr]big filter=lfs\n", "[attr]big filter=lfs\n* big\n", false],
])("%j and %j", (a, b, isSame) => {
  expect(haveSameDrivers(a, b)).toBe(isSame);
  expect(haveSameDrivers(b, a)).toBe(isSame);
});
