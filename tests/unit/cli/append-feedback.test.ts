import { describe, expect, it } from "vitest";
import { appendFeedback } from "../../../src/cli/append-feedback.ts";

describe("appendFeedback", () => {
  it.each([
    ["an empty file", "", "\n## Feedback\n\nBetter\n"],
    ["a body", "---\ntitle: a\n---\n\nDo it.\n", "---\ntitle: a\n---\n\nDo it.\n\n## Feedback\n\nBetter\n"],
    ["no last line end", "Do it.", "Do it.\n\n## Feedback\n\nBetter\n"],
    ["earlier feedback", "Do it.\n\n## Feedback\n\nGood\n", "Do it.\n\n## Feedback\n\nGood\n\nBetter\n"],
    [
      "feedback that is not last",
      "## Feedback\n\nGood\n\n## More\n",
      "## Feedback\n\nGood\n\n## More\n\n## Feedback\n\nBetter\n",
    ],
    [
      "a heading in a fence",
      "## Feedback\n\n```sh\n## Not one\n```\n",
      "## Feedback\n\n```sh\n## Not one\n```\n\nBetter\n",
    ],
    ["Windows line ends", "Do it.\r\n", "Do it.\r\n\r\n## Feedback\r\n\r\nBetter\r\n"],
  ])("%s", (_, before, after) => {
    expect(appendFeedback(before, " Better\n")).toBe(after);
  });

  it("keeps the lines of a long remark, in the file's line ends", () => {
    expect(appendFeedback("a\r\n", "one\ntwo")).toContain("one\r\ntwo\r\n");
  });
});
