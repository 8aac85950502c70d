import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Repository } from "../../../src/git/repository.ts";
import { ensureFreeWorktree, ensureWorktree, freeWorktree } from "../../../src/git/worktrees.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

type Made = { repo: Repository; at: { path: string; exclude: readonly string[]; sha: string } };

function takeFor(branch: string, { repo, at }: Made): Promise<void> {
  return ensureWorktree(repo, { ...at, branch, startSha: at.sha });
}

it.each([
  ["a run has it", (made: Made) => takeFor("kanband/a", made)],
  ["it is lent", ({ repo, at }: Made) => ensureFreeWorktree(repo, { ...at, isLent: true })],
])("is no longer known as clean once %s: files that are written leave no trace in its index", async (_, give) => {
  const { root, repo, git } = await openRepo({ "board/a.md": "# A\n", "src/index.js": "1;\n" });
  const path = join(root, ".kanband/worktrees/w1");
  const at = { path, exclude: ["board"], sha: await git("rev-parse", "HEAD") };
  await ensureFreeWorktree(repo, at);
  // Only what has been at rest for a moment is looked at without git.
  await sleep(20);
  await ensureFreeWorktree(repo, at);

  await give({ repo, at });
  writeFiles(path, { "leftover.txt": "of a\n" });
  await freeWorktree(repo, at);
  expect(readdirSync(path).toSorted()).toEqual([".git", "src"]);

  await give({ repo, at });
  writeFiles(path, { "leftover.txt": "of a\n" });
  // As after somebody who was cut short before it was freed.
  writeFileSync(join(root, ".git/worktrees/w1/HEAD"), `${at.sha}\n`);
  await takeFor("kanband/b", { repo, at });
  expect(readdirSync(path).toSorted()).toEqual([".git", "src"]);
});
