import { expect, it } from "vitest";
import { branchedFromOf } from "../../../src/apply/branched-from.ts";
import { REVIEW_STEP } from "../../../src/board/review-claim.ts";
import { sessionOf } from "../../helpers/board-builder.ts";

it("takes no record and no review for the newest attempt, however often these were tried", () => {
  const work = [1, 2].map((attempt) => sessionOf("a", { attempt, branchedFrom: `start-${attempt}` }));
  const review = sessionOf("a", { step: REVIEW_STEP, attempt: 3 });
  const checks = sessionOf("a", { step: "checks", attempt: 4 });
  expect(branchedFromOf([...work, review, checks])).toBe("start-2");
});
