import type { Session } from "../board/session.ts";
import { oneLine } from "./one-line.ts";
import { isMustFix, mustFix } from "./review-record.ts";

const FOR_REVIEW = "waits for a person: move it to done/ to accept it, or to planned/ for a rework";

/**
 * Why a task is in `for_review/`: what its checks left open, what its review came to or why there is none, and what it waits
 * for.
 */
export function forReviewLine(open: string | null, review: string | null): string {
  const colon = review?.startsWith("reviewed clean") === true ? ": " : "; ";
  return oneLine(`${open === null ? "" : `${open}; `}${review === null ? "" : `${review}${colon}`}${FOR_REVIEW}`);
}

/** What a review that is over came to, and of which commit it speaks: `reviewed clean at 1f0c2b7 by pr_reviewer`. */
export function reviewWords(record: Session): string {
  const { state, verdict, failure, reason, question } = record;
  const sha = record.commitSha ?? record.startSha;
  const what = `${sha === null ? "" : ` at ${sha.slice(0, 7)}`} by ${record.persona ?? "nobody"}`;
  if (isMustFix(record)) return `reviewed must-fix${what}: ${titlesOf(record)}`;
  if (state === "done" && verdict === "decision") return `its review${what} asks: ${question ?? "for a decision"}`;
  if (state === "done") return verdict === "clean" ? `reviewed clean${what}` : `its review${what} gave no verdict`;
  if (failure === "checks") return `its review${what} gave no verdict that can be read: ${reason ?? "none"}`;
  return `its review${what} failed: ${reason ?? state}`;
}

/** What a review wants mended, in its own words. */
export function titlesOf(record: Session): string {
  const titles = mustFix(record).map(({ title }) => title);
  return oneLine(titles.join("; "), 120);
}
