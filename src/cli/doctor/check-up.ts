/** One line of the doctor: what was looked at, how it is, and what to do about it. */
export type CheckUp = { name: string; state: "ok" | "warn" | "fail" | "skip"; message: string; hint: string | null };

/** A line that says all is well. */
export function ok(name: string, message: string): CheckUp {
  return { name, state: "ok", message, hint: null };
}

/** A line that says what is not there, and that nobody misses. */
export function skip(name: string, message: string): CheckUp {
  return { name, state: "skip", message, hint: null };
}

/** A line that says what works less well than it could; the hint says what to do. */
export function warn(name: string, message: string, hint: string): CheckUp {
  return { name, state: "warn", message, hint };
}

/** A line that says what keeps the board from working; the hint says what to do. */
export function fail(name: string, message: string, hint: string): CheckUp {
  return { name, state: "fail", message, hint };
}
