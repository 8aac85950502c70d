import { readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listKeptWhole } from "../../../src/git/kept-whole.ts";
import { preserveAtEnd } from "../../../src/git/preserve.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { commitWorktree, ensureWorktree, freeWorktree } from "../../../src/git/worktrees.ts";
import { type Git, gitAt, gitRepo, writeFiles } from "../../helpers/git-repo.ts";
import { openFor } from "../../helpers/open-repo.ts";

const LOCAL = ["-c", "protocol.file.allow=always"];
const USER = ["-c", "user.name=A", "-c", "user.email=a@example.invalid"];

type SetUp = {
  repo: Repository;
  git: Git;
  path: string;
  sha: string;
  root: string;
  lib: string;
  inside: Git;
  sub: Git;
};

/** A worktree of `kanband/a` with the submodule `deep/sub` filled, as a set-up or an agent does to build. */
async function setUp(): Promise<SetUp> {
  const lib = await gitRepo({ "lib.c": "1;\n" });
  const settings = `[submodule "sub"]\n\tpath = deep/sub\n\turl = ${lib.root}\n`;
  const { root, git } = await gitRepo({ "code.txt": "code\n", ".gitmodules": settings });
  await git("update-index", "--add", "--cacheinfo", `160000,${await lib.git("rev-parse", "HEAD")},deep/sub`);
  await git("commit", "--quiet", "--message", "Add a submodule");
  const sha = await git("rev-parse", "HEAD");
  const repo = await openFor(root);
  const path = join(root, ".kanband/w1");
  await ensureWorktree(repo, { path, branch: "kanband/a", startSha: sha, exclude: [] });
  const inside = gitAt(path);
  await inside(...LOCAL, "submodule", "--quiet", "update", "--init");
  return { repo, git, path, sha, root, lib: lib.root, inside, sub: gitAt(join(path, "deep/sub")) };
}

function commit({ repo, path }: SetUp) {
  return commitWorktree(repo, { path, branch: "kanband/a", message: "Save a" });
}

it.each([
  ["as it is", () => undefined],
  ["with an emptied index", ({ inside }: SetUp) => inside("read-tree", "--empty")],
])("a submodule that is filled stays one, and is empty again for the next task: %s", async (_, damage) => {
  const made = await setUp();
  const { repo, path, sha, git, inside } = made;
  writeFiles(path, { "new.txt": "new\n" });
  await damage(made);

  const saved = await commit(made);

  expect(saved).toMatchObject({ files: ["new.txt"], nested: [] });
  expect(await git("diff", "--name-only", sha, "kanband/a")).toBe("new.txt");
  expect(await inside("status", "--porcelain")).toBe("");
  const { ref, ignored } = await preserveAtEnd(repo, { id: "a", path, message: "Keep a", since: saved?.sha ?? "" });
  await freeWorktree(repo, { path, exclude: [], ignored });
  expect([ref, ...listKeptWhole(repo, "a"), ...readdirSync(join(path, "deep/sub"))]).toEqual([null]);
  expect(await inside("status", "--porcelain")).toBe("");
  await inside(...LOCAL, "submodule", "--quiet", "update", "--init");
  expect(readFileSync(join(path, "deep/sub/lib.c"), "utf8")).toBe("1;\n");
});

it("a submodule goes to a commit that others have", async () => {
  const made = await setUp();
  const other = gitAt(made.lib);
  writeFiles(made.lib, { "lib.c": "2;\n" });
  await other("commit", "--quiet", "--all", "--message", "Second");
  await made.sub("fetch", "--quiet");
  await made.sub("checkout", "--quiet", "origin/main");

  expect((await commit(made))?.files).toEqual(["deep/sub"]);

  expect(await made.git("rev-parse", "kanband/a:deep/sub")).toBe(await other("rev-parse", "main"));
  expect(listKeptWhole(made.repo, "a")).toEqual([]);
});

it("a link in the place of a submodule's folder leads nobody out of the worktree", async () => {
  const made = await setUp();
  const { repo, path, root, inside, sha } = made;
  writeFiles(root, { "mine/sub/precious.txt": "mine\n" });
  rmSync(join(path, "deep"), { recursive: true });
  symlinkSync(join(root, "mine"), join(path, "deep"));

  await commit(made);
  await freeWorktree(repo, { path, exclude: [], sha });

  expect(readdirSync(join(root, "mine/sub"))).toEqual(["precious.txt"]);
  expect(listKeptWhole(repo, "a")).toEqual([]);
  expect(await inside("status", "--porcelain")).toBe("");
});

it.each<[string, (made: SetUp) => unknown, boolean]>([
  ["an edit", ({ path }) => writeFiles(path, { "deep/sub/lib.c": "mine\n" }), true],
  [
    "a commit",
    async ({ path, sub }) => {
      writeFiles(path, { "deep/sub/lib.c": "mine\n" });
      await sub(...USER, "commit", "--quiet", "--all", "--message", "Mine");
    },
    true,
  ],
  [
    "files without a repository",
    ({ path }) => {
      rmSync(join(path, "deep/sub/.git"));
      writeFiles(path, { "deep/sub/lib.c": "mine\n" });
    },
    false,
  ],
])("work in a submodule is no work of the branch and is kept whole: %s", async (_, work, hasHistory) => {
  const made = await setUp();
  const { path, sha, root, inside, git, repo } = made;
  await work(made);

  expect(await commit(made)).toBeNull();

  expect(await git("rev-parse", "kanband/a")).toBe(sha);
  expect(await inside("status", "--porcelain")).toBe("");
  expect(listKeptWhole(repo, "a")).toEqual([".kanband/kept/a/1/deep"]);
  expect(readFileSync(join(root, ".kanband/kept/a/1/deep/sub/lib.c"), "utf8")).toBe("mine\n");
  const kept = gitAt(join(root, ".kanband/kept/a/1/deep/sub"));
  if (hasHistory) expect(await kept("log", "--format=%s", "--max-parents=0")).toBe("Seed the board");
  expect(readdirSync(join(path, "deep/sub"))).toEqual([]);
});
