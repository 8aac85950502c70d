import type { ReadVerdict } from "./read-verdict.ts";
import { oneLine } from "./text.ts";

const CHARACTERS = 2_000;

/**
 * What a step asks the person as the one line that stands in files: `Queue or table? [the queue | the table] (recommended: the
 * queue)`.
 */
export function questionLine({
  question,
  options,
  recommendation,
}: Extract<ReadVerdict, { kind: "decision" }>): string {
  const choice = options.length === 0 ? "" : ` [${options.join(" | ")}]`;
  const wish = recommendation === null ? "" : ` (recommended: ${recommendation})`;
  return oneLine(`${question}${choice}${wish}`, CHARACTERS);
}
