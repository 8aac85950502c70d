import { isInside } from "./schema-parts.ts";
import { oneLine, visibleText } from "./text.ts";

/** What is wrong with what was said, a line each; the first is shown. */
export type Problems = string[];

/** A longer message is not looked through: a session file is not read beyond that either. */
export const MESSAGE_CHARACTERS = 1024 * 1024;

/** What a name of a persona, and a line about a problem, may have. */
export const NAME_CHARACTERS = 100;
export const PROBLEM_CHARACTERS = 400;

const SHOWN = 60;
const INVISIBLE = /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

/** A value as a line for a message: what was said instead. Lists and maps are not written out: they may be of any size. */
export function shownAs(value: unknown): string {
  if (typeof value === "string") return `"${oneLine(visibleText(value.slice(0, 4 * SHOWN)), SHOWN)}"`;
  if (value === undefined || value === null) return "nothing";
  return Array.isArray(value) ? "a list" : "a map";
}

/** A scalar as one line that shows all that is in it, cut at `limit` characters; null when nothing is said. */
export function lineOf(value: unknown, limit: number): string | null {
  return typeof value === "string" && !isNothing(value) ? oneLine(visibleText(value.slice(0, 4 * limit)), limit) : null;
}

/** A scalar as text that shows all that is in it, cut at `limit` characters; empty when nothing is said. */
export function textOf(value: unknown, limit: number): string {
  if (typeof value !== "string" || isNothing(value)) return "";
  const text = visibleText(value.slice(0, limit + 1)).trim();
  return text.length > limit ? `${text.slice(0, limit - 1).replace(/\p{Cs}/gu, "")}…` : text;
}

/** A list of scalars; one alone is a list of one. Whatever else there is, is a problem. */
export function listOf(value: unknown, what: string, most: number, problems: Problems): string[] {
  if (value === undefined || value === null || value === "") return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > most) problems.push(`\`${what}\` has ${String(items.length)} items; at most ${String(most)}`);
  const texts = items.slice(0, most).filter((it) => typeof it === "string");
  if (texts.length < Math.min(items.length, most)) problems.push(`\`${what}\` is to be a list of texts`);
  return texts;
}

/** A name or a path as written, for what is to be looked up: nothing in it may be invisible. */
export function exactOf(value: unknown, what: string, limit: number, problems: Problems): string | null {
  if (typeof value !== "string" || isNothing(value)) return null;
  return isPlain(value.trim(), what, limit, problems) ? value.trim() : null;
}

/** Whether a text is one line in which everything can be seen, and not too long; a problem when it is not. */
export function isPlain(text: string, what: string, limit: number, problems: Problems): boolean {
  if (text.length <= limit && !INVISIBLE.test(text)) return true;
  problems.push(`\`${what}\` is ${shownAs(text)}; expected at most ${String(limit)} visible characters`);
  return false;
}

/** Paths or globs that stay inside the repository. */
export function pathsOf(value: unknown, what: string, most: number, problems: Problems): string[] {
  return listOf(value, what, most, problems).flatMap((it) => {
    const path = exactOf(it, what, PATH_CHARACTERS, problems);
    if (path === null) return [];
    if (isInside(path)) return [path.replace(/^(?:\.\/)+/, "")];
    problems.push(`\`${what}\` holds ${shownAs(path)}; expected paths inside the repository`);
    return [];
  });
}

const PATH_CHARACTERS = 300;

/** Truth as people write it; null when nothing is said. */
export function truthOf(value: unknown, what: string, problems: Problems): boolean | null {
  const word = typeof value === "string" ? value.trim().toLowerCase() : null;
  if (value === undefined || value === null || word === "" || word === "null" || word === "~") return null;
  if (word === "true" || word === "yes") return true;
  if (word === "false" || word === "no") return false;
  problems.push(`\`${what}\` is ${shownAs(value)}; expected true or false`);
  return null;
}

function isNothing(text: string): boolean {
  return /^\s*(?:null|~|none)?\s*$/i.test(text);
}
