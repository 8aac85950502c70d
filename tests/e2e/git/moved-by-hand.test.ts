import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findMovedByHand, fingerprint } from "../../../src/git/fingerprint.ts";
import { type Git, gitAt, tempFolder } from "../../helpers/git-repo.ts";
import { openFor, openRepo } from "../../helpers/open-repo.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i/j", "k", "l", "m", "n", "o", "p", "q", "r", "s"];

/** Each has a log that ends where it is. */
async function branches(git: Git, names: readonly string[]): Promise<string> {
  await git("commit", "-q", "--allow-empty", "-m", "Second");
  const other = await git("commit-tree", "-p", "HEAD", "-m", "Other", "HEAD^{tree}");
  for (const name of names) await git("branch", name);
  return other;
}

it("nothing that git does to branches and their logs is taken for a hand", async () => {
  const { git, root, repo } = await openRepo({ "a.js": "1\n" });
  const other = await branches(git, NAMES);
  const folder = tempFolder();
  const before = await fingerprint(repo);
  expect(Object.keys(before.logs ?? {})).toHaveLength(NAMES.length + 1);
  const judged = new Set<string>();
  const look = async (): Promise<void> => {
    for (const name of await findMovedByHand(repo, before, Object.keys(before.refs))) judged.add(name);
  };

  await git("branch", "-D", "a");
  await git("branch", "a/x");
  await git("branch", "-m", "b", "b2");
  await git("branch", "-C", "main", "c");
  await git("branch", "-f", "d", other);
  await git("update-ref", "refs/heads/e", other);
  await git("update-ref", "-d", "refs/heads/f");
  await git("-c", "core.logAllRefUpdates=false", "branch", "-f", "g", other);
  await git("-c", "core.logAllRefUpdates=false", "branch", "-D", "h");
  await git("branch", "-D", "i/j");
  await git("branch", "i");
  await git("symbolic-ref", "refs/heads/k", "refs/heads/d");
  await git("fetch", "-q", ".", `+${other}:refs/heads/l`);
  await git("checkout", "-q", "-B", "m", other);
  await git("worktree", "add", "-q", "-B", "n", join(folder, "n"), other);
  await git("checkout", "-q", "o");
  await git("commit", "-q", "--allow-empty", "-m", "On o");
  await git("branch", "-f", "p");
  await git("commit", "-q", "--allow-empty", "-m", "On top");
  await git("rebase", "-q", "--update-refs", "--onto", other, "main");
  await look();
  // The log ends where it did before.
  await git("checkout", "-q", "q");
  await git("commit", "-q", "--allow-empty", "-m", "Not to be told");
  await git("reflog", "delete", "q@{0}");
  await git("checkout", "-q", "r");
  await gitAt(root)("-c", "user.name=Old", "commit", "-q", "--allow-empty", "-m", "Committed long ago");
  const log = join(root, ".git/logs/refs/heads/r");
  writeFileSync(log, readFileSync(log, "utf8").replace(/> \d+ (?=.*Committed long ago)/, "> 1500000000 "));
  await git("reflog", "expire", "--expire=90.days", "refs/heads/r");
  for (const name of ["q", "r"]) expect(await git("rev-parse", `${name}@{0}`)).toBe(before.refs[`refs/heads/${name}`]);
  await look();
  await git("config", "core.logAllRefUpdates", "false");
  await git("pack-refs", "--all");
  await git("checkout", "-q", "s");
  await git("commit", "-q", "--allow-empty", "-m", "On s");
  await look();
  await git("gc", "-q");
  await look();
  await git("reflog", "expire", "--expire=now", "--all");
  await git("branch", "-f", "main", other);
  await look();

  expect([...judged]).toEqual([]);
});

it("what is written, removed or cut out of packed-refs as a file is told, in a bare repository too", async () => {
  const { git, root } = await openRepo({ "a.js": "1\n" });
  const other = await branches(git, ["removed", "cut", "moved", "never", "unlogged", "git"]);
  rmSync(join(root, ".git/logs/refs/heads/unlogged"));
  const folder = tempFolder();
  await git("worktree", "add", "-q", join(folder, "tree"), "-b", "tree");
  await git("config", "core.bare", "true");
  await git("pack-refs", "--all");
  const repo = await openFor(join(folder, "tree"));
  const before = await fingerprint(repo);
  const packed = join(root, ".git/packed-refs");
  writeFileSync(packed, readFileSync(packed, "utf8").replaceAll(/.*(?:removed|cut|unlogged|heads\/git)\n/g, ""));
  writeFileSync(join(root, ".git/refs/heads/moved"), `${other}\n`);
  writeFileSync(join(root, ".git/refs/heads/never"), `${"1".repeat(40)}\n`);
  // As git does it: the branch goes, and a moment later its log.
  rmSync(join(root, ".git/refs/heads/git"), { force: true });
  setTimeout(() => rmSync(join(root, ".git/logs/refs/heads/git")), 300);
  expect([...(await findMovedByHand(repo, before, Object.keys(before.refs)))].toSorted()).toEqual(
    ["cut", "moved", "never", "removed"].map((it) => `refs/heads/${it}`),
  );
});
