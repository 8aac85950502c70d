import { describe, expect, it } from "vitest";
import { parseDuration } from "../../../src/board/duration.ts";
import { formatInstant, parseInstant } from "../../../src/board/instant.ts";
import { suggest } from "../../../src/board/suggest.ts";
import { remarksOn } from "../../../src/board/task-remarks.ts";
import { fc } from "../../helpers/fast-check.ts";
import { bytes, withBlock } from "./bytes.ts";

describe("parseDuration", () => {
  it.each([
    ["30m", 1_800_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
    ["10 s", 10_000],
    ["250ms", 250],
    ["2 weeks", 1_209_600_000],
    ["0s", 0],
    ["30", null],
    ["-5m", null],
    ["soon", null],
    ["5 parsecs", null],
    ["", null],
    ["1e3m", null],
    ["9".repeat(200), null],
  ])("%s", (text, expected) => expect(parseDuration(text)).toBe(expected));
});

describe("instants", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_000_000_000_000 }), (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms);
      }),
    );
  });

  it.each(["2026-01-02", "10:00", "2026-01-02T10:00:00", "2026-13-02T10:00:00Z", "", "now"])("%j is none", (text) =>
    expect(parseInstant(text)).toBeNull(),
  );
});

describe("suggest", () => {
  const lanes = ["backlog", "planned", "doing", "for_review", "done", "blocked"];

  it.each([
    ["dong", "doing"],
    ["doen", "done"],
    ["Done", "done"],
    ["plannde", "planned"],
    ["for review", "for_review"],
    ["foreview", "for_review"],
    ["block", "blocked"],
    ["zzz", null],
    ["", null],
    ["x".repeat(10_000), null],
  ])("%s", (word, expected) => expect(suggest(word, lanes)).toBe(expected));
});

it("a letter left out is likelier than a wrong one", () => {
  expect(suggest("dong", ["done", "doing"])).toBe("doing");
});

describe("remarksOn", () => {
  const remarks = (...lines: string[]) =>
    remarksOn("board/doing/a.md", "doing", bytes(withBlock("title: x", ...lines)));

  it("mentions a status and a misspelt key, as warnings", () => {
    const found = remarks("status: Done", "dependancies: [a]");

    expect(found.map((it) => [it.line, it.severity])).toEqual([
      [3, "warning"],
      [4, "warning"],
    ]);
    expect(found[0]?.message).toMatch(/`status: Done` is not obeyed; the folder says doing/);
    expect(found[1]?.message).toMatch(/did you mean `dependencies`/);
  });

  it("leaves a person's own keys alone", () => {
    expect(
      remarks("labels: []", "assignee: x", "created_date: y", "ordinal: 1", "milestone: z", "estimate: 3", "type: bug"),
    ).toEqual([]);
  });
});
