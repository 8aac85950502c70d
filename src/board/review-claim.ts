import { type Claim, parseClaims } from "./claim.ts";

/** The step that a review in `for_review/` is, in claims and session files. No workflow has a step of that name. */
export const REVIEW_STEP = "for_review";

/** What `review:` says where nobody is to review. */
export const NO_REVIEW = "none";

/** The claim of a review, where `assigned` holds one. */
export function reviewClaimOf(assigned: string | null): Claim | null {
  return parseClaims(assigned).find(({ step }) => step === REVIEW_STEP) ?? null;
}
