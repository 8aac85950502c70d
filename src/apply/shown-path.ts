const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const EACH_HIDDEN = new RegExp(HIDDEN.source, "gu");
const WHITE: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\t" };

/** A path as part of a line: as it is, or in quotes with what would break the line, or hide what it says, spelt out. */
export function shownPath(path: string): string {
  return HIDDEN.test(path) ? visible(JSON.stringify(path)) : path;
}

/** Text of others as one line: what would begin another, or hide what it says, is spelt out. */
export function visible(text: string): string {
  return text.replaceAll(EACH_HIDDEN, (it) => {
    return WHITE[it] ?? `\\u${(it.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
