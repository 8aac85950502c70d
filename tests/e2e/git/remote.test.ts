import { chmodSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fetchBranch } from "../../../src/git/remote.ts";
import { gitAt, tempFolder } from "../../helpers/git-repo.ts";
import { openFor, openRepo } from "../../helpers/open-repo.ts";

const FETCHED = ".git/refs/kanband/fetched";

async function cloned() {
  const up = await openRepo({ "a.txt": "a\n" });
  const root = join(tempFolder(), "clone");
  await up.git("branch", "next", await up.git("commit-tree", "-p", "HEAD", "-m", "Next", "HEAD^{tree}"));
  await up.git("clone", "-q", up.root, root);
  return { up, root, git: gitAt(root), repo: await openFor(root), main: await up.git("rev-parse", "main") };
}

it("answers what it has fetched, whatever somebody fetches meanwhile, and leaves FETCH_HEAD to them", async () => {
  const { root, git, repo, main } = await cloned();
  const slow = join(tempFolder(), "slow.sh");
  // Between our last word to the remote and the look at what came, as an editor's fetch does.
  writeFileSync(
    slow,
    `#!/bin/sh\ngit-upload-pack "$@"\nenv -u GIT_CONFIG_COUNT git -C '${root}' fetch -q origin next\n`,
  );
  chmodSync(slow, 0o755);
  const settings = ["remote.origin.uploadpack", slow];
  const env = { ...process.env, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: settings[0], GIT_CONFIG_VALUE_0: settings[1] };
  // What a kill has left, and what another is about.
  for (const name of ["left", "live"]) await git("update-ref", `refs/kanband/fetched/${name}`, "HEAD");
  utimesSync(join(root, FETCHED, "left"), 1, 1);
  expect(await fetchBranch(repo, { remote: "origin", branch: "main" }, env)).toBe(main);
  expect(readFileSync(join(root, ".git/FETCH_HEAD"), "utf8")).toMatch(/^\S+\t\tbranch 'next' of .*\n$/);
  expect(await git("for-each-ref", "--format=%(refname)", "refs/kanband")).toBe("refs/kanband/fetched/live");
});

it("leaves nothing behind where there is nothing to fetch", async () => {
  const { git, repo } = await cloned();
  const fetching = fetchBranch(repo, { remote: "origin", branch: "gone" }, process.env);
  await expect(fetching).rejects.toMatchObject({ code: "REMOTE_FAILED" });
  expect(await git("for-each-ref", "refs/kanband")).toBe("");
});
