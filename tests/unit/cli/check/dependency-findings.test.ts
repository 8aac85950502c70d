import { describe, expect, it } from "vitest";
import { collectFindings } from "../../../../src/cli/check/collect-findings.ts";
import { boardOf, type TaskWords } from "../../../helpers/board-builder.ts";

describe("check, of what tasks wait for and start from", () => {
  it.each<[string, TaskWords[], string, string[]]>([
    [
      "a cycle of dependencies",
      [
        { id: "a", dependencies: ["b"] },
        { id: "b", dependencies: ["a"] },
      ],
      "dependencies:\n  - a\n  - b",
      ["a:3 depends on itself: a → b → a", "b:3 depends on itself: a → b → a"],
    ],
    [
      "a cycle that goes through a base",
      [
        { id: "a", base: "b" },
        { id: "b", dependencies: ["a"] },
      ],
      "base: b\ndependencies: [a]",
      ["a:2 starts from itself: a → b → a", "b:3 depends on itself: a → b → a"],
    ],
    ["a base that is a branch", [{ id: "a", base: "release-2" }], "base: release-2", []],
    [
      "a task that is not there",
      [{ id: "a", dependencies: ["nowhere"] }],
      "title: A\ndependencies: [nowhere]",
      ["a:3 depends on nowhere, which is no task"],
    ],
  ])("%s", (_, planned, keys, expected) => {
    const bytes = Buffer.from(`---\n${keys}\n---\n`);

    const findings = collectFindings(boardOf({ planned }), null, () => bytes);

    const lines = findings.map(({ path, line, message }) => `${path.replace(/.*\/|\.md/g, "")}:${line} ${message}`);
    expect(lines).toEqual(expected);
  });
});
