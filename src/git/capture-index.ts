import { copyFileSync, existsSync, lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { git, gitResult, gitWithInput } from "./run.ts";
import { SPARSE } from "./sparse.ts";

/**
 * Makes an index of our own beside that of a worktree: a copy, for its stat data and for what is staged, in which nothing
 * is hidden any more: assume-unchanged bits are cleared, repositories within are no longer links. Of a torn or missing
 * index nothing is taken; HEAD's commit stands in.
 */
export async function startIndex(place: GitPlace, index: string, headSha: string): Promise<void> {
  const env = { GIT_INDEX_FILE: index };
  const own = join(place.gitDir, "index");
  rmSync(index, { force: true });
  if (existsSync(own)) copyFileSync(own, index);
  const listed = await gitResult(place, ["ls-files", "-s", "-v", "-z"], { env, ok: [128], config: SPARSE });
  if (listed.exitCode !== 0 || listed.stdout === "") {
    rmSync(index, { force: true });
    await git(place, ["read-tree", headSha], { env });
    return;
  }
  await showHidden(place, index, headSha, listed.stdout);
}

// `<flag> <mode> <id> <stage>\t<path>`; a small letter stands for assume-unchanged.
async function showHidden(place: GitPlace, index: string, headSha: string, listed: string): Promise<void> {
  const entries = listed.split("\0").filter((it) => it !== "");
  const pathOf = (entry: string): string => entry.slice(entry.indexOf("\t") + 1);
  const env = { GIT_INDEX_FILE: index };
  const hidden = entries.filter((it) => /^[a-z]/.test(it)).map(pathOf);
  if (hidden.length > 0) {
    const args = ["update-index", "-z", "--no-assume-unchanged", "--stdin"];
    await gitWithInput(place, args, hidden.map((it) => `${it}\0`).join(""), { env });
  }
  const links = entries.filter((it) => / 160000 /.test(it.slice(0, 9))).map(pathOf);
  const planted = links.filter((it) => lstatSync(join(place.top, it, ".git"), { throwIfNoEntry: false }) !== undefined);
  if (planted.length === 0) return;
  const input = planted.map((it) => `0 ${headSha}\t${it}\0`).join("");
  await gitWithInput(place, ["update-index", "-z", "--index-info"], input, { env });
}
