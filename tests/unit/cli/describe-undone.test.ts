import { expect, it } from "vitest";
import { describeAction, describeUndone } from "../../../src/cli/describe-undone.ts";

it("names the branch as git has it, and no commit of the agent's for a merge", () => {
  const sha = "1234567890abcdef";
  expect(describeAction({ kind: "merge", sha, subject: "mv", tip: sha })).toBe("its merge 123456789");
  const undone = { lane: "for_review", wasLane: "for_review", preserved: [], revertSha: sha } as const;
  expect(describeUndone("a b", undone, { isAlive: false })).toEqual([
    "The base is without it since 123456789; kanband/a%20b holds its work, ready for another look.",
  ]);
});
