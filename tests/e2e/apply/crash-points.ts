import { FAILPOINTS } from "../../../src/files/failpoints.ts";
import { someToday } from "../../helpers/today.ts";

/** How often the tests are there that walk them. */
export const DAYS_APART = 3;

/** Of each twelve points of the catalogue that begin so the one whose day it is; all of them with KANBAND_ALL_POINTS set. */
export function points(...prefixes: string[]): string[] {
  const all = FAILPOINTS.filter((name) => prefixes.some((it) => name.startsWith(it)));
  return someToday(all, 12, DAYS_APART);
}
