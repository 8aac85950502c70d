import type { ReviewFinding } from "../../../src/board/verdict-kind.ts";

/** A finding of a review that must be mended. */
export const FINDING: ReviewFinding = {
  title: "Empty list divides by zero",
  file: "src/mean.ts",
  line: 14,
  severity: "must-fix",
  why: "",
  fix: "",
  sources: [],
};
