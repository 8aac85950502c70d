import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listBranches } from "../../../src/git/branches.ts";
import { readHead, resolveRef } from "../../../src/git/head.ts";
import { readBlob, readTree, showFile } from "../../../src/git/objects.ts";
import { listRefs } from "../../../src/git/ref-list.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { readSymbolicRef, setSymbolicRef } from "../../../src/git/symbolic-ref.ts";
import { gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openFor, openRepo } from "../../helpers/open-repo.ts";

describe("opening a repository", () => {
  it("finds the top from a folder below, and the real path through a link", async () => {
    const { root } = await openRepo({ "a/b/c.md": "x" });

    expect((await openFor(join(root, "a/b"))).top).toBe(root);
  });

  it.each([
    ["a folder outside", (): string => tempFolder()],
    ["no folder", (): string => join(tempFolder(), "nothing")],
  ])("refuses %s", async (_, folder) => {
    await expect(openRepository(folder())).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
  });

  it("refuses a bare repository", async () => {
    const root = tempFolder();
    await gitAt(root)("init", "--quiet", "--bare");

    await expect(openRepository(root)).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
  });

  it.each([
    ["a git that is too old", "#!/bin/sh\necho git version 2.37.9", "GIT_TOO_OLD"],
    ["no git", null, "GIT_MISSING"],
  ])("names %s", async (_, script, code) => {
    const { root } = await openRepo({});
    const bin = tempFolder();
    if (script !== null) writeFileSync(join(bin, "git"), `${script}\n`, { mode: 0o755 });
    const path = process.env["PATH"];
    process.env["PATH"] = script === null ? bin : `${bin}:${path}`;
    try {
      await expect(openRepository(root)).rejects.toMatchObject({ code });
    } finally {
      process.env["PATH"] = path;
    }
  });
});

describe("reading HEAD and refs", () => {
  it("knows a branch, a detached HEAD and a branch without a commit", async () => {
    const { git, repo } = await openRepo({ "a.md": "x" });
    const sha = await git("rev-parse", "HEAD");
    expect(await readHead(repo)).toMatchObject({ ref: "refs/heads/main", sha, operation: null, isIndexLocked: false });

    await git("switch", "--quiet", "--detach");
    expect(await readHead(repo)).toMatchObject({ ref: null, sha });

    await git("switch", "--quiet", "--orphan", "empty");
    expect(await readHead(repo)).toMatchObject({ ref: "refs/heads/empty", sha: null });
  });

  it("reads loose, packed and both", async () => {
    const { git, repo } = await openRepo({ "a.md": "x" });
    const first = await git("rev-parse", "HEAD");
    await git("branch", "kanband/a");
    await git("branch", "kanband/deep/b");
    await git("pack-refs", "--all");
    await git("commit", "--quiet", "--allow-empty", "--message", "Second");
    const second = await git("rev-parse", "HEAD");

    expect(await resolveRef(repo, "refs/heads/main")).toBe(second);
    expect(await resolveRef(repo, "refs/heads/kanband/a")).toBe(first);
    expect(await resolveRef(repo, "refs/heads/nope")).toBeNull();
    expect(await resolveRef(repo, "refs/heads/../../../.git/refs/heads/main")).toBeNull();
    expect(await listBranches(repo, "kanband/")).toEqual(
      new Map([
        ["kanband/a", first],
        ["kanband/deep/b", first],
      ]),
    );
    await git("branch", "-D", "kanband/a");
    expect([...listRefs(repo, "refs/").keys()].toSorted()).toEqual(
      (await git("for-each-ref", "--format=%(refname)")).split("\n"),
    );
  });

  it("follows symbolic refs", async () => {
    const { git, repo } = await openRepo({ "a.md": "x" });

    await setSymbolicRef(repo, "refs/kanband/board", "refs/heads/main");

    expect(readSymbolicRef(repo, "refs/kanband/board")).toBe("refs/heads/main");
    expect(await resolveRef(repo, "refs/kanband/board")).toBe(await git("rev-parse", "HEAD"));
    expect(readSymbolicRef(repo, "refs/heads/main")).toBeNull();
  });

  it("reads a linked worktree's own HEAD", async () => {
    const { root, git } = await openRepo({ "a.md": "x" });
    await git("worktree", "add", "--quiet", "-b", "side", join(root, "side"));
    const linked = await openFor(join(root, "side"));

    expect((await readHead(linked)).ref).toBe("refs/heads/side");
    expect(await resolveRef(linked, "refs/heads/main")).toBe(await git("rev-parse", "main"));
  });

  it.each([
    ["merge", ["merge", "--no-commit", "--no-ff", "side"]],
    ["cherry-pick", ["cherry-pick", "conflict"]],
    ["revert", ["revert", "--no-edit", "--no-commit", "HEAD"]],
    ["rebase", ["rebase", "conflict"]],
    ["rebase", ["rebase", "--apply", "conflict"]],
    ["bisect", ["bisect", "start"]],
  ])("sees a half-finished %s", async (operation, args) => {
    const { root, git, repo } = await openRepo({ "a.md": "x" });
    await git("branch", "side");
    await git("switch", "--quiet", "--create", "conflict");
    writeFiles(root, { "a.md": "theirs" });
    await git("commit", "--quiet", "--all", "--message", "Theirs");
    await git("switch", "--quiet", "side");
    await git("commit", "--quiet", "--allow-empty", "--message", "Side");
    await git("switch", "--quiet", "main");
    writeFiles(root, { "a.md": "ours" });
    await git("commit", "--quiet", "--all", "--message", "Ours");

    await git(...args).catch(() => "");

    expect((await readHead(repo)).operation).toBe(operation);
  });

  it("sees who holds the index, and that it was written", async () => {
    const { root, git, repo } = await openRepo({ "a.md": "x" });
    const before = await readHead(repo);
    writeFiles(root, { "a.md": "y" });
    await git("add", "a.md");
    writeFileSync(join(root, ".git/index.lock"), "");

    const after = await readHead(repo);

    expect(after.isIndexLocked).toBe(true);
    expect(after.indexStamp).not.toBe(before.indexStamp);
  });
});

