import { dataBlock, inert } from "./data-block.ts";
import { shorten } from "./quote.ts";

export type PromptPart = { name: string; text: string };

// Two printed pages: what nearly every result needs. Larger ones are read from the file by who needs them.
const INLINE_BYTES = 8 * 1024;
// A step that reads eight results costs no more than this in each of its turns.
const INLINE_TOTAL_BYTES = 32 * 1024;
const EXCERPT_CHARACTERS = 800;
const EXCERPT_TOTAL = 8;
const LISTED = 100;

/**
 * What earlier steps said, as parts of a prompt: whole where it is short, else its beginning and end, else its name. `first`: the
 * file that this run is about, which is given its room before the others.
 */
export function sessionParts(
  sessions: readonly { name: string; text: string }[],
  boundary: string,
  first: string | null,
): PromptPart[] {
  const whole = wholeOnes(sessions, first);
  const large = sessions.filter(({ name }) => !whole.has(name));
  const excerpts = new Set(large.slice(0, EXCERPT_TOTAL).map(({ name }) => name));
  const parts = sessions.flatMap(({ name, text }) => {
    if (whole.has(name)) return [{ name, text: dataBlock(boundary, `.session/${name}`, text) }];
    if (!excerpts.has(name)) return [];
    const excerpt = dataBlock(boundary, `.session/${name}`, shorten(text.trim(), EXCERPT_CHARACTERS));
    return [{ name, text: `${named(name, text)}: read the file for the rest.\n\n${excerpt}` }];
  });
  const rest = large.slice(EXCERPT_TOTAL).map(({ name, text }) => `- ${named(name, text)}`);
  const more = rest.length > LISTED ? [...rest.slice(0, LISTED), `- and ${rest.length - LISTED} more`] : rest;
  const others = more.length === 0 ? [] : [{ name: "others", text: `Not shown here:\n\n${more.join("\n")}` }];
  return [...parts, ...others];
}

function wholeOnes(sessions: readonly { name: string; text: string }[], first: string | null): Set<string> {
  const whole = new Set<string>();
  const inOrder = [...sessions.filter(({ name }) => name === first), ...sessions.filter(({ name }) => name !== first)];
  let used = 0;
  for (const { name, text } of inOrder) {
    const bytes = Buffer.byteLength(text);
    if (bytes > INLINE_BYTES || used + bytes > INLINE_TOTAL_BYTES) continue;
    used += bytes;
    whole.add(name);
  }
  return whole;
}

function named(name: string, text: string): string {
  return `\`.session/${inert(name)}\` (${Buffer.byteLength(text)} bytes)`;
}
