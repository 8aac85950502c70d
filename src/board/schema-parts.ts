import * as v from "valibot";
import { parseDuration } from "./duration.ts";

// The message of each part is what was expected, as the end of "expected …".

/** Any text. */
export function text(expected = "text"): v.GenericSchema<string> {
  return v.string(expected);
}

/** A list of texts; one text alone is a list of one. */
export function texts(expected: string): v.GenericSchema<string | string[], string[]> {
  const one = v.pipe(
    v.string(expected),
    v.transform((it) => [it]),
  );
  return v.union([v.array(filled(expected), expected), one], expected);
}

/** A list of names; one name alone is a list of one, but `a, b` is not taken for two. */
export function names(expected: string): v.GenericSchema<string | string[], string[]> {
  const one = v.pipe(
    filled(expected),
    v.check((it) => !it.includes(","), expected),
    v.transform((it) => [it]),
  );
  return v.union([v.array(filled(expected), expected), one], expected);
}

/** Text with at least one visible character. */
export function filled(expected: string): v.GenericSchema<string> {
  return v.pipe(v.string(expected), v.regex(/\S/, expected));
}

/** US dollars, 0 or more. */
export function dollars(): v.GenericSchema<number> {
  const expected = "a number of US dollars, such as 2.5";
  return v.pipe(v.number(expected), v.finite(expected), v.minValue(0, expected));
}

/** A whole number within limits. */
export function count(min: number, max: number): v.GenericSchema<number> {
  const expected = `a whole number from ${String(min)} to ${String(max)}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected));
}

/** A duration above zero as text, in ms as a value. */
export function duration(): v.GenericSchema<string, number> {
  const expected = "a duration with its unit, such as 30m, 24h or 7d";
  return v.pipe(
    v.string(expected),
    v.check((it) => (parseDuration(it) ?? 0) > 0, expected),
    v.transform((it) => parseDuration(it) ?? 0),
  );
}

/** A duration or the word `none`. */
export function durationOrNone(): v.GenericSchema<string, number | "none"> {
  return v.union([v.literal("none"), duration()], "a duration with its unit, such as 30m, or none");
}

/** A glob or path that stays inside the repository. */
export function insidePaths(expected: string): v.GenericSchema<string | string[], string[]> {
  return v.pipe(
    texts(expected),
    v.check((paths) => paths.every(isInside), `${expected}, relative and without \`..\``),
  );
}

/** Hosts by name, with or without a port; a star only for everything below a name that has a dot itself. */
export function hosts(expected: string): v.GenericSchema<string | string[], string[]> {
  return v.pipe(
    texts(expected),
    v.check((names) => names.every((it) => HOST.test(it)), expected),
  );
}

const HOST = /^(?:localhost|(?:\*\.)?(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z\d-]+)(?::\d{1,5})?$/i;

/** Whether a path or glob is relative and cannot leave the folder it is relative to. */
export function isInside(path: string): boolean {
  return !/^[/\\~]|^[A-Za-z]:[\\/]/.test(path) && !path.split(/[\\/]/).includes("..");
}