describe("reading objects", () => {
  it("reads folders and files by id or ref, and answers nothing for what is not there", async () => {
    const { git, repo } = await openRepo({ "board/planned/a.md": "# A\n", "board/planned/b c.md": "", "board/x": "" });
    const tip = await git("rev-parse", "HEAD");

    const names = (await readTree(repo, tip, "board/planned")).map((it) => it.name);
    expect(names).toEqual(["a.md", "b c.md"]);
    expect(await readTree(repo, "HEAD", "board")).toMatchObject([{ name: "planned", type: "tree" }, { name: "x" }]);
    expect(await readTree(repo, tip, "board/nope")).toEqual([]);
    expect(await readTree(repo, tip, "board/x")).toEqual([]);
    expect(await readTree(repo, "refs/heads/nope")).toEqual([]);
    expect((await showFile(repo, "refs/heads/main", "board/planned/a.md"))?.toString()).toBe("# A\n");
    expect(await showFile(repo, tip, "board/planned")).toBeNull();
    expect(await readBlob(repo, "0".repeat(40))).toBeNull();
  });

  it("reads thousands at once, large ones too, and goes on when its helper is killed", async () => {
    const { root, repo, git } = await openRepo({});
    const texts = Array.from({ length: 2000 }, (_, it) => `${it}\n`.repeat(it % 100 === 0 ? 20_000 : 1));
    mkdirSync(join(root, "many"));
    writeFiles(root, Object.fromEntries(texts.map((it, index) => [`many/${index}`, it])));
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "Many");

    const read = async () => {
      const entries = await readTree(repo, "HEAD", "many");
      const blobs = await Promise.all(entries.map(async ({ name, sha }) => [name, await readBlob(repo, sha)] as const));
      return blobs.filter(([name, bytes]) => bytes?.toString() === texts[Number(name)]).length;
    };
    expect(await read()).toBe(2000);

    await repo.catFile.close();
    expect(await read()).toBe(2000);
  });
});
