import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listKeptWhole } from "../../../src/git/kept-whole.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { commitWorktree } from "../../../src/git/worktrees.ts";
import { gitAt, writeFiles } from "../../helpers/git-repo.ts";
import { type SetUp, setUp, workOf } from "./agent-worktree.ts";

function commit(repo: Repository, path: string) {
  return commitWorktree(repo, { path, branch: "kanband/a", message: "Save the work of a", exclude: ["board"] });
}

async function expectAtRest({ git, inside }: SetUp): Promise<void> {
  expect(await inside("symbolic-ref", "HEAD")).toBe("refs/heads/kanband/a");
  expect(await inside("status", "--porcelain")).toBe("");
  expect(await git("fsck", "--strict", "--no-dangling")).toBe("");
  expect(await git("ls-tree", "-r", "--name-only", "kanband/a", "board")).toBe("board/doing/a.md");
}

/** What an agent may do to its worktree. */
const DAMAGES: readonly (readonly [name: string, damage: (made: SetUp) => unknown])[] = [
  ["no `.git`", ({ path }: SetUp) => rmSync(join(path, ".git"))],
  [
    "a repository of its own in place of `.git`",
    async ({ path, inside }: SetUp) => {
      rmSync(join(path, ".git"));
      await inside("init", "--quiet");
      await inside("add", "--all");
    },
  ],
  [
    "a `.git` that points to another repository",
    ({ path, root }: SetUp) => {
      mkdirSync(join(root, "fake"));
      writeFileSync(join(path, ".git"), `gitdir: ${join(root, "fake")}\n`);
    },
  ],
  [
    "no registration any more",
    async ({ path, git }: SetUp) => {
      rmSync(join(path, ".git"));
      await git("worktree", "prune");
    },
  ],
  ["an emptied index", ({ inside }: SetUp) => inside("read-tree", "--empty")],
  ["a torn index", ({ root }: SetUp) => writeFileSync(join(root, ".git/worktrees/w1/index"), "torn")],
  ["a stale index.lock", ({ root }: SetUp) => writeFileSync(join(root, ".git/worktrees/w1/index.lock"), "")],
  [
    "no branch any more",
    async ({ inside, git }: SetUp) => {
      await inside("switch", "--quiet", "--detach");
      await git("branch", "-D", "kanband/a");
    },
  ],
  [
    "a half-finished merge",
    async ({ inside, git, sha }: SetUp) => {
      const blob = await git("hash-object", "-w", "board/doing/a.md");
      const other = await git("commit-tree", "-p", sha, "-m", "x", await git("rev-parse", `${sha}^{tree}`));
      await inside("update-index", "--add", "--cacheinfo", `100644,${blob},from-merge.js`);
      await inside("update-ref", "MERGE_HEAD", other);
    },
  ],
];

