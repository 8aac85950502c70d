import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { advanceBase } from "../../../src/git/merge.ts";
import { listCheckouts } from "../../../src/git/worktree-admin.ts";
import { commitWorktree } from "../../../src/git/worktrees.ts";
import { type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { setUp } from "./agent-worktree.ts";

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
