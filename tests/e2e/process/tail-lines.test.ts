import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readSpool } from "../../../src/process/spool.ts";
import { TAIL_START, tailLines } from "../../../src/process/tail-lines.ts";
import { fc } from "../../helpers/fast-check.ts";

const WIDE = { maxBytes: 1 << 20, maxLineBytes: 1 << 20 };

function spool(): string {
  const dir = mkdtempSync(join(tmpdir(), "kanband-tail-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "stdout");
}

function readAll(path: string, options: { maxBytes: number; maxLineBytes: number }): string[] {
  const lines: string[] = [];
  for (let cursor = TAIL_START, isMore = true; isMore; ) {
    const read = tailLines(path, cursor, { ...options, atEnd: true });
    lines.push(...read.lines);
    ({ cursor, isMore } = read);
  }
  return lines;
}

describe("tailLines", () => {
  it("gives out whole lines as they come, and the rest of the last one when it has come", () => {
    const path = spool();
    expect(tailLines(path, TAIL_START, WIDE).lines).toEqual([]);
    writeFileSync(path, "one\ntw");
    const first = tailLines(path, TAIL_START, WIDE);
    appendFileSync(path, "o\r\n\nthree");
    const second = tailLines(path, first.cursor, WIDE);
    const last = tailLines(path, second.cursor, { ...WIDE, atEnd: true });
    expect([first.lines, second.lines, last.lines]).toEqual([["one"], ["two\r", ""], ["three"]]);
    expect(tailLines(path, last.cursor, { ...WIDE, atEnd: true }).lines).toEqual([]);
  });

  it("cuts a long line once, between characters, and goes on with the next", () => {
    const path = spool();
    writeFileSync(path, `${"é".repeat(50)}\nshort\n${"x".repeat(11)}`);
    for (const maxBytes of [3, 10, 1000]) {
      expect(readAll(path, { maxBytes, maxLineBytes: 11 })).toEqual(["é".repeat(5), "short", "x".repeat(11)]);
    }
  });

  it("says the same whatever the reads were", () => {
    const path = spool();
    const text = fc.array(fc.oneof(fc.constant("\n"), fc.string({ unit: "grapheme", maxLength: 8 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (parts, maxBytes) => {
        const whole = parts.join("");
        writeFileSync(path, whole);
        const expected = whole.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect(readAll(path, { maxBytes, maxLineBytes: 10_000 })).toEqual(expected);
      }),
    );
  });

  it("reads bytes that are no text", () => {
    const path = spool();
    writeFileSync(path, Buffer.from([0x6f, 0x6b, 0x0a, 0xff, 0xfe, 0x00, 0x0a]));
    expect(readAll(path, WIDE)).toEqual(["ok", "\u{fffd}\u{fffd}\0"]);
  });
});

describe("readSpool", () => {
  it("reads from an offset, as much as it may, and nothing behind the end", () => {
    const path = spool();
    writeFileSync(path, "0123456789");
    const runDir = join(path, "..");
    expect(readSpool(runDir, "stdout", 3, 4)).toEqual({ bytes: Buffer.from("3456"), nextOffset: 7 });
    expect(readSpool(runDir, "stdout", 10, 4)).toEqual({ bytes: Buffer.alloc(0), nextOffset: 10 });
    expect(readSpool(runDir, "stderr", 0, 4).bytes).toHaveLength(0);
  });
});
