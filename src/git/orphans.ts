import { join } from "node:path";
import { treeIdOf } from "./objects.ts";
import { preserve } from "./preserve-ref.ts";
import type { GitPlace } from "./profile.ts";
import { readText, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";

/**
 * Preserves commits that were once checked out in a worktree and that no ref reaches any more: made on a detached HEAD, or
 * left behind by `reset --hard`, `commit --amend` or a rebase. Answers the refs that were made.
 */
export async function preserveOrphans(
  repo: Repository,
  place: GitPlace,
  { id, also }: { id: string; also: readonly string[] },
): Promise<string[]> {
  const visited = readVisited(place);
  const isAtRest = visited.length === 0 && also.every((it) => it === refSha(place, "HEAD"));
  if (isAtRest) return [];
  const args = ["rev-list", "--parents", "--ignore-missing", "--not", "--all", "--not", "--stdin"];
  const { stdout } = await gitWithInput(place, args, `${[...visited, ...also].join("\n")}\n`);
  const lines = stdout.split("\n").filter((it) => it !== "");
  const parents = new Set(lines.flatMap((it) => it.split(" ").slice(1)));
  const tips = lines.map((it) => it.split(" ")[0] ?? "").filter((it) => it !== "" && !parents.has(it));
  const refs: string[] = [];
  for (const sha of tips.reverse()) refs.push(await preserve(repo, { id, sha }));
  return refs;
}

/** The last commit that was checked out in a worktree and is still there, by the log of its HEAD; null when none is known. */
export async function lastVisited(repo: Repository, place: GitPlace): Promise<string | null> {
  for (const move of readMoves(place).toReversed()) {
    for (const sha of move.toReversed()) if ((await treeIdOf(repo, sha)) !== null) return sha;
  }
  return null;
}

const MOST_VISITED = 1000;

function readVisited(place: GitPlace): string[] {
  return [...new Set(readMoves(place).flat())];
}

// The log of HEAD: `<old id> <new id> <who> <when>\t<why>` a line. An id of zeros stands for none.
function readMoves(place: GitPlace): string[][] {
  const lines = (readText(join(place.gitDir, "logs/HEAD")) ?? "").split("\n").slice(-MOST_VISITED);
  const moves = lines.map((it) => /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) /.exec(it)?.slice(1) ?? []);
  return moves.map((ids) => ids.filter((it) => !/^0+$/.test(it)));
}
