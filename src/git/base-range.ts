import { type CommitRead, readCommit } from "./read-commit.ts";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git, gitWithInput } from "./run.ts";

export type RangeCommit = Pick<CommitRead, "sha" | "parents" | "message">;

/**
 * The commits that lead from one to another, the newest first; null where they are no line of at most `max` commits with one
 * parent each. Starts no process. Code: GIT_FAILED.
 */
export async function readLine(
  repo: Repository,
  { from, to, max }: { from: string; to: string; max: number },
): Promise<RangeCommit[] | null> {
  const line: RangeCommit[] = [];
  for (let sha = to; sha !== from; ) {
    const commit = line.length < max ? await readCommit(repo, sha) : null;
    const [parent, ...others] = commit?.parents ?? [];
    if (commit === null || parent === undefined || others.length > 0) return null;
    line.push(commit);
    sha = parent;
  }
  return line;
}

/**
 * Whether a commit is another, or stands before it along its first parents: not what came with a merge. One process. Code:
 * GIT_FAILED.
 */
export async function isOnLine(repo: Repository, sha: string, of: string): Promise<boolean> {
  if (sha === of) return true;
  const args = ["rev-list", "--first-parent", "--parents", checkRevision(of), `^${checkRevision(sha)}`, "--"];
  const oldest = (await git(repo, args)).trimEnd().split("\n").at(-1) ?? "";
  return oldest.split(" ")[1] === sha;
}

/**
 * The oldest commit that has another in its history, of those that lead to `to` along the first parents; null: there is none. Two
 * processes. Code: GIT_FAILED.
 */
export async function whereBrought(repo: Repository, sha: string, to: string): Promise<string | null> {
  const list = async (how: string): Promise<string[]> => {
    const text = await git(repo, ["rev-list", how, checkRevision(to), `^${checkRevision(sha)}`, "--"]);
    return text.split("\n").filter((it) => it !== "");
  };
  if (await isOnLine(repo, sha, to)) return sha;
  const above = new Set(await list("--ancestry-path"));
  return (await list("--first-parent")).findLast((it) => above.has(it)) ?? null;
}

/**
 * The commits that one has and others have not, of whose message a line begins with one of these basic regular expressions; the
 * newest first. `isFirstParent`: without what came with merges. One process. Code: GIT_FAILED.
 */
export async function logSaying(
  repo: Repository,
  { of, without, lines, isFirstParent = false }: LogWords,
): Promise<RangeCommit[]> {
  const words = lines.map((it) => `--grep=^${it}`);
  const args = ["log", "-z", "--format=%H%x00%P%x00%B", "--basic-regexp", ...words, "--stdin"];
  if (isFirstParent) args.push("--first-parent");
  const { stdout } = await gitWithInput(repo, args, rangeOf([of], without));
  const parts = stdout.split("\0");
  const found: RangeCommit[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [sha = "", parents = "", message = ""] = parts.slice(at, at + 3);
    found.push({ sha, parents: parents.split(" ").filter((it) => it !== ""), message });
  }
  return found;
}

type LogWords = { of: string; without: readonly string[]; lines: readonly string[]; isFirstParent?: boolean };

/** Which of these commits, all of which are here, another does not hold. One process. Code: GIT_FAILED. */
export async function listApart(repo: Repository, shas: readonly string[], tip: string): Promise<ReadonlySet<string>> {
  if (shas.length === 0) return new Set();
  const { stdout } = await gitWithInput(repo, ["rev-list", "--stdin"], rangeOf(shas, [tip]));
  const apart = new Set(stdout.split("\n"));
  return new Set(shas.filter((it) => apart.has(it)));
}

/**
 * The first parents of a commit, back to the first commit: each with how many there are before it. One process. Code:
 * GIT_FAILED.
 */
export async function firstParents(repo: Repository, tip: string): Promise<ReadonlyMap<string, number>> {
  const text = await git(repo, ["rev-list", "--first-parent", checkRevision(tip), "--"]);
  return new Map(
    text
      .trimEnd()
      .split("\n")
      .map((sha, at) => [sha, at]),
  );
}

/** A commit and all before it that others do not hold, with their parents. One process. Code: GIT_FAILED. */
export async function listParents(
  repo: Repository,
  tip: string,
  without: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { stdout } = await gitWithInput(repo, ["rev-list", "--parents", "--stdin"], rangeOf([tip], without));
  const found = new Map<string, readonly string[]>();
  for (const line of stdout.split("\n")) {
    const [sha = "", ...parents] = line.split(" ");
    if (sha !== "") found.set(sha, parents);
  }
  return found;
}

// Through standard input: a command line holds no thousand ids.
function rangeOf(of: readonly string[], without: readonly string[]): string {
  const lines = [...of.map((it) => checkRevision(it)), ...without.map((it) => `^${checkRevision(it)}`)];
  return lines.map((it) => `${it}\n`).join("");
}

/**
 * What one commit has and another has not, with their parents; `again`: those of them that the other has under another id, with
 * the same change. One process. Code: GIT_FAILED.
 */
export async function listGone(
  repo: Repository,
  { of, from }: { of: string; from: string },
): Promise<{ gone: ReadonlyMap<string, readonly string[]>; again: ReadonlySet<string> }> {
  const args = ["rev-list", "--left-only", "--cherry-mark", "--left-right", "--parents"];
  const text = await git(repo, [...args, `${checkRevision(of)}...${checkRevision(from)}`, "--"]);
  const gone = new Map<string, readonly string[]>();
  const again = new Set<string>();
  for (const line of text.split("\n")) {
    const [, mark, sha, parents] = /^([<=])([0-9a-f]+)(.*)$/.exec(line) ?? [];
    if (sha === undefined) continue;
    gone.set(
      sha,
      (parents ?? "").split(" ").filter((it) => it !== ""),
    );
    if (mark === "=") again.add(sha);
  }
  return { gone, again };
}
