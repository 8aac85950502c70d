import { FAILPOINTS } from "../../../src/files/failpoints.ts";
import { someToday } from "../../helpers/today.ts";

/** Of each twelve points of the catalogue that begin so the one whose day it is; all of them with KANBAND_ALL_POINTS set. */
export function points(...prefixes: string[]): string[] {
  const all = FAILPOINTS.filter((name) => prefixes.some((it) => name.startsWith(it)));
  return someToday(all, 12);
}
