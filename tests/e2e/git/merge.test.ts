import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffFiles, isAncestor, listBranches, moveBranch } from "../../../src/git/branches.ts";
import { advanceBase, commitTree, mergeTrees } from "../../../src/git/merge.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { type Files, type Git, gitAt, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const FILES: Files = { "a.js": "1\n2\n3\n", "b.js": "b\n", "gone.js": "gone\n", "dir/c.js": "c\n", "user.js": "u\n" };
const MAIN = "refs/heads/main";

type SetUp = { root: string; git: Git; repo: Repository; from: string; to: string };

/** A base branch, and a merge commit upon it that changes, adds and removes files. */
async function setUp(): Promise<SetUp> {
  const made = await openRepo(FILES);
  const from = await made.git("rev-parse", "HEAD");
  await made.git("switch", "--quiet", "--create", "kanband/a");
  writeFiles(made.root, { "a.js": "1\n2\n3\n4\n", "new/d.js": "d\n", "dir/c.js": "c\nd\n" });
  rmSync(join(made.root, "gone.js"));
  await made.git("add", "--all");
  await made.git("commit", "--quiet", "--message", "Work");
  const branch = await made.git("rev-parse", "HEAD");
  await made.git("switch", "--quiet", "main");
  const merged = await mergeTrees(made.repo, from, branch);
  if (!("tree" in merged)) throw new Error("a clean merge was expected");
  const to = await commitTree(made.repo, { tree: merged.tree, parents: [from, branch], message: "Merge a" });
  return { ...made, from, to };
}

function advance({ repo, from, to }: SetUp) {
  return advanceBase(repo, { ref: MAIN, from, to });
}

describe("merging trees", () => {
  it("merges without touching anything checked out", async () => {
    const { git, repo, from, to } = await setUp();

    expect((await diffFiles(repo, from, to)).map(({ path, status }) => `${status} ${path}`)).toEqual([
      "M a.js",
      "M dir/c.js",
      "D gone.js",
      "A new/d.js",
    ]);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("log", "-1", "--format=%P", to)).toContain(from);
    expect(await isAncestor(repo, from, to)).toBe(true);
    expect(await isAncestor(repo, to, from)).toBe(false);
    expect([...(await listBranches(repo, "kanband/")).keys()]).toEqual(["kanband/a"]);
  });

  it("names conflicts with their kind, and moves with renames", async () => {
    const { root, git, repo } = await openRepo(FILES);
    await git("switch", "--quiet", "--create", "side");
    writeFiles(root, { "a.js": "side\n" });
    rmSync(join(root, "b.js"));
    await git("mv", "dir/c.js", "dir/moved.js");
    await git("commit", "--quiet", "--all", "--message", "Side");
    // Whoever wrote it: it would join both sides of each conflict.
    await git("config", "merge.default", "union");
    await git("switch", "--quiet", "main");
    writeFiles(root, { "a.js": "main\n", "b.js": "main\n", "dir/c.js": "c changed\n" });
    await git("commit", "--quiet", "--all", "--message", "Main");

    const merged = await mergeTrees(repo, await git("rev-parse", "main"), await git("rev-parse", "side"));

    expect(merged).toMatchObject({
      conflicts: [
        { path: "a.js", kind: "content" },
        { path: "b.js", kind: "delete/modify" },
      ],
      text: expect.stringContaining("CONFLICT (content): Merge conflict in a.js"),
    });
  });

  it("runs no merge driver that was planted", async () => {
    const { root, git, repo } = await openRepo({ ...FILES, ".gitattributes": "*.js merge=evil\n" });
    await git("config", "merge.evil.driver", `touch ${join(root, "trap")}; true`);
    await git("switch", "--quiet", "--create", "side");
    writeFiles(root, { "a.js": "side\n" });
    await git("commit", "--quiet", "--all", "--message", "Side");
    await git("switch", "--quiet", "main");
    writeFiles(root, { "a.js": "main\n" });
    await git("commit", "--quiet", "--all", "--message", "Main");

    const merged = await mergeTrees(repo, await git("rev-parse", "main"), await git("rev-parse", "side"));

    expect(merged).toMatchObject({ conflicts: [{ path: "a.js" }] });
    expect(await git("status", "--porcelain")).toBe("");
  });
});

describe("moving a ref", () => {
  it("moves by compare-and-swap, makes and deletes", async () => {
    const { git, repo, from, to } = await setUp();
    const ref = "refs/heads/x";

    await moveBranch(repo, ref, null, from);
    await moveBranch(repo, ref, from, to);
    await expect(moveBranch(repo, ref, from, to)).rejects.toMatchObject({ code: "REF_MOVED" });
    await expect(moveBranch(repo, ref, null, from)).rejects.toMatchObject({ code: "REF_MOVED" });
    await moveBranch(repo, ref, to, null);

    expect(await git("branch", "--list", "x")).toBe("");
    await expect(moveBranch(repo, "x\nupdate y", null, from)).rejects.toMatchObject({ code: "INTERNAL" });
  });
});

