import { type Context, print } from "../context.ts";
import { paint, type Style } from "../paint.ts";
import type { CheckUp } from "./check-up.ts";

const STYLES: Readonly<Record<CheckUp["state"], Style>> = { ok: "green", warn: "yellow", fail: "red", skip: "dim" };

/** One line a check, and what to do about it below. */
export function reportChecks({ out }: Pick<Context, "out">, checks: readonly CheckUp[]): void {
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, state, message, hint } of checks) {
    print(out, `${paint(out, STYLES[state], state.padEnd(4))}  ${name.padEnd(width)}  ${message}`);
    if (hint !== null) print(out, paint(out, "dim", `      ${"".padEnd(width)}  ${hint}`));
  }
}
