import { parseClaims } from "../board/claim.ts";
import type { Edit } from "./action.ts";
import { type Board, type ReadableView, sessionsOf } from "./board-index.ts";
import { costsOfClaims } from "./workflow/claim-costs.ts";
import { recordsOf } from "./workflow/node.ts";

/** `Cost-USD` of the attempt that is over, where it is known. Unknown is left out: it is not 0. */
export function costTrailer({ id, task }: ReadableView, board: Board): Edit["trailers"] {
  const claims = parseClaims(task.assigned);
  const sessions = sessionsOf(board, id);
  const costs =
    claims.length > 0
      ? costsOfClaims({ records: recordsOf(sessions) }, claims)
      : sessions.flatMap((it) =>
          it.attempt === task.attempt && it.persona !== null && it.costUsd !== null ? [it.costUsd] : [],
        );
  return costs.length === 0 ? [] : [["Cost-USD", costs.reduce((sum, it) => sum + it, 0).toFixed(2)]];
}
