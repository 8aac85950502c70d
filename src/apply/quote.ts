import { cleanText } from "../board/text.ts";

// More than this of one text is its beginning and its end; the whole is in `.session/`.
const QUOTE_LIMIT = 16_000;

/**
 * Text of somebody else inside delimiters that it cannot close: the fence is longer than any run of backticks in it, and
 * control characters that could rewrite a terminal are shown, not sent.
 */
export function quote(label: string, text: string): string {
  return `${label}\n\n${fenced(shorten(text.trim(), QUOTE_LIMIT))}\n`;
}

/** Text in a fence that is longer than any run of backticks in it. */
export function fenced(text: string): string {
  const shown = showControls(text);
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}text\n${shown}\n${fence}`;
}

/** The first and the last part of a text that is longer than `limit` characters, with a line that says what is left out. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[... ${left} characters left out ...]\n${text.slice(-half)}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

// Bidirectional marks could hide what is said.
function showControls(text: string): string {
  return cleanText(text).replaceAll(
    /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16)}`,
  );
}
