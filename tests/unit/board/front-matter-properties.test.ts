import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { editFrontMatter, readFrontMatter } from "../../../src/board/front-matter.ts";
import { anyText, fc, someOf } from "../../helpers/fast-check.ts";
import { bytes } from "./bytes.ts";

// What stands behind a key, as people and tools write it: `K` is the key.
const STYLES = [
  "K: value",
  "K: value # why",
  "K: 'it''s' # why",
  'K: "a \\" b"',
  "K:",
  "K: # why",
  "K: ~",
  "K : spaced",
  "K: 2026-01-02",
  "K: 12.50",
  "K: größer ✓",
  '"K": quoted key',
  "'K': quoted key",
  "K: plain\n  over two lines",
  'K: "quoted\n  over two lines" # why',
  "K:\n  on the next line",
  "K: >-\n  folded\n  text\n\n  more",
  "K: | # why\n  literal: text\n    deeper\n  # no comment",
  "K: |2\n    indented\n  text",
  "K:\n- a\n- b # c",
  "K:\n  - a\n  # between\n  - b: 1\n    c: [2]\n  # below",
  "K: # why\n  nested:\n    deep: 1\n  other: {x: y}",
  "K: [a, 'b, c']",
  "K: [\n  a,\n  b\n]",
  "K: {x: 1,\n  y: 2} # why",
  "K: !!str 12",
  "K: []",
] as const;
const BETWEEN = ["", "\n", "# comment\n", "\n# key: value\n\n"] as const;

const name = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }).map((it) => it.replace(/\p{Cs}/gu, "")),
  fc.string({ unit: fc.constantFrom(..."ab :#'\"-[]{},&*!|>%@`\\\n\t.?~0"), maxLength: 8 }),
  fc.constantFrom(
    "true",
    "null",
    "1e3",
    "0x1",
    "=",
    "<<",
    "---",
    "...",
    "a\r\nb",
    "\u0000",
    "yes",
    "1_000",
    "0o7",
    ".5",
    "+1",
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => it + 0),
  fc.boolean(),
);

/** A front matter in pieces: one a key, with what stands before it. */
const block = fc.record({
  pieces: fc.uniqueArray(
    fc.record({ key: name, style: fc.constantFrom(...STYLES), between: fc.constantFrom(...BETWEEN) }),
    {
      selector: (it) => it.key,
      minLength: 1,
      maxLength: 6,
    },
  ),
  eol: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\uFEFF"),
  body: fc.constantFrom("", "body", "# Title\n\n---\n\nk: v\n", "\n\n"),
  at: fc.nat(),
});
type Block = typeof block extends fc.Arbitrary<infer T> ? T : never;

function write({ pieces, eol, mark, body, at }: Block) {
  const texts = pieces.map(({ key, style, between }) => ({ key, between, text: `${style.replace("K", key)}\n` }));
  const chosen = at % texts.length;
  const lines = (it: string) => it.replaceAll("\n", eol);
  const joined = (all: typeof texts) => all.map((it) => it.between + it.text).join("");
  const before = mark + lines(`---\n${joined(texts.slice(0, chosen))}${texts[chosen]!.between}`);
  const after = lines(`${joined(texts.slice(chosen + 1))}---\n${body}`);
  return { key: texts[chosen]!.key, before, after, text: before + lines(texts[chosen]!.text) + after, eol };
}

const dataOf = (text: string) => readFrontMatter("a.md", bytes(text)).data;

describe("editFrontMatter", () => {
  it("changes only the lines of the key, and reads as intended", () => {
    fc.assert(
      fc.property(block, value, (generated, next) => {
        const { key, before, after, text, eol } = write(generated);

        const edited = editFrontMatter(text, [[key, next]]);

        expect(edited.startsWith(before)).toBe(true);
        expect(edited.endsWith(after)).toBe(true);
        const written = edited.slice(before.length, edited.length - after.length).split(eol);
        // One line, and what was said about the old value below it.
        if (edited !== text) expect(written.slice(1).every((it) => /^(?: +#.*)?$/.test(it))).toBe(true);
        expect(dataOf(edited)).toEqual({ ...dataOf(text), [key]: next });
        expect(editFrontMatter(edited, [[key, next]])).toBe(edited);
      }),
      { numRuns: someOf(1_500) },
    );
  });

  it("removes exactly the lines of the key", () => {
    fc.assert(
      fc.property(block, (generated) => {
        const { key, before, after, text } = write(generated);

        expect(editFrontMatter(text, [[key, null]])).toBe(before + after);
      }),
      { numRuns: someOf(800) },
    );
  });

  it("setting a new key and removing it again is the same file", () => {
    fc.assert(
      fc.property(block, fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }), (generated, changes) => {
        const { text } = write(generated);
        const present = Object.keys(dataOf(text) ?? {});
        const fresh = changes.filter(([key]) => !present.includes(key));

        const set = editFrontMatter(text, fresh);
        const removed = editFrontMatter(
          set,
          fresh.map(([key]) => [key, null] as const),
        );

        expect(removed).toBe(text);
      }),
      { numRuns: someOf(500) },
    );
  });

  it("another reader of YAML reads the same from what was written", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 5 }), (changes) => {
        const edited = editFrontMatter("---\n---\n", changes);

        expect(parse(edited.slice(4, -4))).toEqual(dataOf(edited));
        expect(dataOf(edited)).toEqual(Object.fromEntries(changes));
      }),
      { numRuns: someOf(800) },
    );
  });

  it("never does anything but what was asked, or nothing", () => {
    const soup = fc.string({ unit: fc.constantFrom(..."ab:#'\"-[]{},&*!|> \n\n  ?"), maxLength: 40 });
    fc.assert(
      fc.property(soup, fc.constantFrom("a", "b", "zz"), fc.option(value), (yaml, key, next) => {
        const text = `---\n${yaml}\n---\nbody`;
        const before = dataOf(text);
        let edited: string;
        try {
          edited = editFrontMatter(text, [[key, next]]);
        } catch (error) {
          expect(error).toMatchObject({ code: "TASK_INVALID" });
          return;
        }
        const { [key]: _, ...others } = before ?? {};
        const after = { ...dataOf(edited) };
        if (next === null && after[key] === null) delete after[key];
        expect(after).toEqual(next === null ? others : { ...others, [key]: next });
      }),
      { numRuns: someOf(3_000) },
    );
  });
});

describe("readFrontMatter", () => {
  it("never throws, and says the same twice", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          anyText.map((it) => bytes(`---\n${it}\n---\n`)),
        ),
        (content) => {
          const { data, findings } = readFrontMatter("a.md", content);

          expect(data === null).toBe(findings.length > 0);
          expect(readFrontMatter("a.md", content).findings).toEqual(findings);
        },
      ),
    );
  });
});
