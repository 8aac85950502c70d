import { readdirSync } from "node:fs";
import { hasCode } from "./place.ts";

/** The names in a folder; none where there is no folder. Anything else that keeps it from being read is an error. */
export function listNames(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
