import { join } from "node:path";
import type { Repository } from "../../../src/git/repository.ts";
import { ensureWorktree } from "../../../src/git/worktrees.ts";
import { type Files, type Git, gitAt } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const FILES: Files = {
  "board/doing/a.md": "# A\n",
  "src/index.js": "1;\n",
  "src/other.js": "1;\n",
  ".gitignore": "/build/\n",
};

export type SetUp = { root: string; git: Git; repo: Repository; path: string; sha: string; inside: Git };

/** A worktree of the branch `kanband/a` in which an agent is about to work. */
export async function setUp(): Promise<SetUp> {
  const made = await openRepo(FILES);
  const path = join(made.root, ".kanband/w1");
  const sha = await made.git("rev-parse", "HEAD");
  await ensureWorktree(made.repo, { path, branch: "kanband/a", startSha: sha, exclude: ["board"] });
  return { ...made, path, sha, inside: (...args) => gitAt(path)(...args) };
}

/** Every file of a commit that differs from the start, with its text. */
export async function workOf(git: Git, from: string, to: string): Promise<Record<string, string>> {
  const names = (await git("diff", "--no-renames", "--name-only", from, to)).split("\n").filter((it) => it !== "");
  const texts = names.map(async (it) => [it, await git("show", `${to}:${it}`).catch(() => "(gone)")] as const);
  return Object.fromEntries(await Promise.all(texts));
}
