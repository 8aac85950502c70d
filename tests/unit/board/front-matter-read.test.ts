import matter from "gray-matter";
import { describe, expect, it } from "vitest";
import { readFrontMatter } from "../../../src/board/front-matter.ts";
import { bytes, withBlock } from "./bytes.ts";

const read = (content: string | Uint8Array) =>
  readFrontMatter("board/planned/a.md", typeof content === "string" ? bytes(content) : content);

describe("scalars are those of YAML 1.2", () => {
  it.each([
    ["2026-01-02", "2026-01-02"],
    ["2026-01-02T10:00:00Z", "2026-01-02T10:00:00Z"],
    ["12:30:45", "12:30:45"],
    ["yes", "yes"],
    ["off", "off"],
    ["true", true],
    ["0123", 123],
    ["1e3", 1000],
    ["~", null],
    ["!!str 7", "7"],
  ])("%s", (written, expected) => {
    expect(read(withBlock(`k: ${written}`)).data).toEqual({ k: expected });
  });

  it("has what is written beside what is meant", () => {
    expect(read(withBlock("id: 007", "list: [1e3, x]")).texts()).toEqual({ id: "007", list: ["1e3", "x"] });
  });
});

describe("line ends and marks", () => {
  it.each([
    ["CRLF", "---\r\nid: a\r\nlist:\r\n- b\r\n---\r\nx\r\ny\r\n"],
    ["a byte order mark", "\uFEFF---\nid: a\nlist:\n- b\n---\nx\ny\n"],
    ["blanks behind the fences", "--- \nid: a\nlist:\n- b\n---\t\nx\ny\n"],
    ["both kinds of line end", "---\nid: a\r\nlist:\n- b\r\n---\nx\r\ny\n"],
  ])("%s", (_, content) => {
    expect(read(content)).toMatchObject({ data: { id: "a", list: ["b"] }, body: "x\ny\n", bodyLine: 6, findings: [] });
  });

  it("a block text keeps its last line break, and may be the last key", () => {
    expect(read("---\nk: |\n  a\n---\n").data).toEqual({ k: "a\n" });
    expect(read("---\nk: |+\n  a\n\n---").data).toEqual({ k: "a\n\n" });
  });

  it("an indented `---` closes nothing", () => {
    expect(read("---\nk: |\n  a\n  ---\n  b\n---\nbody").data).toEqual({ k: "a\n---\nb\n" });
  });

  it("knows the lines of keys", () => {
    const file = read(withBlock("# c", "a: 1", "list:", "- x", "- name: y", "  env: [z]", "'q': 2"));

    expect([file.lineOf("a"), file.lineOf("q"), file.lineOf("none")]).toEqual([3, 8, null]);
    expect(file.lineAt(["list", 1, "env", 0])).toBe(7);
    expect(file.lineAt(["list", 1, "missing"])).toBe(6);
  });

  it.each(["", "# only\n", "\n", "null\n", "{}\n"])("an empty block: %j", (yaml) => {
    expect(read(`---\n${yaml}---\nx`)).toMatchObject({ data: {}, body: "x", findings: [] });
  });

  it("no front matter", () => {
    expect(read("----\ntext")).toMatchObject({ data: {}, body: "----\ntext", bodyLine: 1, findings: [] });
    expect(read("")).toMatchObject({ data: {}, body: "", findings: [] });
  });
});

describe("bytes that are refused", () => {
  const bomb = [
    "a: &a [x, x, x, x, x, x, x, x, x, x]",
    ..."bcdefg".split("").map((it, index) => {
      const before = "abcdefg"[index] ?? "";
      return `${it}: &${it} [${`*${before}, `.repeat(9)}*${before}]`;
    }),
  ];

  it.each([
    ["invalid UTF-8", Uint8Array.from([...bytes("---\na: 1\n---\nx\n"), 0xff, 0xfe, 0x0a]), 5, /UTF-8/],
    ["a lone surrogate", Uint8Array.from([0x61, 0x0a, 0xed, 0xa0, 0x80]), 2, /UTF-8/],
    ["NUL in the body", "---\na: 1\n---\nx\0", 4, /NUL/],
    ["NUL in the front matter", "---\na: \0\n---\nx", 2, /NUL/],
    ["5 MB", "x".repeat(5_000_000), null, /5000000 bytes/],
    ["an alias bomb", withBlock(...bomb), 2, /aliases/],
    ["an alias to itself", withBlock("a: &a [*a]"), 2, /aliases/],
    ["a control character", withBlock("a: 1", "b: \u0007"), null, /non-printable/],
    ["depth", withBlock(`a: ${"[".repeat(50_000)}`), 2, /maxDepth/],
    ["a second document", withBlock("a: 1", "...", "b: 2"), 3, /document/],
    ["200 kB of front matter", withBlock(`a: ${"x".repeat(200_000)}`), 1, /128 KiB/],
    ["an old Mac's line ends", "---\na: 1\rb: 2\n---\n", 2, /carriage return/],
    ["a tag that is not of YAML", withBlock("a: !!js/function 'function () {}'"), 2, /unknown tag/],
  ])("%s", (_, content, line, message) => {
    const file = read(content);

    expect(file.data).toBeNull();
    expect(file.findings).toHaveLength(1);
    expect(file.findings[0]?.message).toMatch(message);
    if (line !== null) expect(file.findings[0]?.line).toBe(line);
    expect(read(content).findings).toEqual(file.findings);
  });

  it("many anchors that nobody repeats are fine", () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `k${String(index)}: &a${String(index)} v`);

    expect(Object.keys(read(withBlock(...lines)).data ?? {})).toHaveLength(2000);
  });

  it("what stands in a quoted body is no finding", () => {
    const content = bytes("---\na: 1\n---\n<<<<<<< HEAD\n\0");

    expect(readFrontMatter("s.md", content, { isBodyData: true }).findings).toEqual([]);
    expect(readFrontMatter("s.md", content).findings).toHaveLength(1);
  });
});

describe("nothing is evaluated and nothing inherited", () => {
  const evil = "---js\n(globalThis.kanbandWasHere = true, { title: 1 })\n---\n";

  it("a file that gray-matter would run is a finding", () => {
    matter(evil, {});
    expect(Reflect.get(globalThis, "kanbandWasHere"), "the planted code works").toBe(true);
    Reflect.deleteProperty(globalThis, "kanbandWasHere");

    expect(read(evil).data).toBeNull();
    expect(Reflect.get(globalThis, "kanbandWasHere")).toBeUndefined();
  });

  it("keys named like parts of an object are only keys", () => {
    const { data } = read(withBlock("__proto__: {polluted: 1}", "constructor: x", "toString: y"));

    expect(Object.keys(data ?? {})).toEqual(["__proto__", "constructor", "toString"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("hints", () => {
  it.each([
    ["title: Fix login: again", 'Put the value in quotes: title: "Fix login: again"'],
    ["owner: @ann", 'Put the value in quotes: owner: "@ann"'],
    ["a: 1\na: 2", "Keep one of the two lines."],
  ])("%s", (line, hint) => {
    expect(read(withBlock(line)).findings[0]?.hint).toBe(hint);
  });
});
