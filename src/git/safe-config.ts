import { join } from "node:path";
import { stampOf } from "./head.ts";
import type { GitPlace } from "./profile.ts";
import { git } from "./run.ts";

/**
 * Environment that switches off every program which the repository's own configuration would make git run on files: an agent
 * without a sandbox may have planted it there. Filters of git-lfs pass, being known by their exact commands.
 * For each call that reads or writes a working tree an agent had, and for merges.
 */
export async function safeEnvironment(place: GitPlace): Promise<Readonly<Record<string, string>>> {
  const stamp = [place.commonDir, place.gitDir].map((it) => configFiles(it).map(stampOf).join()).join();
  const known = KNOWN.get(place.gitDir);
  if (known?.stamp === stamp) return known.env;
  const pattern = "^(filter\\..*\\.(clean|smudge|process|required)|merge\\..*\\.driver)$";
  const listed = await git(place, ["config", "--includes", "-z", "--get-regexp", pattern], { ok: [1] });
  const env = configEnvironment(listed.split("\0").flatMap((line) => disarm(line)));
  KNOWN.set(place.gitDir, { stamp, env });
  return env;
}

/** Settings as environment: unlike `-c key=value` this takes keys with any character. */
export function configEnvironment(
  settings: ReadonlyArray<readonly [key: string, value: string]>,
): Record<string, string> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: `${settings.length}`, ...Object.fromEntries(pairs) };
}

// A cache: the answer holds until one of the files changes.
const KNOWN = new Map<string, { stamp: string; env: Readonly<Record<string, string>> }>();

function configFiles(folder: string): string[] {
  return [join(folder, "config"), join(folder, "config.worktree")];
}

function disarm(line: string): (readonly [key: string, value: string])[] {
  const at = line.indexOf("\n");
  const key = at < 0 ? line : line.slice(0, at);
  const value = at < 0 ? "" : line.slice(at + 1);
  if (key === "" || LFS.has(value)) return [];
  if (key.endsWith(".required")) return key === "filter.lfs.required" ? [] : [[key, "false"]];
  // A driver without a command fails the merge; this one says "conflict", as git would without it.
  return [[key, key.endsWith(".driver") ? "false" : ""]];
}

const LFS = new Set(["git-lfs clean -- %f", "git-lfs smudge -- %f", "git-lfs filter-process"]);
