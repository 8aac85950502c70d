import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { findExtras } from "../../../src/git/reset-files.ts";
import { findRegistration } from "../../../src/git/worktree-admin.ts";
import { commitWorktree, ensureWorktree, freeWorktree } from "../../../src/git/worktrees.ts";
import { type Git, gitAt, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const FILES = { "board/a.md": "# A\n", "src/index.js": "1;\n", "src/deep/two.js": "2;\n", "run.sh": "exit\n" };
const EXCLUDE = ["board"];

/** A worktree used before: its files are older than its index. `extras`: what is found without asking git. */
async function setUp() {
  const { repo, git, root } = await openRepo(FILES);
  const path = join(root, ".kanband/w1");
  const first = await git("rev-parse", "HEAD");
  await ensureWorktree(repo, { path, branch: "kanband/old", startSha: first, exclude: EXCLUDE });
  await freeWorktree(repo, { path, exclude: EXCLUDE });
  await sleep(20);
  writeFiles(root, { "board/b.md": "# B\n" });
  await git("add", "board");
  await git("commit", "--quiet", "--message", "Move the base");
  const sha = await git("rev-parse", "HEAD");
  await ensureWorktree(repo, { path, branch: "kanband/a", startSha: sha, exclude: EXCLUDE });
  const extras = (commit = sha): string[] | null => {
    const place = findRegistration(repo, path);
    return place === null ? null : findExtras(repo, place, commit);
  };
  return { repo, path, first, extras, inside: gitAt(path) };
}

type Made = { path: string; inside: Git };

it.each<[string, (made: Made) => unknown]>([
  ["an edit", ({ path }) => writeFileSync(join(path, "src/index.js"), "9;\n")],
  [
    "an edit of equal size that set the time back",
    ({ path }) => {
      writeFileSync(join(path, "src/index.js"), "9;\n");
      utimesSync(join(path, "src/index.js"), 1, 1);
    },
  ],
  ["an executable bit", ({ path }) => chmodSync(join(path, "run.sh"), 0o755)],
  ["a file that is gone", ({ path }) => rmSync(join(path, "src/deep"), { recursive: true })],
  ["a file that moved", ({ path }) => renameSync(join(path, "run.sh"), join(path, "src/run.sh"))],
  ["a new file", ({ path }) => writeFiles(path, { "src/deep/new.js": "3;\n" })],
  ["a new folder", ({ path }) => writeFiles(path, { "docs/new.md": "new\n" })],
  ["a new link", ({ path }) => symlinkSync("run.sh", join(path, "link"))],
  ["a file in a folder of the convention", ({ path }) => writeFiles(path, { "board/c.md": "# C\n" })],
  [
    "a folder that ignores itself in part",
    ({ path }) => writeFiles(path, { "out/.gitignore": "*\n!a\n", "out/a": "" }),
  ],
  [
    "a repository that would ignore itself",
    ({ path }) => writeFiles(path, { "sub/.gitignore": "*\n", "sub/.git/x": "" }),
  ],
  ["a repository in a folder", ({ path }) => mkdirSync(join(path, "src/.git"))],
  ["a change that is staged only", ({ inside }) => inside("rm", "--cached", "--quiet", "run.sh")],
  ["a hidden file", ({ inside }) => inside("update-index", "--assume-unchanged", "run.sh")],
  ["a file that is said to be left out", ({ inside }) => inside("update-index", "--skip-worktree", "run.sh")],
])("leaves %s to git", async (_, change) => {
  const made = await setUp();
  expect(made.extras()).toEqual([]);

  await change(made);

  expect(made.extras()).toBeNull();
});

it("knows a folder that ignores itself, and only the commit that the index was written for", async () => {
  const { path, first, extras } = await setUp();

  writeFiles(path, { ".session/.gitignore": "*\n", ".session/plan.md": "plan\n", ".session/deep/er.md": "er\n" });

  expect(extras()).toEqual([".session"]);
  expect(extras(first)).toBeNull();
});

it("goes by the index that a commit of ours has left", async () => {
  const { repo, path, extras, inside } = await setUp();
  writeFiles(path, { "src/new.js": "new\n" });
  await sleep(20);

  const commit = await commitWorktree(repo, { path, branch: "kanband/a", message: "Save\n" });

  expect(commit?.files).toEqual(["src/new.js"]);
  expect(extras(commit?.sha)).toEqual([]);
  expect(await inside("status", "--porcelain")).toBe("");
});
