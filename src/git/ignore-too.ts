import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";

/**
 * Settings that make git ignore these paths besides what the user has it ignore, until `end`. Files that git knows already
 * are not touched by it.
 */
export function ignoreToo(
  { userConfig }: Repository,
  { gitDir }: GitPlace,
  paths: readonly string[],
): { config: readonly string[]; end(): void } {
  if (paths.length === 0) return { config: userConfig, end: () => {} };
  const file = join(gitDir, "kanband-exclude");
  const own = userConfig.flatMap((it) => (it.startsWith(KEY) ? [readText(it.slice(KEY.length))] : []));
  writeFileSync(file, [...own, ...paths.map(asPattern), ""].join("\n"));
  return { config: [...userConfig, `${KEY}${file}`], end: () => rmSync(file, { force: true }) };
}

const KEY = "core.excludesFile=";

function asPattern(path: string): string {
  return `/${path.replace(/[\\*?[\] ]/g, "\\$&")}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
