import { expect, it } from "vitest";
import { describeAction, describeUndone } from "../../../src/cli/describe-undone.ts";

it("names the branch as git has it, and no commit of the agent's for a merge", () => {
  const sha = "1234567890abcdef";
  const action = { kind: "merge", sha, subject: "mv", tip: sha } as const;
  expect(describeAction(action)).toBe("its merge 123456789");
  const place = { lane: "for_review", wasLane: "for_review", preserved: [], left: null } as const;
  const undone = { action, ...place, revertSha: sha };
  expect(describeUndone("a b", undone, { isAlive: false })).toEqual([
    "The base is without it since 123456789; kanband/a%20b holds its work, ready for another look.",
  ]);
});
