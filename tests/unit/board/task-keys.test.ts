import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { TaskKeys, taskKeysFor } from "../../../src/board/task-keys.ts";
import { fc, someOf } from "../../helpers/fast-check.ts";

const key = fc.constantFrom(...Object.keys(TaskKeys.entries), "constructor", "labels", "toString");
const value = fc.oneof(
  fc.constantFrom<unknown>(
    "",
    " ",
    "high",
    "Medium",
    "30m",
    "none",
    "a, b",
    "../x",
    true,
    0,
    -1,
    2.5,
    Number.NaN,
    null,
    {},
  ),
  fc.array(fc.constantFrom<unknown>("a", "", 1, "src/**", "/etc"), { maxLength: 3 }),
  fc.string(),
);

describe("taskKeysFor", () => {
  it("answers as all keys together do", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 8 }), (pairs) => {
        const values = Object.fromEntries(pairs);
        const [part, whole] = [v.safeParse(taskKeysFor(Object.keys(values)), values), v.safeParse(TaskKeys, values)];
        expect({ output: part.output, issues: part.issues }).toEqual({ output: whole.output, issues: whole.issues });
      }),
      { numRuns: someOf(2_000) },
    );
  });
});
