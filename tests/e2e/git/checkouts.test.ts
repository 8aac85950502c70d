import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { advanceBase } from "../../../src/git/merge.ts";
import { listCheckouts } from "../../../src/git/worktree-admin.ts";
import { commitWorktree } from "../../../src/git/worktrees.ts";
import { type Git, gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { setUp } from "./agent-worktree.ts";
import { MAIN, makeBaseWork } from "./base-work.ts";

const EDIT_FIRST = ["-c", "sequence.editor=sed -i.bak -e 1s/pick/edit/"];

/** Three commits upon the first, and a commit that would come upon the last. */
async function history() {
  const made = await openRepo({ "a.txt": "a\n" });
  const { root, git } = made;
  for (const name of ["one", "two", "three"]) {
    writeFiles(root, { [`${name}.txt`]: `${name}\n` });
    await git("add", "-A");
    await git("commit", "-qm", name);
  }
  const from = await git("rev-parse", "main");
  const to = await git("commit-tree", "-p", from, "-m", "More", `${from}^{tree}`);
  return { ...made, from, to };
}

async function advance({ repo, from, to }: Awaited<ReturnType<typeof history>>) {
  return await advanceBase(repo, { ref: "refs/heads/main", from, to });
}

describe("a branch that a person is in the middle of rebasing, or left for a bisect", () => {
  it.each<[string, (git: Git) => Promise<unknown>, string[], string]>([
    ["rebase", (git) => git(...EDIT_FIRST, "rebase", "-q", "-i", "HEAD~2"), ["rebase", "--continue"], "rebase"],
    ["bisect", (git) => git("bisect", "start", "HEAD", "HEAD~3"), ["bisect", "reset"], "bisect"],
  ])("is checked out there: %s", async (_, begin, end, name) => {
    const made = await history();
    await begin(made.git);
    expect(await made.git("rev-parse", "--abbrev-ref", "HEAD")).toBe("HEAD");

    expect(await advance(made)).toEqual({
      state: "dirty",
      files: [expect.stringMatching(new RegExp(`^\\(a ${name} is in progress in `))],
    });
    await made.git(...end);
    expect(await made.git("rev-parse", "HEAD", "main")).toBe(`${made.from}\n${made.from}`);
    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await made.git("status", "--porcelain")).toBe("");
  });

  it("is so for each branch that goes along", async () => {
    const { git, repo } = await history();
    await git("branch", "below", "HEAD~1");
    await git(...EDIT_FIRST, "rebase", "-q", "-i", "--update-refs", "HEAD~2");
    expect(listCheckouts(repo).map(({ branch }) => branch)).toEqual([null, "main", "below"]);
    await git("rebase", "--abort");
    expect(listCheckouts(repo).map(({ branch }) => branch)).toEqual(["main"]);
  });
});

it("what an agent left of a rebase or a bisect does not hold its branch when its run is over", async () => {
  const { root, repo, path, inside } = await setUp();
  for (const name of ["one", "two"]) {
    writeFiles(path, { [`${name}.txt`]: `${name}\n` });
    await inside("add", "-A");
    await inside("commit", "-qm", name);
  }
  const tip = await inside("rev-parse", "HEAD");
  await inside(...EDIT_FIRST, "rebase", "-q", "-i", "HEAD~1");
  await inside("bisect", "start", "HEAD", "HEAD~1");
  await commitWorktree(repo, { path, branch: "kanband/a", message: "Save the work of a", exclude: ["board"] });

  expect(existsSync(join(root, ".git/worktrees/w1/rebase-merge"))).toBe(false);
  expect(listCheckouts(repo).map(({ branch }) => branch)).toEqual(["main", "kanband/a"]);
  expect(await inside("status")).not.toMatch(/rebas|bisect/);
  expect(await inside("merge-base", "--is-ancestor", tip, "kanband/a").catch(() => "not held")).toBe("");
});

describe("a checkout of the base without an index", () => {
  const setUpWithout = async (names: readonly string[]) => {
    const made = await makeBaseWork({ "a.txt": "a\n", "b.txt": "b\n" }, { "new.txt": "new\n" });
    for (const name of [".git/index", ...names]) rmSync(join(made.root, name));
    return made;
  };

  it("is none while nothing is checked out there, as after a clone with --no-checkout", async () => {
    const made = await setUpWithout(["a.txt", "b.txt"]);
    expect(await advanceBase(made.repo, { ref: MAIN, from: made.from, to: made.to })).toEqual({ state: "moved" });
    expect(readdirSync(made.root)).toEqual([".git"]);
    expect(existsSync(join(made.root, ".git/kanband/moves"))).toBe(false);
    await made.git("checkout", "-q");
    expect(await made.git("rev-parse", "HEAD")).toBe(made.to);
    expect([await made.git("status", "--porcelain"), existsSync(join(made.root, "a.txt"))]).toEqual(["", true]);
  });

  it.each(["initializing", "initialisiere"])("follows where it is only just being made: %s", async (word) => {
    const made = await makeBaseWork();
    const { git, root, repo, from, to } = made;
    await git("switch", "-q", "--detach");
    const top = join(tempFolder(), "w");
    await git("worktree", "add", "-q", "--no-checkout", top, "main");
    writeFiles(root, { ".git/worktrees/w/locked": `${word}\n` });
    const advancing = advanceBase(repo, { ref: MAIN, from, to });
    await expect.poll(() => git("rev-parse", "main")).toBe(to);
    await sleep(300);
    // Git has looked where the branch is before it moved.
    await gitAt(top)("read-tree", "--reset", "-u", from);
    rmSync(join(root, ".git/worktrees/w/locked"));
    expect(await advancing).toEqual({ state: "moved" });
    expect(await gitAt(top)("status", "--porcelain")).toBe("");
  });

  it.each([
    ["was about to be made by a git that was killed", "initialisiere", "moved"],
    ["is on a disk that is away, and locked", "", "held"],
  ])("or whose folder is not there: one that %s", async (_, word, state) => {
    const made = await makeBaseWork();
    const { git, root, repo, from, to } = made;
    await git("switch", "-q", "--detach");
    const top = join(tempFolder(), "w");
    await git("worktree", "add", "-q", ...(word === "" ? [] : ["--no-checkout"]), top, "main");
    writeFiles(root, { ".git/worktrees/w/locked": `${word}\n` });
    rmSync(top, { recursive: true });
    expect(await advanceBase(repo, { ref: MAIN, from, to })).toMatchObject({ state });
  });

  it("holds the merge where it has files, until it has one again", async () => {
    const made = await setUpWithout([]);
    const wanted = { ref: MAIN, from: made.from, to: made.to };
    const reason = expect.stringContaining(`${made.root} has files of the branch and no index`);
    expect(await advanceBase(made.repo, wanted)).toEqual({ state: "held", files: [], reason });
    await made.git("reset", "-q");
    expect(await advanceBase(made.repo, wanted)).toEqual({ state: "moved" });
    expect(await made.git("status", "--porcelain")).toBe("");
  });
});
