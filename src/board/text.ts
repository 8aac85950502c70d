/** Text without carriage returns: what all parsing here works on. */
export function withLf(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

// Words with single blanks between: nothing to do.
const PLAIN_LINE = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const CONTROL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
// Colours and the like, as programs print them: escape, bracket, numbers, m.
const STYLING = new RegExp(`${String.fromCharCode(27)}\\[[0-9;:]*m`, "g");

/** Any text as one line that a terminal can show: white space runs become a blank, controls and direction marks visible escapes. */
export function oneLine(text: string, limit: number): string {
  if (text.length <= limit && PLAIN_LINE.test(text)) return text;
  const line = escapeControls(
    withoutStyling(text)
      .replace(/[\t\n\r\f\v\u2028\u2029 ]+/g, " ")
      .trim(),
  );
  if (line.length <= limit) return line.replace(/\p{Cs}/gu, "\uFFFD");
  return `${line.slice(0, Math.max(0, limit - 1)).replace(/\p{Cs}/gu, "\uFFFD")}…`;
}

/**
 * What a program printed, as text that is safe in a file people `cat`: colours are dropped, line ends are LF,
 * other controls become visible escapes. Applying it twice changes nothing more.
 */
export function cleanText(text: string): string {
  const lines = withoutStyling(text).replace(/\r\n|\r/g, "\n");
  return lines.replace(/(?![\t\n])\p{Cc}/gu, visible).replace(/\p{Cs}/gu, "\uFFFD");
}

/** The same, and marks that hide or turn round what is said are visible escapes as well: for text that a model is to read. */
export function visibleText(text: string): string {
  return cleanText(text).replace(HIDING, (it) => `\\u{${(it.codePointAt(0) ?? 0).toString(16)}}`);
}

// Marks of direction, invisible operators, tags: what a person sees of such text is not what a model reads.
const HIDING = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

function withoutStyling(text: string): string {
  return text.replace(STYLING, "");
}

function escapeControls(text: string): string {
  return text.replace(CONTROL, visible);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
