import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/**
 * Whether the history of a commit was cut off, as by a fetch with a depth, where that of another was not: what lies before the cut
 * cannot be told. One process where anything is cut off. Code: GIT_FAILED.
 */
export async function isCutOff(repo: Repository, tip: string, other: string): Promise<boolean> {
  const cuts = new Set(readCuts(repo));
  if (cuts.size === 0) return false;
  const text = await git(repo, ["rev-list", checkRevision(tip), `^${checkRevision(other)}`, "--"]);
  return text.split("\n").some((it) => cuts.has(it));
}

function readCuts({ commonDir }: Repository): string[] {
  try {
    return readFileSync(join(commonDir, "shallow"), "utf8")
      .split("\n")
      .filter((it) => it !== "");
  } catch {
    return [];
  }
}
