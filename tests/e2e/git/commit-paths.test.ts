import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { blobSha } from "../../../src/files/blob-sha.ts";
import { commitPaths } from "../../../src/git/commit-paths.ts";
import { readTree } from "../../../src/git/objects.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { setSymbolicRef } from "../../../src/git/symbolic-ref.ts";
import { type Files, gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openFor, openRepo } from "../../helpers/open-repo.ts";

const BOARD: Files = {
  "board/planned/a.md": "# A\n",
  "board/planned/b.md": "# B\n",
  "board/doing/.gitkeep": "",
  "src/index.js": "1;\n",
};

function move(root: string, from: string, to: string): void {
  mkdirSync(join(root, to, ".."), { recursive: true });
  renameSync(join(root, from), join(root, to));
}

function commit(repo: Repository, paths: string[], { ref = "refs/heads/main", patienceMs = 5000 } = {}) {
  return commitPaths(repo, { ref, changes: paths.map((path) => ({ path })), message: "Move a", patienceMs });
}

const MOVE = ["board/planned/a.md", "board/doing/a.md"];

describe("committing paths", () => {
  it("commits a move, leaves a clean status and what git itself would have made", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    move(root, "board/planned/a.md", "board/doing/a.md");

    const made = await commit(repo, MOVE);

    expect(made?.blobs.get("board/doing/a.md")).toBe(blobSha(Buffer.from("# A\n")));
    expect(made?.blobs.get("board/planned/a.md")).toBeNull();
    expect(await git("rev-parse", "HEAD")).toBe(made?.sha);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("log", "-1", "--format=%an <%ae>%n%B")).toBe("Test <test@example.invalid>\nMove a\n");
    expect(await git("write-tree")).toBe(await git("rev-parse", "HEAD^{tree}"));
    expect(await git("fsck", "--strict")).toBe("");
  });

  it("answers null when nothing differs, and makes no commit", async () => {
    const { repo, git } = await openRepo(BOARD);
    const before = await git("rev-parse", "HEAD");

    expect(await commit(repo, ["board/planned/a.md", "no/such/file"])).toBeNull();
    expect(await git("rev-parse", "HEAD")).toBe(before);
  });

  it("removes a folder with its last file, and the folder above it", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    rmSync(join(root, "board"), { recursive: true });

    await commit(repo, ["board/doing/.gitkeep", "board/planned/a.md", "board/planned/b.md"]);

    expect(await git("ls-tree", "-r", "--name-only", "HEAD")).toBe("src/index.js");
    expect(await git("fsck", "--strict")).toBe("");
  });

  it("turns a file into a folder and back", async () => {
    const { root, git, repo } = await openRepo({ "x/a": "1", "x/a.b": "2", "x/ab": "3" });
    rmSync(join(root, "x/a"));
    writeFiles(root, { "x/a/in": "4" });
    await commit(repo, ["x/a", "x/a/in"]);
    expect(await git("ls-tree", "-r", "--name-only", "HEAD")).toBe("x/a.b\nx/a/in\nx/ab");
    expect(await git("status", "--porcelain")).toBe("");

    rmSync(join(root, "x/a"), { recursive: true });
    writeFiles(root, { "x/a": "5" });
    await commit(repo, ["x/a", "x/a/in"]);

    expect(await git("ls-tree", "-r", "--name-only", "HEAD")).toBe("x/a\nx/a.b\nx/ab");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("fsck", "--strict")).toBe("");
  });

  it("takes bytes raw and keeps the executable bit", async () => {
    const { root, git, repo } = await openRepo({ ...BOARD, ".gitattributes": "*.md text eol=lf\n" });
    writeFileSync(join(root, "board/planned/a.md"), "# A\r\n");
    chmodSync(join(root, "board/planned/b.md"), 0o755);

    const made = await commit(repo, ["board/planned/a.md", "board/planned/b.md"]);

    expect(made?.blobs.get("board/planned/a.md")).toBe(blobSha(Buffer.from("# A\r\n")));
    expect(await git("ls-tree", "HEAD", "board/planned/b.md")).toMatch(/^100755/);
  });

  it("writes names of every kind as they are", async () => {
    const names = ["-rf.md", "a b.md", "ü.md", "new\nline.md", 'quo"te.md', "tab\t.md", "ü.md".normalize("NFD")];
    const { root, git, repo } = await openRepo(BOARD);
    const paths = names.map((it) => `board/planned/${it}`);
    writeFiles(root, Object.fromEntries(paths.map((it) => [it, it])));

    await commit(repo, paths);

    const listed = (await git("ls-tree", "-z", "--name-only", "HEAD", "board/planned/")).split("\0");
    expect(listed).toEqual(expect.arrayContaining(paths));
    expect((await readTree(repo, "HEAD", "board/planned")).map((it) => it.name)).toEqual(expect.arrayContaining(names));
    expect(await git("status", "--porcelain")).toBe("");
  });

  it("refuses to leave the working tree and to commit what is no file", async () => {
    const { root, repo } = await openRepo(BOARD);
    symlinkSync("/etc/passwd", join(root, "board/planned/link.md"));

    await expect(commit(repo, ["../x"])).rejects.toMatchObject({ code: "INTERNAL" });
    await expect(commit(repo, ["board/.git/x"])).rejects.toMatchObject({ code: "INTERNAL" });
    await expect(commit(repo, ["board/planned/link.md"])).rejects.toMatchObject({ code: "WRITE_FAILED" });
  });

  it("works in a repository of sha256", async () => {
    const { root, git, repo } = await openRepo(BOARD, { format: "sha256" });
    move(root, "board/planned/a.md", "board/doing/a.md");

    const made = await commit(repo, MOVE);

    expect(made?.blobs.get("board/doing/a.md")).toBe(blobSha(Buffer.from("# A\n"), "sha256"));
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("fsck", "--strict")).toBe("");
  });

  it("makes the first commit of a branch, and follows a symbolic ref", async () => {
    const root = tempFolder();
    const git = gitAt(root);
    await git("init", "--quiet", "--initial-branch=trunk");
    const repo = await openFor(root);
    await setSymbolicRef(repo, "refs/kanband/board", "refs/heads/trunk");
    writeFiles(root, { "board/planned/a.md": "# A\n" });

    const made = await commit(repo, ["board/planned/a.md"], { ref: "refs/kanband/board" });

    expect(await git("rev-parse", "refs/heads/trunk")).toBe(made?.sha);
    expect(await git("symbolic-ref", "refs/kanband/board")).toBe("refs/heads/trunk");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("log", "--format=%an <%ae>")).toBe("kanband <kanband@localhost>");
  });

  it("leaves the index alone when the branch is not the one checked out", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    await git("switch", "--quiet", "--create", "other");
    writeFiles(root, { "board/planned/c.md": "# C\n" });

    await commit(repo, ["board/planned/c.md"]);

    expect(await git("status", "--porcelain")).toBe("?? board/planned/c.md");
    expect(await git("ls-tree", "--name-only", "main", "board/planned/c.md")).toBe("board/planned/c.md");
  });

  it("works in a linked worktree with an index of its own", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    await git("worktree", "add", "--quiet", "-b", "kanban", join(root, "kanban"));
    const linked = await openFor(join(root, "kanban"));
    expect(linked.gitDir).not.toBe(linked.commonDir);
    move(linked.top, "board/planned/a.md", "board/doing/a.md");

    await commit(linked, MOVE, { ref: "refs/heads/kanban" });

    expect(await gitAt(linked.top)("status", "--porcelain")).toBe("");
    expect(await git("status", "--porcelain")).toBe("?? kanban/");
    expect(repo.commonDir).toBe(linked.commonDir);
  });
});

