import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffFiles } from "../../../src/git/branches.ts";
import { advanceBase } from "../../../src/git/merge.ts";
import { moveFiles } from "../../../src/git/move-files.ts";
import { seeSides } from "../../../src/git/move-plan.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openFor, openRepo } from "../../helpers/open-repo.ts";

type SetUp = { root: string; git: Git; repo: Repository; from: string; to: string };

/** The base, checked out, and a commit upon it. A name in latin1 is one of bytes. */
async function setUp(before: (root: string) => void, work: (root: string) => void): Promise<SetUp> {
  const made = await openRepo({ "f.txt": "f\n" });
  const { root, git } = made;
  const commit = async (): Promise<string> => {
    await git("add", "--all", "--force");
    await git("commit", "--quiet", "--allow-empty", "--message", "Work");
    return await git("rev-parse", "HEAD");
  };
  before(root);
  const from = await commit();
  await git("switch", "--quiet", "--detach");
  work(root);
  const to = await commit();
  await git("switch", "--quiet", "main");
  return { ...made, from, to };
}

const move = ({ from, to }: SetUp) => ({ ref: "refs/heads/main", from, to });
const odd = (root: string, name: string): Buffer => Buffer.from(join(root, name), "latin1");
const nothing = (): void => undefined;

describe("a name that is not UTF-8", () => {
  it.each<[string, string, (root: string) => void, (root: string) => void]>([
    ["comes", '"caf\\351"', nothing, (root) => writeFileSync(odd(root, "caf\xe9"), "1\n")],
    [
      "changes",
      '"d\\351/x"',
      (root) => {
        mkdirSync(odd(root, "d\xe9"));
        writeFileSync(odd(root, "d\xe9/x"), "1\n");
      },
      (root) => writeFileSync(odd(root, "d\xe9/x"), "2\n"),
    ],
    [
      "goes",
      '"caf\\351"',
      (root) => writeFileSync(odd(root, "caf\xe9"), "1\n"),
      (root) => rmSync(odd(root, "caf\xe9")),
    ],
  ])("%s: the base stays where it is checked out, and moves where it is not", async (_, shown, before, work) => {
    const made = await setUp(before, (root) => {
      work(root);
      writeFiles(root, { "f.txt": "ff\n" });
    });
    expect(await advanceBase(made.repo, move(made))).toMatchObject({
      state: "held",
      reason: expect.stringContaining(`${shown} has a name that is not UTF-8`),
    });
    expect([await made.git("rev-parse", "main"), await made.git("status", "--porcelain")]).toEqual([made.from, ""]);

    await made.git("switch", "--quiet", "--detach");
    expect(await advanceBase(made.repo, move(made))).toEqual({ state: "moved" });
  });
});

it("a name that no file can have is held, and one that goes is in nobody's way", async () => {
  const made = await setUp(nothing, nothing);
  const { root, git, repo } = made;
  const long = `folder/${"n".repeat(300)}`;
  const blob = await git("hash-object", "-w", join(root, "f.txt"));
  await git("switch", "--quiet", "--detach");
  await git("update-index", "--add", "--cacheinfo", `100644,${blob},${long}`);
  await git("commit", "--quiet", "--message", "Long");
  const to = await git("rev-parse", "HEAD");
  await git("reset", "--quiet", made.from);
  await git("switch", "--quiet", "main");
  expect(await advanceBase(repo, { ...move(made), to })).toMatchObject({ state: "held", files: [long] });

  await git("reset", "--quiet", to);
  await git("update-index", "--skip-worktree", long);
  expect(await advanceBase(repo, { ref: "refs/heads/main", from: to, to: made.from })).toEqual({ state: "moved" });
  expect(await git("status", "--porcelain")).toBe("");
});

describe("a disk on which capitals do not count", () => {
  const rename = (root: string, to: string, text: string): void => {
    rmSync(join(root, "Src/File.txt"));
    writeFiles(root, { [to]: text });
  };

  it.each<[string, string, string]>([
    ["a file", "Src/file.txt", "text\n"],
    ["a file with a change", "Src/file.txt", "more text\n"],
    ["a folder", "src/File.txt", "text\n"],
  ])("%s that changes in these alone is not moved where the base is checked out", async (_, path, text) => {
    const made = await setUp(
      (root) => writeFiles(root, { "Src/File.txt": "text\n" }),
      (root) => rename(root, path, text),
    );
    const { root, git, from, to } = made;
    // As `git init` finds it there.
    await git("config", "core.ignoreCase", "true");
    const repo = await openFor(root);
    expect(await advanceBase(repo, move(made))).toMatchObject({
      state: "held",
      files: [path],
      reason: expect.stringContaining(`${path} is Src/File.txt but for capitals`),
    });
    expect([await git("rev-parse", "main"), await git("status", "--porcelain")]).toEqual([from, ""]);

    await git("config", "core.ignoreCase", "false");
    expect(await advanceBase(await openFor(root), move(made))).toEqual({ state: "moved" });
    expect([await git("rev-parse", "main"), await git("status", "--porcelain")]).toEqual([to, ""]);
  });

  it("a checkout of the base by such a name has to go back to its own first", async () => {
    const made = await setUp(nothing, (root) => writeFiles(root, { "f.txt": "ff\n" }));
    const { root, git, repo, from } = made;
    // Two names of one file, as they are there.
    linkSync(join(root, ".git/refs/heads/main"), join(root, ".git/refs/heads/Main"));
    await git("symbolic-ref", "HEAD", "refs/heads/Main");
    expect(await advanceBase(repo, move(made))).toEqual({
      state: "held",
      files: [],
      reason: `the worktree ${root} has it checked out as Main, one branch on this disk: git switch main`,
    });
    expect([await git("rev-parse", "main"), await git("status", "--porcelain")]).toEqual([from, ""]);

    await git("symbolic-ref", "HEAD", "refs/heads/main");
    expect(await advanceBase(repo, move(made))).toEqual({ state: "moved" });
    expect(await git("status", "--porcelain")).toBe("");
  });
});

describe("what stands in the way of a move that git makes itself is not written over, though git ignores it", () => {
  it.each<[string, string, (root: string) => Buffer]>([
    ["a file of a name that is not UTF-8", "n\xe9w", (root) => odd(root, "n\xe9w")],
    [
      "a folder of such a name",
      "n\xe9w",
      (root) => {
        mkdirSync(odd(root, "n\xe9w"));
        return odd(root, "n\xe9w/x");
      },
    ],
    ["a file in the place of a folder", "n\xe9w/x", (root) => odd(root, "n\xe9w")],
    ["a file that came since it was looked", "new", (root) => odd(root, "new")],
  ])("%s", async (_, name, mine) => {
    const { root, repo, git, from, to } = await setUp(nothing, (top) => {
      if (name.includes("/")) mkdirSync(odd(top, name.slice(0, name.indexOf("/"))));
      for (const it of [name, "oth\xe9r"]) writeFileSync(odd(top, it), "new\n");
    });
    writeFiles(root, { ".git/info/exclude": "n*\n" });
    const diffs = await diffFiles(repo, from, to);
    const seen = await seeSides(
      root,
      diffs.map(({ path }) => path),
    );
    const path = mine(root);
    writeFileSync(path, "mine\n");
    expect(await moveFiles(repo, repo, { start: from, to, diffs, seen })).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe("mine\n");
    expect(await git("status", "--porcelain")).toBe("");
  });
});
