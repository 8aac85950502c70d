import { describe, expect, it } from "vitest";
import { findCycles } from "../../../src/decide/cycles.ts";
import { formatSecond, nextUtcDay, utcDay } from "../../../src/decide/instant.ts";
import { formatUsd, oneLine } from "../../../src/decide/one-line.ts";
import { NOW } from "../../helpers/board-builder.ts";

describe("oneLine", () => {
  it.each<[string, string]>([
    ["plain", "plain"],
    ["two\nlines\r\nand\ta tab", "two lines and a tab"],
    ["  spaces   within ", "spaces within"],
    ["an escape \u001b[31m sequence", "an escape [31m sequence"],
    ["turned \u202eround", "turned round"],
    ["\u2028", ""],
  ])("%j becomes %j", (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it.each<[string, number, string]>([
    ["12345", 5, "12345"],
    ["123456", 5, "1234…"],
    ["123😀6", 5, "123…"],
  ])("cuts %j to %i", (text, length, expected) => {
    expect(oneLine(text, length)).toBe(expected);
  });
});

describe("formatUsd", () => {
  it.each<[number, string]>([
    [0, "0.00 USD"],
    [1.5, "1.50 USD"],
    [0.0042, "0.0042 USD"],
    [99.999, "100.00 USD"],
  ])("%d", (usd, expected) => {
    expect(formatUsd(usd)).toBe(expected);
  });
});

describe("instants", () => {
  it("are named to the second", () => {
    expect(formatSecond(NOW + 999)).toBe("2026-11-20T10:00:00Z");
    expect(formatSecond(Number.POSITIVE_INFINITY)).toMatch(/Z$/);
    expect(formatSecond(-5)).toBe("1970-01-01T00:00:00Z");
  });

  it("belong to days that begin at midnight UTC", () => {
    const midnight = nextUtcDay(NOW);
    expect(formatSecond(midnight)).toBe("2026-11-21T00:00:00Z");
    expect(utcDay(midnight)).toBe(utcDay(NOW) + 1);
    expect(utcDay(midnight - 1)).toBe(utcDay(NOW));
    expect(nextUtcDay(midnight)).toBe(midnight + 86_400_000);
  });
});

describe("findCycles", () => {
  it.each<[string, Record<string, string[]>, Record<string, string[]>]>([
    ["none", { a: ["b"], b: ["c"], c: [] }, {}],
    ["none through strangers", { a: ["x"], b: ["x"] }, {}],
    ["a diamond is none", { a: ["b", "c"], b: ["d"], c: ["d"], d: [] }, {}],
    ["one node", { a: ["a"] }, { a: ["a"] }],
    ["two nodes, from the smallest", { b: ["a"], a: ["b"] }, { a: ["a", "b"], b: ["a", "b"] }],
    ["those that wait for one", { a: ["b"], b: ["c"], c: ["b"] }, { a: ["b", "c"], b: ["b", "c"], c: ["b", "c"] }],
    [
      "two apart",
      { a: ["b"], b: ["a"], c: ["d"], d: ["c"] },
      { a: ["a", "b"], b: ["a", "b"], c: ["c", "d"], d: ["c", "d"] },
    ],
    ["named twice", { a: ["b", "b"], b: [] }, {}],
  ])("%s", (_, edges, expected) => {
    expect(Object.fromEntries(findCycles(new Map(Object.entries(edges))))).toEqual(expected);
  });
});
