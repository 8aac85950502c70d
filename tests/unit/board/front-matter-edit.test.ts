import { describe, expect, it } from "vitest";
import { editFrontMatter } from "../../../src/board/front-matter.ts";
import { withBlock } from "./bytes.ts";

type Changes = Parameters<typeof editFrontMatter>[1];

const edit = (lines: readonly string[], ...changes: Changes) => editFrontMatter(withBlock(...lines), changes);

describe("one key, whatever its value looks like", () => {
  it.each<[name: string, before: string[], after: string[]]>([
    ["plain", ["k: a"], ["k: new"]],
    ["trailing comment", ["k: a   # why"], ["k: new   # why"]],
    ["single quotes", ["k: 'it''s' # why"], ["k: 'new' # why"]],
    ["double quotes", ['k: "a"'], ['k: "new"']],
    ["nothing", ["k:"], ["k: new"]],
    ["nothing and a comment", ["k: # why"], ["k: new # why"]],
    ["null", ["k: ~"], ["k: new"]],
    ["blanks before the colon", ["k : a"], ["k : new"]],
    ["quoted key", ['"k": a'], ['"k": new']],
    ["plain over two lines", ["k: a", "  b # why"], ["k: new # why"]],
    ["quoted over two lines", ['k: "a', '  b"'], ['k: "new"']],
    ["value on the next line", ["k:", "  a"], ["k: new"]],
    ["folded text", ["k: >-  # why", "  a", "", "  b"], ["k: new # why"]],
    ["block list", ["k:", "  - a", "  - b # c"], ["k: new # c"]],
    ["unindented block list", ["k: # why", "- a", "- b"], ["k: new # why"]],
    ["list of maps", ["k:", "- a: 1", "  b: 2", "- c: {d: 3}"], ["k: new"]],
    ["nested map", ["k:", "  a:", "    b: [c]", "  d:"], ["k: new"]],
    ["flow list", ["k: [a, b] # why"], ["k: new # why"]],
    ["flow list over lines", ["k: [", "  a,", "  b", "]"], ["k: new"]],
    ["flow map over lines", ["k: {a: 1,", "  b: 2} # why"], ["k: new # why"]],
    ["tag", ["k: !!str 12"], ["k: new"]],
    ["anchor nobody uses", ["k: &x a"], ["k: new"]],
  ])("%s", (_, before, after) => {
    const around = (lines: readonly string[]) => ["# top", "first: 1", "", ...lines, "", "# next", "last: 'z'"];

    expect(edit(around(before), ["k", "new"])).toBe(withBlock(...around(after)));
    expect(edit(around(before), ["k", null])).toBe(withBlock(...around([])));
  });

  it("blank lines that a literal text keeps are its own", () => {
    expect(edit(["k: |+ # why", "  a", "", "", "b: 2"], ["k", "new"])).toBe(withBlock("k: new # why", "b: 2"));
    expect(edit(["k: |+", "  a", "", "", "b: 2"], ["k", null])).toBe(withBlock("b: 2"));
  });

  it("a comment indented below goes with its key", () => {
    expect(edit(["a: 1", "k:", "  - x", "", "  # about x", "b: 2"], ["k", null])).toBe(withBlock("a: 1", "b: 2"));
  });
});

describe("what is written", () => {
  it.each<[value: string | number | boolean, written: string]>([
    ["simple words", "simple words"],
    ["kanband/fix-login", "kanband/fix-login"],
    ["größer ✓", "größer ✓"],
    ["", '""'],
    ["a: b", '"a: b"'],
    ["a # b", '"a # b"'],
    ["ends with:", '"ends with:"'],
    [" blank first", '" blank first"'],
    ["@ann", '"@ann"'],
    ["- a", '"- a"'],
    ["[a]", '"[a]"'],
    ["{a}", '"{a}"'],
    ["*a", '"*a"'],
    ["&a", '"&a"'],
    ["!a", '"!a"'],
    ["%a", '"%a"'],
    ["`a`", '"`a`"'],
    ['say "x"', 'say "x"'],
    ["7", '"7"'],
    ["007", '"007"'],
    ["1e3", '"1e3"'],
    ["0x1F", '"0x1F"'],
    ["true", '"true"'],
    ["Yes", '"Yes"'],
    ["null", '"null"'],
    ["~", '"~"'],
    [".inf", '".inf"'],
    ["2026-01-02", '"2026-01-02"'],
    ["12:30", '"12:30"'],
    ["two\nlines", '"two\\nlines"'],
    ["---", '"---"'],
    ["tab\there", '"tab\\there"'],
    ["\u202egnp.exe", '"\\u202egnp.exe"'],
    ["\u0007\u0085\u2028", '"\\u0007\\u0085\\u2028"'],
    [3, "3"],
    [0.25, "0.25"],
    [-1, "-1"],
    [true, "true"],
    [Number.POSITIVE_INFINITY, ".inf"],
  ])("%j", (value, written) => {
    expect(edit(["a: 1"], ["k", value])).toBe(withBlock("a: 1", `k: ${written}`));
  });

  it("keeps the quotes that were there", () => {
    expect(edit(["k: 'a'"], ["k", "it's"])).toBe(withBlock("k: 'it''s'"));
    expect(edit(['k: "a"'], ["k", 'say "x"'])).toBe(withBlock('k: "say \\"x\\""'));
    expect(edit(["k: 'a'"], ["k", "a\nb"])).toBe(withBlock('k: "a\\nb"'));
    expect(edit(["k: '3'"], ["k", 3])).toBe(withBlock("k: 3"));
  });

  it("a key that needs quotes gets them", () => {
    expect(edit([], ["a: b", 1])).toBe(withBlock('"a: b": 1'));
  });
});

