import type { Repository } from "../git/repository.ts";
import { gitWithInput } from "../git/run.ts";

/** One change of a path by one commit; `to` is null where the commit removed it. */
export type PathChange = { path: string; to: string | null; commit: number };

const FORMAT = "--format=%x01";
// What people name their files is never a pattern.
const env = { GIT_LITERAL_PATHSPECS: "1" };

/**
 * The latest changes of these paths, newest first; `commit` numbers the commits in that order. Renames are a removal and
 * an addition. One process. Code: GIT_FAILED.
 */
export async function readPathHistory(
  repo: Repository,
  commitSha: string,
  paths: readonly string[],
  limit: number,
): Promise<PathChange[]> {
  const options = ["--raw", "--no-abbrev", "--no-renames", "-z", `--max-count=${limit}`];
  const args = ["log", FORMAT, ...options, commitSha, "--", ...paths];
  const { stdout } = await gitWithInput(repo, args, "", { env });
  return parseHistory(stdout);
}

/** Reads the output of `git log --raw -z`: after each \u0001 pairs of a raw line and a path. */
export function parseHistory(text: string): PathChange[] {
  const changes: PathChange[] = [];
  for (const [commit, part] of text.split("\u0001").slice(1).entries()) {
    const [, ...fields] = part.split("\0");
    const tokens = fields.map((it) => it.replace(/^\n/, ""));
    for (let at = 0; at + 1 < tokens.length; at += 2) {
      const to = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(tokens[at] ?? "")?.[1];
      if (to === undefined) break;
      changes.push({
        path: tokens[at + 1] ?? "",
        to: /^0+$/.test(to) ? null : to,
        commit,
      });
    }
  }
  return changes;
}
