import type { FailureClass } from "../../board/session.ts";
import type { Conclusion, RunFacts } from "../adapter.ts";
import { concludeWithResult } from "../conclude.ts";
import { classOfStatus } from "../failure-class.ts";
import { isNoise } from "./noise.ts";

/**
 * Gemini ends with 0 on an empty answer, so its result decides; and with the status of the provider, of which only eight bits
 * get through, on its errors. The words of an error often say less than that number.
 */
export function conclude(facts: RunFacts): Conclusion {
  const lines = facts.stderrTail.split("\n").filter((line) => !isNoise(line));
  const conclusion = concludeWithResult({ ...facts, stderrTail: lines.join("\n") });
  if (conclusion.state === "done" || !isVague(conclusion.failure, facts)) return conclusion;
  if (facts.cause !== "exit" || facts.signal !== null || facts.exitCode === null) return conclusion;
  const known = CLASS_OF_EXIT.get(facts.exitCode) ?? classOfByte(facts.exitCode);
  if (known !== null) return { ...conclusion, failure: known };
  // 404 is none of those: it ends with 1, and only standard error tells what it was.
  return facts.exitCode === 1 && /ModelNotFound/.test(facts.stderrTail)
    ? { ...conclusion, failure: "setup" }
    : conclusion;
}

/** Words that say little, or none at all. */
function isVague(failure: FailureClass, { summary }: RunFacts): boolean {
  return failure === "agent" || (failure === "setup" && summary.error === null);
}

// No login; a session or input it does not take; its own settings; its limit of turns; a folder it does not trust.
const CLASS_OF_EXIT: ReadonlyMap<number, FailureClass> = new Map([
  [41, "setup"],
  [42, "agent"],
  [52, "setup"],
  [53, "agent"],
  [55, "setup"],
]);

function classOfByte(exitCode: number): FailureClass | null {
  // 400 is 144 and 511 is 255; 529, the only one above that is in use, is 17.
  if (exitCode === 529 % 256) return classOfStatus(529);
  return exitCode >= 400 % 256 ? classOfStatus(exitCode + 256) : null;
}