describe("advancing the base", () => {
  it("moves branch, index and files together", async () => {
    const made = await setUp();

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await made.git("rev-parse", "HEAD")).toBe(made.to);
    expect(await made.git("status", "--porcelain")).toBe("");
    expect(await advance(made)).toEqual({ state: "moved" });
  });

  it("moves only the ref when the branch is checked out nowhere", async () => {
    const made = await setUp();
    await made.git("switch", "--quiet", "--detach");

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await made.git("rev-parse", "main")).toBe(made.to);
    expect(await made.git("rev-parse", "HEAD")).toBe(made.from);
    expect(await made.git("status", "--porcelain")).toBe("");
  });

  it("updates every worktree that has the branch", async () => {
    const made = await setUp();
    await made.git(
      "worktree",
      "add",
      "--quiet",
      "--force",
      join(made.root, "../second-" + made.from.slice(0, 9)),
      "main",
    );
    const second = join(made.root, `../second-${made.from.slice(0, 9)}`);
    try {
      expect(await advance(made)).toEqual({ state: "moved" });
      expect(await made.git("status", "--porcelain")).toBe("");
      expect(await gitAt(second)("status", "--porcelain")).toBe("");
      expect(readFileSync(join(second, "new/d.js"), "utf8")).toBe("d\n");
    } finally {
      rmSync(second, { recursive: true });
    }
  });

  it("keeps what is staged, changed and new elsewhere exactly", async () => {
    const made = await setUp();
    writeFiles(made.root, {
      "user.js": "staged\n",
      "b.js": "changed\n",
      "untracked.js": "new\n",
      "staged.js": "new\n",
    });
    await made.git("add", "user.js", "staged.js");
    writeFiles(made.root, { "user.js": "staged, then changed\n" });
    const seen = () => Promise.all([made.git("status", "--porcelain"), made.git("diff"), made.git("diff", "--cached")]);
    const before = await seen();

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await seen()).toEqual(before);
  });

  it.each([
    ["changed", { "a.js": "mine\n" }, [], ["a.js"]],
    ["staged", { "a.js": "mine\n" }, ["add", "a.js"], ["a.js"]],
    ["removed", {}, ["rm", "--quiet", "a.js"], ["a.js"]],
    ["in the way, untracked", { "new/d.js": "mine\n" }, [], ["new/d.js"]],
    ["in the way, ignored", { ".git/info/exclude": "new/\n", "new/d.js": "mine\n" }, [], ["new/d.js"]],
    ["in the way, a file where a folder comes", { new: "mine\n" }, [], ["new"]],
    ["changed where it is to go", { "gone.js": "mine\n" }, [], ["gone.js"]],
  ])("touches nothing and names a file that is %s", async (_, files, args, named) => {
    const made = await setUp();
    writeFiles(made.root, files);
    if (args.length > 0) await made.git(...args);
    const seen = () => Promise.all([made.git("status", "--porcelain"), made.git("diff", "HEAD")]);
    const before = await seen();

    expect(await advance(made)).toEqual({ state: "dirty", files: named });
    expect(await seen()).toEqual(before);
    expect(await made.git("rev-parse", "main")).toBe(made.from);
  });

  it("touches nothing behind a link that stands where a folder was, though the files are the very same", async () => {
    const made = await setUp();
    renameSync(join(made.root, "dir"), join(made.root, "elsewhere"));
    symlinkSync("elsewhere", join(made.root, "dir"));

    expect(await advance(made)).toEqual({ state: "dirty", files: ["dir/c.js"] });
    expect(readFileSync(join(made.root, "elsewhere/c.js"), "utf8")).toBe("c\n");
  });

  it("writes nothing into another working tree that lies in a checkout", async () => {
    const made = await setUp();
    await made.git("worktree", "add", "--quiet", "--detach", "new");

    expect(await advance(made)).toEqual({ state: "nested", files: ["new/d.js"] });
    expect(await made.git("rev-parse", "main")).toBe(made.from);
    expect(await gitAt(join(made.root, "new"))("status", "--porcelain")).toBe("");
  });

  it("is not stopped by a change that is the very one that comes", async () => {
    const made = await setUp();
    writeFiles(made.root, { "a.js": "1\n2\n3\n4\n", "new/d.js": "d\n" });
    rmSync(join(made.root, "gone.js"));

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await made.git("status", "--porcelain")).toBe("");
  });

  it("finishes what a kill left half done: files new, index and branch old", async () => {
    const made = await setUp();
    await made.git("read-tree", "-m", "-u", made.from, made.to);
    await made.git("read-tree", made.from);
    expect(await made.git("status", "--porcelain")).not.toBe("");

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await made.git("status", "--porcelain")).toBe("");
  });

  it("sees that somebody else moved the branch", async () => {
    const made = await setUp();
    await made.git("commit", "--quiet", "--allow-empty", "--message", "Meanwhile");
    const tip = await made.git("rev-parse", "HEAD");

    expect(await advance(made)).toEqual({ state: "moved-meanwhile" });
    expect(await made.git("rev-parse", "HEAD")).toBe(tip);
    expect(await made.git("status", "--porcelain")).toBe("");
  });

  it("waits for a person who is in the middle of a merge", async () => {
    const made = await setUp();
    writeFileSync(join(made.root, ".git/MERGE_HEAD"), `${made.to}\n`);

    expect(await advance(made)).toMatchObject({
      state: "dirty",
      files: [expect.stringContaining("merge is in progress")],
    });
    expect(await made.git("rev-parse", "main")).toBe(made.from);
  });
});
