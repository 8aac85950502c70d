import { type CheckClaim, worstClaims } from "../board/check-claim.ts";
import type { AskedCommand } from "./asked-commands.ts";
import { fenced } from "./quote.ts";
import type { RunFacts } from "./run-facts.ts";
import { visible } from "./shown-path.ts";
import type { VerifyResult } from "./verify-script.ts";

/** What is shown of the output of a command that succeeded. */
const PASSED_TAIL = 1_000;

/** What was found: the claims about the branch, what its commands came to, and what cut them off ("": nothing). */
export type Found = { claims: readonly CheckClaim[]; results: readonly VerifyResult[]; note: string };

/** What commands came to that were run because a claim needs them. */
export function answeredClaims(asked: readonly AskedCommand[], answers: readonly VerifyResult[]): CheckClaim[] {
  return asked.map(({ what, expect, undecided }, index) => {
    const answer = answers[index];
    if (answer === undefined || answer.state === "not run")
      return { what, verdict: "INCONCLUSIVE", evidence: "not run" };
    const { exitCode, durationSeconds, state, tail } = answer;
    if (state === "cut off")
      return { what, verdict: "INCONCLUSIVE", evidence: "it did not come to its end", output: tail };
    const isDecided = exitCode === expect || !undecided || exitCode === 1;
    const verdict = exitCode === expect ? "CONFIRMED" : isDecided ? "REFUTED" : "INCONCLUSIVE";
    return {
      what,
      verdict,
      evidence: `exit ${exitCode ?? "?"} after ${durationSeconds ?? 0} s`,
      output: tail.slice(-PASSED_TAIL),
    };
  });
}

export type ChecksReport = {
  /** `inconclusive`: nothing is refuted, and not all is confirmed. */
  verdict: "clean" | "must-fix" | "inconclusive";
  /** In one line what is to be mended; null: nothing. */
  reason: string | null;
  text: string;
};

/** The text of `checks.md`, a verdict a claim, and what follows from them. */
export function formatChecks(
  { startSha, branch, namesNothing }: Pick<RunFacts, "startSha" | "branch" | "namesNothing">,
  found: Found,
): ChecksReport {
  const { results, note } = found;
  const claims = [...found.claims, ...results.map((it) => commandClaim(it, note))];
  const worst = worstClaims(claims);
  const parts = [
    `Looked at ${startSha.slice(0, 12)} on \`${branch.replace(/^refs\/heads\//, "")}\`.`,
    ...claims.map(describe),
    namesNothing === true ? NAMES_NOTHING : "",
    results.length === 0 && worst.length === 0 ? "There is no command to run." : "",
    note,
  ];
  return {
    verdict: verdictOf(worst[0], results),
    reason: worst.length === 0 ? null : reasonsOf(worst, results, note),
    text: parts.filter((it) => it !== "").join("\n\n"),
  };
}

const NAMES_NOTHING =
  "Its message names nothing that could be looked up (no block of `claims`): what it says beside that is its word alone.";

function verdictOf(worst: CheckClaim | undefined, results: readonly VerifyResult[]): ChecksReport["verdict"] {
  if (worst === undefined) return "clean";
  const hasFailed = worst.verdict === "REFUTED" || results.some(({ state }) => state !== "passed");
  return hasFailed ? "must-fix" : "inconclusive";
}

const SHOWN_REASONS = 2;

/** One line, the same for the same failure. */
function reasonsOf(worst: readonly CheckClaim[], results: readonly VerifyResult[], note: string): string {
  const reasons = [...new Set(worst.map((it) => reasonOf(it, results, note)))];
  const more = reasons.length - SHOWN_REASONS;
  return `${reasons.slice(0, SHOWN_REASONS).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function reasonOf(worst: CheckClaim, results: readonly VerifyResult[], note: string): string {
  const result = results.find((it) => worst.what === whatOf(it));
  if (result === undefined) return worst.reason ?? `${worst.what}: ${worst.evidence}`;
  const { command, exitCode, state } = result;
  if (state === "failed") return `\`${command}\` exited with ${exitCode ?? "an unknown status"}`;
  return note === "" ? `\`${command}\` did not come to its end` : `\`${command}\`: ${note}`;
}

/** What a command came to: what did not run to its end says nothing for the branch. */
function commandClaim(result: VerifyResult, note: string): CheckClaim {
  const { exitCode, durationSeconds, state, tail } = result;
  const shown = state === "passed" ? tail.slice(-PASSED_TAIL) : tail;
  const what = whatOf(result);
  if (state === "not run") return { what, verdict: "INCONCLUSIVE", evidence: "not run" };
  const end =
    state === "cut off" ? "did not come to its end" : `exit ${exitCode ?? "?"} after ${durationSeconds ?? 0} s`;
  const evidence = state === "cut off" && note !== "" ? `${end}: ${note}` : end;
  return { what, verdict: state === "passed" ? "CONFIRMED" : "REFUTED", evidence, output: shown };
}

function whatOf({ command }: VerifyResult): string {
  return `\`${command}\``;
}

/** One claim, with what was seen. */
function describe({ what, verdict, evidence, output = "" }: CheckClaim): string {
  const line = visible(`- ${verdict}: ${what}: ${evidence}`);
  return output === "" ? line : `${line}\n\n${fenced(output)}`;
}
