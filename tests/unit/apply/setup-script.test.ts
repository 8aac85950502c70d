import { describe, expect, it } from "vitest";
import { readSetupFailure } from "../../../src/apply/setup-script.ts";

describe("what is said of a setup that failed", () => {
  it.each([
    ["\n`false` exited with 1\n", "`false` exited with 1", "`false` exited with 1"],
    ["ok\nno such package\n\n`npm ci` exited with 3\n", "`npm ci` exited with 3: no such package", "no such package"],
    // It was ended from outside.
    ["half a line", "it exited with 9: half a line", "half a line"],
    ["", "it exited with 9", "it exited with 9"],
  ])("%j", (tail, reason, said) => {
    expect(readSetupFailure(tail, 9)).toEqual({ reason, said });
  });
});
