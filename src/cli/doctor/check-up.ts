/** One line of the doctor: what was looked at, how it is, and what to do about it. */
export type CheckUp = { name: string; state: "ok" | "warn" | "fail"; message: string; hint: string | null };

export function ok(name: string, message: string): CheckUp {
  return { name, state: "ok", message, hint: null };
}

export function warn(name: string, message: string, hint: string): CheckUp {
  return { name, state: "warn", message, hint };
}

export function fail(name: string, message: string, hint: string): CheckUp {
  return { name, state: "fail", message, hint };
}