describe("committing what an agent left", () => {
  it("answers null when there is nothing, and touches nothing", async () => {
    const made = await setUp();

    expect(await commit(made.repo, made.path)).toBeNull();
    await expectAtRest(made);
    expect(await made.git("rev-parse", "kanband/a")).toBe(made.sha);
  });

  it("takes changed, staged, new and deleted files, but not ignored ones", async () => {
    const made = await setUp();
    writeFiles(made.path, {
      "src/index.js": "2;\n",
      "new file.js": "new\n",
      "src/staged.js": "s\n",
      "build/x": "no\n",
    });
    await made.inside("add", "src/staged.js");
    rmSync(join(made.path, "src/other.js"));

    const saved = await commit(made.repo, made.path);

    expect(saved?.files.toSorted()).toEqual(["new file.js", "src/index.js", "src/other.js", "src/staged.js"]);
    expect(await workOf(made.git, made.sha, "kanband/a")).toEqual({
      "new file.js": "new",
      "src/index.js": "2;",
      "src/other.js": "(gone)",
      "src/staged.js": "s",
    });
    expect(await made.git("rev-parse", "kanband/a")).toBe(saved?.sha);
    await expectAtRest(made);
    expect(await commit(made.repo, made.path)).toBeNull();
  });

  it("keeps the agent's own commits below its leftovers", async () => {
    const made = await setUp();
    writeFiles(made.path, { "src/index.js": "2;\n" });
    await made.inside("commit", "--quiet", "--all", "--message", "Own commit");
    const own = await made.inside("rev-parse", "HEAD");
    expect(await commit(made.repo, made.path)).toBeNull();
    writeFiles(made.path, { "left.js": "left\n" });

    const saved = await commit(made.repo, made.path);

    expect(saved).toMatchObject({ files: ["left.js"], preserved: [] });
    expect(await made.git("rev-parse", "kanband/a~1")).toBe(own);
    await expectAtRest(made);
  });

  it.each([
    ["on a branch of its own", ["switch", "--quiet", "--create", "side"]],
    ["on a detached HEAD", ["switch", "--quiet", "--detach"]],
  ])("lands work that continues the branch: %s", async (_, args) => {
    const made = await setUp();
    await made.inside(...args);
    writeFiles(made.path, { "src/index.js": "2;\n" });
    await made.inside("commit", "--quiet", "--all", "--message", "Own commit");
    writeFiles(made.path, { "left.js": "left\n" });

    const saved = await commit(made.repo, made.path);

    expect(saved?.preserved).toEqual([]);
    expect(await workOf(made.git, made.sha, "kanband/a")).toEqual({ "left.js": "left", "src/index.js": "2;" });
    await expectAtRest(made);
  });

  it("preserves work on another line of history, and goes back to the branch", async () => {
    const made = await setUp();
    writeFiles(made.path, { "src/index.js": "on the branch\n" });
    await made.inside("commit", "--quiet", "--all", "--message", "On the branch");
    await made.inside("switch", "--quiet", "--detach", made.sha);
    writeFiles(made.path, { "src/other.js": "elsewhere\n" });
    await made.inside("commit", "--quiet", "--all", "--message", "Elsewhere");
    writeFiles(made.path, { "left.js": "left\n" });

    const saved = await commit(made.repo, made.path);

    expect(saved?.preserved).toEqual(["refs/kanband/preserved/a/1"]);
    const kept = await workOf(made.git, made.sha, "refs/kanband/preserved/a/1");
    expect(kept).toEqual({ "left.js": "left", "src/other.js": "elsewhere" });
    expect(await workOf(made.git, made.sha, "kanband/a")).toEqual({ "src/index.js": "on the branch" });
    expect(readFileSync(join(made.path, "src/index.js"), "utf8")).toBe("on the branch\n");
    await expectAtRest(made);
  });

  it("preserves what `reset --hard` and `commit --amend` left behind", async () => {
    const made = await setUp();
    writeFiles(made.path, { "src/index.js": "first\n" });
    await made.inside("commit", "--quiet", "--all", "--message", "First");
    const first = await made.inside("rev-parse", "HEAD");
    writeFiles(made.path, { "src/index.js": "amended\n" });
    await made.inside("commit", "--quiet", "--all", "--amend", "--message", "Amended");
    const amended = await made.inside("rev-parse", "HEAD");
    await made.inside("reset", "--quiet", "--hard", made.sha);

    const saved = await commit(made.repo, made.path);

    const kept = await Promise.all((saved?.preserved ?? []).map((it) => made.git("rev-parse", it)));
    expect(kept.toSorted()).toEqual([first, amended].toSorted());
    expect(await made.git("rev-parse", "kanband/a")).toBe(made.sha);
    expect(await commit(made.repo, made.path)).toBeNull();
    await expectAtRest(made);
  });

  it.each(DAMAGES)("takes all work from a worktree with %s", async (_, damage) => {
    const made = await setUp();
    await damage(made);
    writeFiles(made.path, { "src/index.js": "2;\n", "new.js": "new\n" });

    await commit(made.repo, made.path);

    const work = await workOf(made.git, made.sha, "kanband/a");
    expect(work).toMatchObject({ "src/index.js": "2;", "new.js": "new" });
    await expectAtRest(made);
  });

  it("finds what was hidden from git, and takes nested repositories as plain files", async () => {
    const made = await setUp();
    await made.inside("update-index", "--assume-unchanged", "src/index.js");
    writeFiles(made.path, { "src/index.js": "hidden\n", "vendor/lib/x.js": "x\n", "empty-repo/y.js": "y\n" });
    const nested = gitAt(join(made.path, "vendor/lib"));
    await nested("init", "--quiet");
    await nested("add", "--all");
    await nested("-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--message", "Inner");
    await gitAt(join(made.path, "empty-repo"))("init", "--quiet");
    await made.inside("add", "vendor/lib");

    const saved = await commit(made.repo, made.path);

    expect(saved?.nested.toSorted()).toEqual(["empty-repo", "vendor/lib"]);
    expect(await workOf(made.git, made.sha, "kanband/a")).toEqual({
      "empty-repo/y.js": "y",
      "src/index.js": "hidden",
      "vendor/lib/x.js": "x",
    });
    expect(await made.git("ls-tree", "-r", "kanband/a")).not.toContain("160000");
    expect(listKeptWhole(made.repo, "a")).toEqual([".kanband/kept/a/1/vendor"]);
    const kept = gitAt(join(made.root, ".kanband/kept/a/1/vendor/lib"));
    expect(await kept("log", "--format=%s")).toBe("Inner");
  });

  it("runs no hook, filter, monitor or setting that was planted, also in a nested repository", async () => {
    const made = await setUp();
    const trap = join(made.root, "trap");
    for (const hook of ["pre-commit", "post-commit", "post-checkout", "post-index-change", "reference-transaction"]) {
      writeFiles(made.root, { [`.git/hooks/${hook}`]: `#!/bin/sh\ntouch ${trap}\n` });
      chmodSync(join(made.root, ".git/hooks", hook), 0o755);
    }
    writeFiles(made.path, {
      ".gitattributes": "* filter=evil=1 diff=evil\n",
      "src/index.js": "2;\n",
      "nested/x": "x\n",
    });
    const nested = gitAt(join(made.path, "nested"));
    await nested("init", "--quiet");
    for (const run of [made.inside, nested]) {
      await run("config", "core.fsmonitor", `touch ${trap}`);
      await run("config", "filter.evil=1.clean", `touch ${trap}; cat`);
      await run("config", "filter.evil=1.process", `touch ${trap}`);
      await run("config", "filter.evil=1.required", "true");
      await run("config", "diff.evil.textconv", `touch ${trap}; cat`);
    }

    await commit(made.repo, made.path);

    expect(existsSync(trap)).toBe(false);
    expect(await made.git("show", "kanband/a:src/index.js")).toBe("2;");
  });

  it("commits a change of the left-out folders too, so that the check can refuse it", async () => {
    const made = await setUp();
    writeFiles(made.path, { "board/doing/a.md": "forged\n" });

    await commit(made.repo, made.path);

    expect(await workOf(made.git, made.sha, "kanband/a")).toEqual({ "board/doing/a.md": "forged" });
  });

  it("does nothing for a folder that is gone", async () => {
    const made = await setUp();
    rmSync(made.path, { recursive: true });

    expect(await commit(made.repo, made.path)).toBeNull();
    expect(await made.git("rev-parse", "kanband/a")).toBe(made.sha);
  });
});
