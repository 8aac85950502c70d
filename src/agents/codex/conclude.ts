import type { Conclusion, RunFacts } from "../adapter.ts";
import { concludeWithResult } from "../conclude.ts";

// An option that this version does not know.
const BAD_USAGE = 2;

/** Exit 0 and `turn.completed`; what the model said last is the answer, and no answer is none. */
export function conclude(facts: RunFacts): Conclusion {
  const conclusion = concludeWithResult(facts);
  if (conclusion.state === "done" || conclusion.failure !== "agent") return conclusion;
  return facts.cause === "exit" && facts.exitCode === BAD_USAGE ? { ...conclusion, failure: "setup" } : conclusion;
}
