import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { preserveAtEnd } from "../../../src/git/preserve.ts";
import type { Repository } from "../../../src/git/repository.ts";
import {
  ensureWorktree,
  freeWorktree,
  listWorktrees,
  removeWorktree,
  worktreeStatus,
} from "../../../src/git/worktrees.ts";
import { type Files, type Git, gitAt, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(0, 3);

const FILES: Files = {
  "board/doing/a.md": "# A\n",
  "personas/engineer.md": "You are\n",
  "sessions/a/engineer.md": "done\n",
  "src/index.js": "1;\n",
  "src/boards/kept.js": "1;\n",
  ".gitignore": "/build/\n",
};
const EXCLUDE = ["board", "personas", "sessions"];

async function setUp(): Promise<{ root: string; git: Git; repo: Repository; path: string; sha: string; inside: Git }> {
  const made = await openRepo(FILES);
  writeFileSync(join(made.root, ".git/info/exclude"), "/.kanband/\n");
  const path = join(made.root, ".kanband/worktrees/w1");
  const sha = await made.git("rev-parse", "HEAD");
  return { ...made, path, sha, inside: (...args) => gitAt(path)(...args) };
}

function ensure(repo: Repository, path: string, startSha: string, branch = "kanband/a") {
  return ensureWorktree(repo, { path, branch, startSha, exclude: EXCLUDE });
}

describe("making a worktree", () => {
  it("checks out the branch without the convention's folders, and git finds it clean", async () => {
    const { repo, path, sha, git, inside, root } = await setUp();

    await ensure(repo, path, sha);

    expect(await inside("rev-parse", "--abbrev-ref", "HEAD")).toBe("kanband/a");
    expect(EXCLUDE.map((it) => existsSync(join(path, it)))).toEqual([false, false, false]);
    expect(readFileSync(join(path, "src/boards/kept.js"), "utf8")).toBe("1;\n");
    expect(await inside("status", "--porcelain")).toBe("");
    expect(await worktreeStatus(repo, path)).toEqual({ dirty: [] });
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("config", "--get", "core.sparseCheckout").catch(() => "unset")).toBe("unset");
    expect(existsSync(join(root, "board/doing/a.md"))).toBe(true);
    expect(await listWorktrees(repo)).toMatchObject([{ path, name: "w1", branch: "kanband/a", head: sha }]);
  });

  it("keeps those folders on the branch when an agent commits everything, moves about and resets", async () => {
    const { repo, path, sha, inside } = await setUp();
    await ensure(repo, path, sha);
    const user = ["-c", "user.name=Agent", "-c", "user.email=agent@example.invalid"];
    writeFiles(path, { "src/new.js": "2;\n" });

    await inside("add", "--all");
    await inside(...user, "commit", "--quiet", "--message", "Work");
    await inside("switch", "--quiet", "--create", "side");
    await inside("reset", "--quiet", "--hard", "HEAD~1");
    await inside("switch", "--quiet", "kanband/a");
    await inside(...user, "commit", "--quiet", "--all", "--allow-empty", "--message", "More");
    await inside("stash", "--include-untracked");

    expect(await inside("diff", "--name-only", sha, "HEAD")).toBe("src/new.js");
    expect(await inside("ls-tree", "--name-only", "HEAD")).toBe(".gitignore\nboard\npersonas\nsessions\nsrc");
    expect(await inside("status", "--porcelain")).toBe("");
  });

  it("keeps a branch where it is, and leaves unsaved work of a worktree that is on it", async () => {
    const { repo, path, sha, git, inside } = await setUp();
    const tree = await git("rev-parse", "HEAD^{tree}");
    const later = await git("commit-tree", "-p", sha, "-m", "Later", tree);
    await git("branch", "kanband/a", later);

    await ensure(repo, path, sha);
    expect(await inside("rev-parse", "HEAD")).toBe(later);

    writeFiles(path, { "src/index.js": "unsaved\n", "note.txt": "unsaved\n" });
    await ensure(repo, path, sha);
    expect(await worktreeStatus(repo, path)).toEqual({ dirty: ["src/index.js", "note.txt"] });
  });

  it("refuses a branch that somebody has checked out elsewhere, and a worktree of another branch", async () => {
    const { repo, path, sha, git } = await setUp();
    await git("switch", "--quiet", "--create", "kanband/b");
    await ensure(repo, path, sha);

    await expect(ensure(repo, `${path}x`, sha, "kanband/b")).rejects.toMatchObject({ code: "WORKTREE_BROKEN" });
    await expect(ensure(repo, path, sha, "kanband/c")).rejects.toMatchObject({ code: "WORKTREE_BROKEN" });
    await expect(ensure(repo, `${path}x`, sha, "-bevil")).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("makes a board-only repository an empty worktree", async () => {
    const { root, git, repo } = await openRepo({ "board/doing/.gitkeep": "" });
    const path = join(root, ".kanband/worktrees/w1");

    await ensure(repo, path, await git("rev-parse", "HEAD"));

    expect(await gitAt(path)("status", "--porcelain")).toBe("");
  });
});

describe("using a worktree again", () => {
  it("leaves nothing of the last task: changed, staged, untracked, ignored and nested", async () => {
    const { repo, path, sha, git, inside } = await setUp();
    await ensure(repo, path, sha);
    writeFiles(path, {
      "src/index.js": "changed\n",
      "src/staged.js": "staged\n",
      "build/out.js": "ignored\n",
      "nested/file.js": "x\n",
      "src/deep/x.js": "x\n",
    });
    await inside("add", "src/staged.js");
    await gitAt(join(path, "nested"))("init", "--quiet");
    await gitAt(join(path, "src"))("init", "--quiet");
    rmSync(join(path, "src/boards"), { recursive: true });

    await freeWorktree(repo, { path, exclude: EXCLUDE });

    expect(await listWorktrees(repo)).toMatchObject([{ path, name: "w1", branch: null, head: sha }]);
    expect(await inside("status", "--porcelain", "--ignored")).toBe("");
    expect(existsSync(join(path, "nested"))).toBe(false);
    expect(existsSync(join(path, "src/.git"))).toBe(false);

    await ensure(repo, path, sha, "kanband/b");
    expect(await inside("rev-parse", "--abbrev-ref", "HEAD")).toBe("kanband/b");
    expect(await inside("status", "--porcelain", "--ignored")).toBe("");
    expect(await git("branch", "--list", "kanband/*", "--format=%(refname:short)")).toBe("kanband/a\nkanband/b");
  });

  it("removes what is ignored, and folders without a file, where a look found nothing else", async () => {
    const { repo, path, sha, inside } = await setUp();
    await ensure(repo, path, sha);
    writeFiles(path, { "build/out.js": "ignored\n", "build/deep/er.js": "ignored\n" });
    mkdirSync(join(path, "empty/er"), { recursive: true });

    const { ref, ignored } = await preserveAtEnd(repo, { id: "a", path, message: "Keep\n", since: sha });
    expect([ref, ignored?.length]).toEqual([null, 1]);
    await freeWorktree(repo, { path, exclude: EXCLUDE, ignored });

    expect(readdirSync(path).toSorted()).toEqual([".git", ".gitignore", "src"]);
    expect(await inside("status", "--porcelain", "--ignored")).toBe("");
  });

  it.each<[string, (made: Awaited<ReturnType<typeof setUp>>) => unknown]>([
    ["unsaved work", ({ path }) => writeFiles(path, { "src/new.js": "new\n" })],
    [
      "a file that the index says is left out",
      async ({ path, inside }) => {
        await inside("update-index", "--skip-worktree", "src/index.js");
        rmSync(join(path, "src/index.js"));
      },
    ],
    [
      "a change that the index hides",
      async ({ path, inside }) => {
        await inside("update-index", "--assume-unchanged", "src/index.js");
        writeFiles(path, { "src/index.js": "hidden\n" });
      },
    ],
  ])("looks again after %s", async (_, change) => {
    const made = await setUp();
    const { repo, path, sha, inside } = made;
    await ensure(repo, path, sha);
    await change(made);

    const { ignored } = await preserveAtEnd(repo, { id: "a", path, message: "Keep\n", since: sha });
    expect(ignored).toBeNull();
    await freeWorktree(repo, { path, exclude: EXCLUDE, ignored });

    expect(readFileSync(join(path, "src/index.js"), "utf8")).toBe("1;\n");
    expect(existsSync(join(path, "src/new.js"))).toBe(false);
    expect(await inside("ls-files", "-v", "--", "src", ".gitignore")).not.toMatch(/^s /im);
  });

  it.each([
    ["changed", (path: string) => writeFiles(path, { "src/index.js": "2;\n" })],
    ["removed", (path: string) => rmSync(join(path, "src"), { recursive: true })],
    ["replaced", (path: string) => renameSync(join(path, ".gitignore"), join(path, "src/index.js"))],
  ])("takes a free one as it is, and mends it where a file was %s meanwhile", async (_, change) => {
    const { repo, path, sha, inside } = await setUp();
    await ensure(repo, path, sha);
    await freeWorktree(repo, { path, exclude: EXCLUDE });
    change(path);

    await ensure(repo, path, sha, "kanband/b");

    expect(await inside("status", "--porcelain")).toBe("");
    expect(readFileSync(join(path, "src/index.js"), "utf8")).toBe("1;\n");
  });

  it("goes to another commit and follows a change of what is left out", async () => {
    const { repo, path, sha, root, git, inside } = await setUp();
    await ensure(repo, path, sha);
    await freeWorktree(repo, { path, exclude: EXCLUDE });
    writeFiles(root, { "src/index.js": "2;\n" });
    await git("commit", "--quiet", "--all", "--message", "Second");
    const next = await git("rev-parse", "HEAD");

    await ensureWorktree(repo, { path, branch: "kanband/b", startSha: next, exclude: ["board"] });

    expect(readFileSync(join(path, "src/index.js"), "utf8")).toBe("2;\n");
    expect(existsSync(join(path, "personas/engineer.md"))).toBe(true);
    expect(existsSync(join(path, "board"))).toBe(false);
    expect(await inside("status", "--porcelain")).toBe("");
  });

  it.each([
    ["a stale lock of its index", (_: string, admin: string) => writeFileSync(join(admin, "index.lock"), "")],
    ["a torn index", (_: string, admin: string) => writeFileSync(join(admin, "index"), "DIRC torn")],
    ["no index", (_: string, admin: string) => rmSync(join(admin, "index"))],
    ["no `.git`", (path: string) => rmSync(join(path, ".git"))],
    ["a `.git` that points elsewhere", (path: string) => writeFileSync(join(path, ".git"), "gitdir: /nowhere\n")],
    ["no folder", (path: string) => rmSync(path, { recursive: true })],
    ["no HEAD", (_: string, admin: string) => rmSync(join(admin, "HEAD"))],
    ["no registration", (_: string, admin: string) => rmSync(admin, { recursive: true })],
    ["a registration without its path", (_: string, admin: string) => rmSync(join(admin, "gitdir"))],
    [
      "a file in its place",
      (path: string) => {
        rmSync(path, { recursive: true });
        writeFileSync(path, "x");
      },
    ],
  ])("mends a free worktree with %s", async (_, damage) => {
    const { repo, path, sha, root, inside, git } = await setUp();
    await ensure(repo, path, sha);
    await freeWorktree(repo, { path, exclude: EXCLUDE });
    damage(path, join(root, ".git/worktrees/w1"));

    await ensure(repo, path, sha, "kanband/b");

    expect(await inside("rev-parse", "--abbrev-ref", "HEAD")).toBe("kanband/b");
    expect(await inside("status", "--porcelain")).toBe("");
    expect(await git("worktree", "list", "--porcelain")).not.toMatch(/prunable|locked/);
    expect((await git("worktree", "list")).split("\n")).toHaveLength(2);
    expect(await git("worktree", "prune", "--dry-run", "--verbose")).toBe("");
  });

  it("runs no hook and no planted filter", async () => {
    const { repo, path, sha, root, git } = await setUp();
    const trap = join(root, "trap");
    mkdirSync(join(root, ".git/hooks"), { recursive: true });
    for (const hook of ["post-checkout", "post-index-change", "reference-transaction"]) {
      writeFileSync(join(root, ".git/hooks", hook), `#!/bin/sh\ntouch ${trap}\n`);
      chmodSync(join(root, ".git/hooks", hook), 0o755);
    }
    await git("config", "filter.evil.smudge", `touch ${trap}; cat`);
    await git("config", "filter.evil.clean", `touch ${trap}; cat`);
    await git("config", "filter.evil.required", "true");
    await git("config", "core.fsmonitor", `touch ${trap}`);
    writeFileSync(join(root, ".git/info/attributes"), "* filter=evil\n");

    await ensure(repo, path, sha);
    await worktreeStatus(repo, path);
    await freeWorktree(repo, { path, exclude: EXCLUDE });

    expect(existsSync(trap)).toBe(false);
    expect(readFileSync(join(path, "src/index.js"), "utf8")).toBe("1;\n");
  });

  it("removes a worktree without a trace, twice", async () => {
    const { repo, path, sha, git } = await setUp();
    await ensure(repo, path, sha);

    await removeWorktree(repo, path);
    await removeWorktree(repo, path);

    expect(existsSync(path)).toBe(false);
    expect(await listWorktrees(repo)).toEqual([]);
    expect(await git("worktree", "prune", "--dry-run", "--verbose")).toBe("");
    await expect(removeWorktree(repo, repo.top)).rejects.toMatchObject({ code: "INTERNAL" });
  });
});
