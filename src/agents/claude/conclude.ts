import type { Conclusion, RunFacts } from "../adapter.ts";
import { concludeWithResult } from "../conclude.ts";

/**
 * Interrupted, Claude ends with 0; its `result` says that it is an error. Out of turns or budget it ends with 1, though the
 * work may be whole: what it said last is kept.
 */
export function conclude(facts: RunFacts): Conclusion {
  return concludeWithResult(facts);
}
