const PIECE = 32 * 1024;

/** One line of the account that `src/agents/acp/parse.ts` reads: an object whose `acp` says what happened. */
export function report(what: string, facts: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ acp: what, ...facts })}\n`);
}

/** A text of any length, in lines that nobody has to cut. */
export function reportText(text: string): void {
  for (let at = 0; at < text.length; at += PIECE) report("text", { text: text.slice(at, at + PIECE) });
}
