import type { Conclusion, RunFacts } from "../adapter.ts";
import { concludeWithResult, failed } from "../conclude.ts";
import { isFirstStartRace } from "../failure-class.ts";

const REJECTED = /permission requested: (.*); auto-rejecting/;

/** A permission that is refused ends the run in the middle with exit 0: then its last step did not end with `stop`. */
export function conclude(facts: RunFacts): Conclusion {
  const conclusion = concludeWithResult(facts);
  if (conclusion.state === "done" || conclusion.failure === "stopped" || facts.cause !== "exit") return conclusion;
  const what = facts.summary.error === null ? REJECTED.exec(facts.stderrTail)?.[1] : undefined;
  if (what !== undefined) return failed(facts, "agent", `ended at a permission it was refused: ${what.slice(0, 100)}`);
  const isRace = conclusion.failure === "setup" && isFirstStartRace(facts.stderrTail);
  return isRace ? { ...conclusion, failure: "agent" } : conclusion;
}
