import { diffTrees, type FileDiff } from "./diff-trees.ts";
import { isObjectId, parentsOf, treeIdOf } from "./objects.ts";
import { listRefs } from "./ref-list.ts";
import { checkRevision } from "./ref-name.ts";
import { updateRef } from "./ref-update.ts";
import type { Repository } from "./repository.ts";
import { git, gitResult } from "./run.ts";

export type { FileDiff } from "./diff-trees.ts";

/** Branches whose short name starts with `prefix`, with their tips. Reads files, starts no process. */
export async function listBranches(repo: Repository, prefix: string): Promise<Map<string, string>> {
  const branches = new Map<string, string>();
  for (const [name, value] of listRefs(repo, `refs/heads/${prefix}`)) {
    if ("sha" in value) branches.set(name.slice("refs/heads/".length), value.sha);
  }
  return branches;
}

/** Whether commit `a` is `b` or came before it. Asked once for each pair of ids. Code: GIT_FAILED. */
export async function isAncestor(repo: Repository, a: string, b: string): Promise<boolean> {
  if (a === b) return true;
  const known = repo.cache.ancestry.get(`${a}..${b}`);
  if (known !== undefined) return known;
  if (isObjectId(a) && isObjectId(b)) {
    const isNear = await isNearAncestor(repo, a, b);
    if (isNear) repo.cache.ancestry.set(`${a}..${b}`, true);
    if (isNear) return true;
  }
  const args = ["merge-base", "--is-ancestor", checkRevision(a), checkRevision(b)];
  const { exitCode } = await gitResult(repo, args, { ok: [1] });
  if (isObjectId(a) && isObjectId(b)) repo.cache.ancestry.set(`${a}..${b}`, exitCode === 0);
  return exitCode === 0;
}

/** Whether a commit is there. Asks anew each time: what no ref holds may have been pruned. Code: GIT_FAILED. */
export async function isCommitHere(repo: Repository, sha: string): Promise<boolean> {
  const { exitCode } = await gitResult(repo, ["cat-file", "-e", `${checkRevision(sha)}^{commit}`], { ok: [1, 128] });
  return exitCode === 0;
}

/** How many commits lead from one commit to another. Code: GIT_FAILED. */
export async function countCommits(repo: Repository, from: string, to: string): Promise<number> {
  if (from === to) return 0;
  return Number(await git(repo, ["rev-list", "--count", `${checkRevision(from)}..${checkRevision(to)}`]));
}

/** The commits that one commit has and others have not, without merges, the oldest first. Code: GIT_FAILED. */
export async function listCommits(
  repo: Repository,
  { of, without }: { of: string; without: readonly string[] },
): Promise<string[]> {
  const args = ["rev-list", "--reverse", "--topo-order", "--no-merges", checkRevision(of), "--not"];
  const text = await git(repo, [...args, ...without.map(checkRevision), "--"]);
  return text.split("\n").filter((it) => it !== "");
}

/** The best common ancestor of two commits; null when their histories have none. */
export async function mergeBase(repo: Repository, a: string, b: string): Promise<string | null> {
  const { stdout } = await gitResult(repo, ["merge-base", checkRevision(a), checkRevision(b)], { ok: [1] });
  return stdout.trim() === "" ? null : stdout.trim();
}

const NEAR = 32;

// Most questions are about a commit and the few upon it, which are read at once from the kept-open helper.
async function isNearAncestor(repo: Repository, a: string, b: string): Promise<boolean> {
  const seen = new Set([b]);
  for (const sha of seen) {
    if (seen.size > NEAR) return false;
    for (const parent of await parentsOf(repo, sha)) {
      if (parent === a) return true;
      seen.add(parent);
    }
  }
  return false;
}

/** Whether a commit holds any of these: what was squashed is there without its tip. */
export async function isInBase(repo: Repository, baseSha: string, shas: readonly (string | null)[]): Promise<boolean> {
  for (const sha of shas) {
    // A record may name anything, and what no ref holds may be gone.
    if (sha === null || !isObjectId(sha) || (await treeIdOf(repo, sha)) === null) continue;
    if (await isAncestor(repo, sha, baseSha)) return true;
  }
  return false;
}

/** Moves a ref, given by its full name, by compare-and-swap; null: it does not exist. Codes: REF_MOVED, GIT_LOCKED. */
export async function moveBranch(repo: Repository, ref: string, from: string | null, to: string | null): Promise<void> {
  if (from === to && from !== null) return;
  await updateRef(repo, { ref, from, to });
}

/** The files that differ between two commits or trees, by id. Code: GIT_FAILED. */
export async function diffFiles(repo: Repository, from: string, to: string): Promise<FileDiff[]> {
  const known = await diffTrees(repo, from, to);
  if (known !== null) return known;
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff"];
  return parseRawDiff(await git(repo, [...args, checkRevision(from), checkRevision(to)]));
}

/** Reads git's raw diff in its NUL form. */
export function parseRawDiff(text: string): FileDiff[] {
  const parts = text.split("\0");
  const diffs: FileDiff[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [oldMode = "", newMode = "", oldSha = "", newSha = "", status = ""] = (parts[index] ?? "")
      .slice(1)
      .split(" ");
    diffs.push({ path: parts[index + 1] ?? "", status, oldMode, newMode, oldSha, newSha });
  }
  return diffs;
}