describe("committing beside a person", () => {
  it("leaves what is staged and changed elsewhere byte for byte", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    writeFiles(root, { "src/index.js": "2;\n", "src/new.js": "new\n", "src/later.js": "later\n" });
    await git("add", "src/index.js", "src/new.js");
    writeFiles(root, { "src/index.js": "3;\n" });
    const seen = () => Promise.all([git("status", "--porcelain"), git("diff"), git("diff", "--cached")]);
    const before = await seen();
    move(root, "board/planned/a.md", "board/doing/a.md");

    await commit(repo, MOVE);

    expect(await seen()).toEqual(before);
    expect(await git("diff", "--no-renames", "--name-only", "HEAD~1", "HEAD")).toBe(
      "board/doing/a.md\nboard/planned/a.md",
    );
  });

  it("wins for its own paths only, when they are staged too", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    writeFiles(root, { "board/planned/a.md": "staged\n", "board/planned/b.md": "staged\n" });
    await git("add", "board");
    writeFiles(root, { "board/planned/a.md": "on disk\n" });

    await commit(repo, ["board/planned/a.md"]);

    expect(await git("show", "HEAD:board/planned/a.md")).toBe("on disk");
    expect(await git("status", "--porcelain")).toBe("M  board/planned/b.md");
  });

  it("waits for the index, and names the lock once its patience is over", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    move(root, "board/planned/a.md", "board/doing/a.md");
    const lock = join(root, ".git/index.lock");
    writeFileSync(lock, "");

    const refused = commit(repo, MOVE, { patienceMs: 60 });
    await expect(refused).rejects.toMatchObject({ code: "GIT_LOCKED", message: expect.stringContaining(lock) });
    expect(await git("rev-list", "--count", "HEAD")).toBe("1");

    const patient = commit(repo, MOVE, { patienceMs: 20_000 });
    await sleep(50);
    rmSync(lock);
    expect(await patient).not.toBeNull();
    expect(await git("status", "--porcelain")).toBe("");
  });

  it("waits for the ref, and names its lock", async () => {
    const { root, repo } = await openRepo(BOARD);
    move(root, "board/planned/a.md", "board/doing/a.md");
    const lock = join(root, ".git/refs/heads/main.lock");
    writeFileSync(lock, "");

    const refused = commit(repo, MOVE, { patienceMs: 60 });

    await expect(refused).rejects.toMatchObject({ code: "GIT_LOCKED", message: expect.stringContaining(lock) });
  });

  it("uses ids it is given without reading, and reads when the content is not there", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    move(root, "board/planned/a.md", "board/doing/a.md");
    writeFiles(root, { "board/doing/c.md": "# C\n" });
    const c = blobSha(Buffer.from("# C\n"));

    const made = await commitPaths(repo, {
      ref: "refs/heads/main",
      changes: [
        { path: "board/planned/a.md", sha: null },
        { path: "board/doing/a.md", sha: blobSha(Buffer.from("# A\n")) },
        { path: "board/doing/c.md", sha: c },
      ],
      message: "Move a",
      patienceMs: 5000,
    });

    expect(made?.blobs.get("board/doing/c.md")).toBe(c);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("fsck", "--strict", "--full")).toBe("");
  });

  it.each([
    ["a split index", ["update-index", "--split-index"]],
    ["an untracked cache", ["update-index", "--untracked-cache"]],
    ["a sparse index", ["sparse-checkout", "set", "--cone", "--sparse-index", "board"]],
    ["a file monitor", ["config", "core.fsmonitor", "/bin/false"]],
    ["hooks and signing", ["config", "commit.gpgSign", "true"]],
  ])("works with %s", async (_, args) => {
    const { root, git, repo } = await openRepo({ ...BOARD, "other/deep/x.js": "x\n" });
    writeFiles(root, { ".git/hooks/pre-commit": "#!/bin/sh\ntouch ran; exit 1\n" });
    chmodSync(join(root, ".git/hooks/pre-commit"), 0o755);
    await git(...args);
    move(root, "board/planned/a.md", "board/doing/a.md");

    await commit(repo, MOVE);
    move(root, "board/doing/a.md", "board/planned/a.md");
    await commit(repo, MOVE);

    expect(await git("rev-list", "--count", "HEAD")).toBe("3");
    expect(await git("status", "--porcelain")).toBe("");
    expect(existsSync(join(root, "ran"))).toBe(false);
    expect(await git("fsck", "--strict")).toBe("");
  });

  it("runs no filter that was planted, though git looks into files as young as the index", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    const trap = join(root, "trap");
    await git("config", "filter.evil.clean", `touch ${trap}; cat`);
    await git("config", "filter.evil.process", `touch ${trap}`);
    writeFiles(root, { ".git/info/attributes": "* filter=evil\n", "src/index.js": "2;\n" });
    move(root, "board/planned/a.md", "board/doing/a.md");

    await commit(repo, MOVE);

    expect(existsSync(trap)).toBe(false);
  });
});
