const MAX_REASON_LENGTH = 299;

/** Any text as one line that a terminal and a YAML value can carry, cut to `maxLength` characters. */
export function oneLine(text: string, maxLength: number = MAX_REASON_LENGTH): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ")
    .replaceAll(/ {2,}/g, " ")
    .trim();
  if (line.length <= maxLength) return line;
  // A cut may fall inside a surrogate pair; half a character is not text.
  return `${line.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Money as it is written in reasons: `4.20 USD`; small sums keep the digits that tell them from nothing. */
export function formatUsd(usd: number): string {
  return `${usd !== 0 && Math.abs(usd) < 0.01 ? usd.toFixed(4) : usd.toFixed(2)} USD`;
}