describe("the rest of the file", () => {
  it("a change to the value that is there changes nothing", () => {
    const text = "\uFEFF---\r\nk:   'a'  # c\r\nn: 0x10\r\n---\r\nbody";

    expect(
      editFrontMatter(text, [
        ["k", "a"],
        ["n", 16],
        ["gone", null],
      ]),
    ).toBe(text);
  });

  it("CRLF, byte order mark and a missing final newline stay", () => {
    const text = "\uFEFF---\r\na: 1\r\nb:\r\n- x\r\n- y\r\nc: 3\r\n---\r\nbody";

    const edited = editFrontMatter(text, [
      ["b", "z"],
      ["d", 4],
      ["a", null],
    ]);

    expect(edited).toBe("\uFEFF---\r\nb: z\r\nc: 3\r\nd: 4\r\n---\r\nbody");
  });

  it("each line keeps its own line end", () => {
    expect(editFrontMatter("---\na: 1\r\nb: 2\nc: 3\r\n---\n", [["b", 9]])).toBe("---\na: 1\r\nb: 9\nc: 3\r\n---\n");
  });

  it("a file that ends with its fence", () => {
    expect(editFrontMatter("---\na: 1\n---", [["b", 2]])).toBe("---\na: 1\nb: 2\n---");
  });

  it("an empty block is filled", () => {
    expect(editFrontMatter("---\n---\nx", [["a", 1]])).toBe("---\na: 1\n---\nx");
    expect(editFrontMatter("---\n# only a comment\n---\nx", [["a", 1]])).toBe("---\n# only a comment\na: 1\n---\nx");
  });

  it("a file without a block gets one at its top", () => {
    expect(
      editFrontMatter("# Title\n", [
        ["a", "x"],
        ["b", 2],
      ]),
    ).toBe("---\na: x\nb: 2\n---\n# Title\n");
    expect(editFrontMatter("\uFEFF# Title\r\n", [["a", "x"]])).toBe("\uFEFF---\r\na: x\r\n---\r\n# Title\r\n");
    expect(editFrontMatter("# Title\n", [["a", null]])).toBe("# Title\n");
  });

  it("removing the last key leaves the fences", () => {
    expect(editFrontMatter("---\na: 1\n---\nx", [["a", null]])).toBe("---\n---\nx");
  });

  it("an indented block keeps its indentation", () => {
    expect(edit(["  a: 1", "  b: 2"], ["a", 9], ["c", 3])).toBe(withBlock("  a: 9", "  b: 2", "  c: 3"));
  });

  it("a flow map stays one", () => {
    expect(edit(["{a: 1, b: [x, y], c: z} # c"], ["a", "n, m"])).toBe(withBlock('{a: "n, m", b: [x, y], c: z} # c'));
    expect(edit(["{a: 1, b: [x, y], c: z}"], ["b", null])).toBe(withBlock("{a: 1, c: z}"));
    expect(edit(["{a: 1, b: [x, y], c: z}"], ["c", null], ["d", true])).toBe(withBlock('{a: 1, b: [x, y], "d": true}'));
    expect(edit(["{}"], ["a", "x"])).toBe(withBlock('{"a": "x"}'));
  });

  it("text that looks like keys is not taken for one", () => {
    const lines = ["note: |", "  k: old", "more: [k: old,", "k]", 'q: "', '  k: old"', "list:", "- k: old", "k: old"];

    expect(edit(lines, ["k", "new"])).toBe(withBlock(...lines.slice(0, -1), "k: new"));
  });
});

describe("what cannot be done safely", () => {
  it("a removal after which the next lines would mean something else leaves the key at null", () => {
    expect(edit(["p: |+", "  text", "k: 1", "", "z: 2"], ["k", null])).toBe(
      withBlock("p: |+", "  text", "k: null", "", "z: 2"),
    );
  });

  it.each([
    ["broken YAML", ["title: a: b"], "k"],
    ["an anchor that others use", ["k: &x a", "other: *x"], "k"],
    ["a key marked with `?`", ["? a", ": b"], "k"],
  ])("%s", (_, lines, key) => {
    expect(() => edit(lines, [key, "new"])).toThrow(expect.objectContaining({ code: "TASK_INVALID" }));
  });

  it("an unclosed block", () => {
    expect(() => editFrontMatter("---\na: 1\n", [["a", 2]])).toThrow(/never closed/);
  });
});
