import { describe, expect, it } from "vitest";
import { describeSession, factLines } from "../../../../src/cli/show/describe-task.ts";
import { boardOf, sessionOf } from "../../../helpers/board-builder.ts";

describe("the money of a task", () => {
  it.each([
    [null, {}, undefined],
    [0.9, {}, "$0.90"],
    [0.9, { earlierUnknown: 1 }, "$0.90 and 1 run of unknown cost"],
    [0.9, { earlierUnknown: 1, costUsd: null }, "$0.90 and 2 runs of unknown cost"],
    ["unknown", { costUsd: null }, "1 run of unknown cost"],
    ["unknown", {}, "unknown"],
  ] as const)("%s, %o", (spentUsd, facts, expected) => {
    const view = boardOf({ blocked: [{ id: "a", spentUsd }] }).tasks[0]!;
    const lines = new Map(factLines(view, null, null, [sessionOf("a", facts), sessionOf("a", { step: "checks" })]));
    expect(lines.get("spent")).toBe(expected);
  });

  it("of one run", () => {
    expect(describeSession(sessionOf("a", { costUsd: 0.25 }))).toContain("· $0.25");
    expect(describeSession(sessionOf("a", { costUsd: null }))).toMatch(/· cost unknown$/);
    expect(describeSession(sessionOf("a", { costUsd: null, leastUsd: 0.5 }))).toContain("cost unknown, at least $0.50");
  });
});
