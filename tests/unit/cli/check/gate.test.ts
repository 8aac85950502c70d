import { expect, it } from "vitest";
import { collectFindings } from "../../../../src/cli/check/collect-findings.ts";
import { type BoardWords, boardOf } from "../../../helpers/board-builder.ts";

const OPEN = { id: "a", pr: "https://x/1" };

it.each<[string, BoardWords, string | null, string[]]>([
  ["a task that waits for review", { for_review: ["a"] }, null, ["a: waits for review"]],
  ["the same where another's request is judged", { for_review: ["a"] }, "kanband/b", ["a: waits for review"]],
  ["none whose own request is judged", { for_review: ["a"] }, "kanband/a", []],
  ["none with an open request", { for_review: [OPEN] }, "kanband/b", []],
  [
    "one whose request was closed",
    { for_review: [{ ...OPEN, pr: "https://x/1 closed" }] },
    null,
    ["a: waits for review"],
  ],
  ["one that is worked on again, with a request", { doing: [OPEN] }, "kanband/a", ["a: is still being worked on"]],
])("a gate names %s", (_, lanes, branch, expected) => {
  const findings = collectFindings(boardOf(lanes), { branch }, () => null);
  expect(findings.map(({ path, message }) => `${path.replace(/.*\/(.*)\.md/, "$1")}: ${message}`)).toEqual(expected);
  expect(collectFindings(boardOf(lanes), null, () => null)).toEqual([]);
});
