import { CORE_SCHEMA, load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readPlainMap } from "../../../src/board/front-matter-plain.ts";
import { fc } from "../../helpers/fast-check.ts";

const key = fc.oneof(
  fc.stringMatching(/^[a-z][a-z_-]{0,8}$/),
  fc.constantFrom(
    "true",
    "null",
    "Null",
    "TRUE",
    "constructor",
    "toString",
    "__proto__",
    "a-b",
    "N",
    "yes",
    "1",
    "a.b",
  ),
);
const text = fc.oneof(
  fc.stringMatching(/^[A-Za-z][ -~]{0,20}$/),
  fc.string({ unit: fc.constantFrom(..."aZ0 :#,'\"-[]{}&*!|>%@`\\\t.?~=<é\u2028\u00a0"), maxLength: 10 }),
  fc.constantFrom(
    "true",
    "False",
    "NULL",
    "yes",
    "no",
    "on",
    "y",
    "Infinity",
    "a: b",
    "a #b",
    "a#b",
    "a:b",
    "|",
    ">-",
    "a ",
  ),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom("007", "0x1f", "1e3", "1_000", "2.5", "-0", "999999999", "1000000000", "0o7", "12:30", "2026-01-02"),
);
const word = fc.oneof(
  fc.stringMatching(/^[A-Za-z][\w./-]{0,6}$/),
  fc.constantFrom("true", "null", "1", "a b", "", "a:", "'a'"),
);
const list = fc.array(word, { maxLength: 4 }).map((it) => `[${it.join(", ")}]`);
const line = fc
  .tuple(
    key,
    fc.constantFrom(": ", ":", ":  ", " : "),
    fc.oneof(text, number, list),
    fc.constantFrom("", " ", " # why"),
  )
  .map((it) => it.join(""));
const block = fc
  .array(fc.oneof({ weight: 8, arbitrary: line }, fc.constantFrom("", "  more", "- a", "# b", "---", "...", "? a")), {
    maxLength: 5,
  })
  .map((lines) => lines.map((it) => `${it}\n`).join(""));

describe("readPlainMap", () => {
  it("gives what the readers of YAML give, or nothing", () => {
    const count = { read: 0 };
    fc.assert(
      fc.property(block, (yaml) => {
        const map = readPlainMap(yaml);
        if (map === null) return;
        count.read += 1;
        expect(map).toEqual(load(yaml, { schema: CORE_SCHEMA }) ?? {});
        expect(map).toEqual(parse(yaml) ?? {});
        expect(Object.keys(map)).toEqual(Object.keys((load(yaml, { schema: CORE_SCHEMA }) as object) ?? {}));
      }),
      { numRuns: 5_000 },
    );
    // Else the property would say nothing.
    expect(count.read).toBeGreaterThan(500);
  });

  it("reads what task files mostly are", () => {
    const yaml =
      'title: Fix the login (again), it\'s "broken"\npriority: high\nlabels: [bug, web]\nattempt: 2\nverify: []\n';
    expect(readPlainMap(yaml)).toEqual({
      title: 'Fix the login (again), it\'s "broken"',
      priority: "high",
      labels: ["bug", "web"],
      attempt: 2,
      verify: [],
    });
    expect(readPlainMap("")).toEqual({});
  });

  it.each([
    ["a key twice", "a: b\na: c\n"],
    ["a truth value", "stack: true\n"],
    ["a number that others read otherwise", "a: 007\n"],
    ["a comment", "a: b # c\n"],
    ["a second line", "a: b\n  c\n"],
    ["no value", "a:\n"],
    ["a broken line", "a: b: c\n"],
    ["the prototype", "__proto__: b\n"],
    ["a missing line end", "a: b"],
  ])("leaves %s to the real reader", (_, yaml) => {
    expect(readPlainMap(yaml)).toBeNull();
  });
});
