import type { Lane } from "../board/lane.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import type { RunView } from "./snapshot.ts";

/** Where the file of a task stays while this run of it goes on: whoever moves it elsewhere ends the run. */
export function laneOfRun(run: RunView): Extract<Lane, "doing" | "for_review" | "done"> {
  if (run.kind === "merge") return "done";
  return isReviewRun(run) ? "for_review" : "doing";
}

/** Whether it is the review of a task in `for_review/`. */
export function isReviewRun({ kind, unit }: RunView): boolean {
  return kind === "step" && unit === REVIEW_STEP;
}
