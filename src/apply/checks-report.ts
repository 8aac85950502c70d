import { fenced } from "./quote.ts";
import type { RunFacts } from "./run-facts.ts";
import type { VerifyResult } from "./verify-script.ts";

/** What is shown of the output of a command that succeeded. */
const PASSED_TAIL = 1_000;

/** The text of `checks.md`, and in one line what is to be mended; null: nothing. */
export function formatChecks(
  { startSha, branch }: Pick<RunFacts, "startSha" | "branch">,
  { problems, results, note }: { problems: readonly string[]; results: readonly VerifyResult[]; note: string },
): { reason: string | null; text: string } {
  const failed = results.find(({ state }) => state !== "passed");
  const reason = problems[0] ?? (failed === undefined ? null : failureOf(failed, note));
  const parts = [
    `Looked at ${startSha.slice(0, 12)} on \`${branch.replace(/^refs\/heads\//, "")}\`.`,
    ...problems.map((it) => `- ${it}`),
    ...results.map(describe),
    results.length === 0 && problems.length === 0 ? "There is no command to run." : "",
    note,
  ];
  return { reason, text: parts.filter((it) => it !== "").join("\n\n") };
}

/** One line, the same for the same failure. */
export function failureOf({ command, exitCode, state }: VerifyResult, note: string): string {
  if (state === "failed") return `\`${command}\` exited with ${exitCode ?? "an unknown status"}`;
  return note === "" ? `\`${command}\` did not come to its end` : `\`${command}\`: ${note}`;
}

/** One command with its exit code, its time and the end of what it printed. */
export function describe({ command, exitCode, durationSeconds, state, tail }: VerifyResult): string {
  if (state === "not run") return `- \`${command}\`: not run`;
  const end =
    state === "cut off" ? "did not come to its end" : `exit ${exitCode ?? "?"} after ${durationSeconds ?? 0} s`;
  const shown = state === "passed" ? tail.slice(-PASSED_TAIL) : tail;
  return shown === "" ? `- \`${command}\`: ${end}` : `- \`${command}\`: ${end}\n\n${fenced(shown)}`;
}
