import { parseClaims } from "../board/claim.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import type { Session } from "../board/session.ts";
import { isOfAgent } from "../board/session-cost.ts";
import type { Edit } from "./action.ts";
import { type Board, type ReadableView, sessionsOf } from "./board-index.ts";
import { sessionsOfClaims } from "./workflow/claim-costs.ts";

/** `Cost-USD` of the attempt that is over, where it is known. Unknown is left out: it is not 0. */
export function costTrailer({ id, task }: ReadableView, board: Board): Edit["trailers"] {
  const claims = parseClaims(task.assigned);
  const sessions = sessionsOf(board, id);
  const ofAttempt = sessions.filter(({ attempt, step }) => attempt === task.attempt && step !== REVIEW_STEP);
  return costTrailerOf(claims.length > 0 ? sessionsOfClaims(sessions, claims) : ofAttempt);
}

/** The same, of these runs. */
export function costTrailerOf(sessions: readonly Session[]): Edit["trailers"] {
  const costs = sessions.filter(isOfAgent).flatMap(({ costUsd }) => costUsd ?? []);
  return costs.length === 0 ? [] : [["Cost-USD", costs.reduce((sum, it) => sum + it, 0).toFixed(2)]];
}
