import { readRange } from "./spool.ts";

/** How far a file has been read: everything before `offset` was given out, but for the bytes of an unfinished line. */
export type TailCursor = { offset: number; partial: Buffer; isCut: boolean };

export const TAIL_START: TailCursor = { offset: 0, partial: Buffer.alloc(0), isCut: false };

const NEWLINE = 0x0a;

/**
 * The whole lines that a growing file has gained, and the cursor for the next time. Lines end at `\n` only; bytes that are not
 * UTF-8 become U+FFFD, and a character is never cut in two by where a read ended. A line longer than `maxLineBytes` is given
 * out cut to that length, once. `maxBytes` bounds one call: `isMore` says to call again. `atEnd` gives out the last line,
 * too, though nothing ended it.
 */
export function tailLines(
  path: string,
  cursor: TailCursor,
  { maxBytes, maxLineBytes, atEnd = false }: { maxBytes: number; maxLineBytes: number; atEnd?: boolean },
): { lines: string[]; cursor: TailCursor; isMore: boolean } {
  const chunk = readRange(path, cursor.offset, maxBytes);
  const isMore = chunk.length === maxBytes;
  const lines: string[] = [];
  let { partial, isCut } = cursor;
  let start = 0;
  for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
    if (!isCut) lines.push(toLine(partial, chunk.subarray(start, end), maxLineBytes));
    partial = TAIL_START.partial;
    isCut = false;
    start = end + 1;
  }
  const rest = chunk.subarray(start);
  if (!isCut && partial.length + rest.length > maxLineBytes) {
    lines.push(toLine(partial, rest, maxLineBytes));
    isCut = true;
  }
  partial = isCut ? TAIL_START.partial : Buffer.concat([partial, rest]);
  if (atEnd && !isMore && partial.length > 0) {
    lines.push(partial.toString("utf8"));
    partial = TAIL_START.partial;
  }
  return { lines, cursor: { offset: cursor.offset + chunk.length, partial, isCut }, isMore };
}

function toLine(head: Buffer, tail: Buffer, maxLineBytes: number): string {
  const whole = head.length === 0 ? tail : Buffer.concat([head, tail]);
  return whole
    .subarray(0, whole.length > maxLineBytes ? wholeCharacters(whole, maxLineBytes) : whole.length)
    .toString("utf8");
}

/** The largest length up to `limit` that ends between two characters. */
function wholeCharacters(bytes: Buffer, limit: number): number {
  let length = limit;
  while (length > limit - 4 && length > 0 && ((bytes[length] ?? 0) & 0xc0) === 0x80) length--;
  return length;
}
