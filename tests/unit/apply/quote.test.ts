import { describe, expect, it } from "vitest";
import { fenced, quote, shorten } from "../../../src/apply/quote.ts";
import { codeBlocks } from "../../../src/board/markdown.ts";
import { fc } from "../../helpers/fast-check.ts";

describe("quoting what others wrote", () => {
  it("cannot be closed by the text, whatever it holds", () => {
    const nasty = fc.stringMatching(/^[`~\n a-z#]{0,60}$/);
    fc.assert(
      fc.property(nasty, (text) => {
        const blocks = codeBlocks(`before\n\n${fenced(text)}\n\nafter\n`);
        expect(blocks).toHaveLength(1);
        expect(blocks[0]?.code).toBe(`${text}\n`);
      }),
    );
  });

  it("shows controls and direction marks instead of sending them", () => {
    const text = quote("It said:", "a\u001b]0;title\u0007b\u202ec");
    expect(["\u0007", "\u001b", "\u202e"].filter((it) => text.includes(it))).toEqual([]);
    expect(text).toContain("\\u202e");
  });

  it("keeps the beginning and the end of a long text", () => {
    const text = shorten(`first${"x".repeat(1000)}last`, 100);
    expect(text.startsWith("first")).toBe(true);
    expect(text.endsWith("last")).toBe(true);
    expect(text).toMatch(/\[\.\.\. \d+ characters left out \.\.\.\]/);
  });
});
