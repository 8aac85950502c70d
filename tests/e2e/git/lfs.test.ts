import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { advanceBase } from "../../../src/git/advance-base.ts";
import { commitWorktree, ensureWorktree } from "../../../src/git/worktrees.ts";
import { gitRepo, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openFor } from "../../helpers/open-repo.ts";

// What it does is told from the texts: `BIG-…` in the working tree is `ptr-…` in git.
const GIT_LFS = `#!/bin/sh
case "$1" in
clean) sed s/^BIG-/ptr-/ ;;
smudge) sed s/^ptr-/BIG-/ ;;
esac
`;

/** A person for whom `git lfs install` was run, and who has a filter of another kind. */
function asPerson(trap: string): void {
  const home = tempFolder();
  const lfs = "clean = git-lfs clean -- %f\n smudge = git-lfs smudge -- %f\n required = true\n";
  const evil = `clean = touch ${trap}\n process = touch ${trap}\n`;
  writeFiles(home, { "bin/git-lfs": GIT_LFS, config: `[filter "lfs"]\n ${lfs}[filter "evil"]\n ${evil}` });
  chmodSync(join(home, "bin/git-lfs"), 0o755);
  setEnv("GIT_CONFIG_GLOBAL", join(home, "config"));
  setEnv("PATH", `${join(home, "bin")}:${process.env["PATH"]}`);
}

function setEnv(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

it("the filters of git-lfs in a person's own settings are in force, and no other", async () => {
  const trap = join(tempFolder(), "trap");
  asPerson(trap);
  const { root, git } = await gitRepo({ ".gitattributes": "*.bin filter=lfs\n", "a.bin": "BIG-1\n" });
  expect(await git("show", "main:a.bin")).toBe("ptr-1");
  const repo = await openFor(root);
  const path = join(root, ".kanband/worktrees/w1");
  const startSha = await git("rev-parse", "main");
  await ensureWorktree(repo, { path, branch: "kanband/t", startSha, exclude: [] });
  expect(readFileSync(join(path, "a.bin"), "utf8")).toBe("BIG-1\n");

  writeFiles(path, {
    ".gitattributes": "*.bin filter=lfs\n*.txt filter=evil\n",
    "b.bin": "BIG-2\n",
    "new.txt": "new\n",
  });
  const saved = await commitWorktree(repo, { path, branch: "kanband/t", message: "Save" });
  expect(saved?.files.toSorted()).toEqual([".gitattributes", "b.bin", "new.txt"]);
  expect(await git("show", "kanband/t:a.bin", "kanband/t:b.bin", "kanband/t:new.txt")).toBe("ptr-1\nptr-2\nnew");

  const ref = "refs/heads/main";
  expect(await advanceBase(repo, { ref, from: startSha, to: saved?.sha ?? "" })).toEqual({
    state: "held",
    files: ["new.txt"],
    reason: expect.stringContaining("`evil`"),
  });
  expect(existsSync(join(root, "new.txt"))).toBe(false);
  writeFiles(path, { ".gitattributes": "*.bin filter=lfs\n" });
  const plain = await commitWorktree(repo, { path, branch: "kanband/t", message: "Save" });
  expect(await advanceBase(repo, { ref, from: startSha, to: plain?.sha ?? "" })).toEqual({ state: "moved" });
  expect(readFileSync(join(root, "b.bin"), "utf8")).toBe("BIG-2\n");
  expect(existsSync(trap)).toBe(false);

  for (const [key, value] of [
    ["filter.lfs.clean", `touch ${trap}`],
    ["lfs.extension.x.clean", `touch ${trap}`],
  ] as const) {
    await git("config", key, value);
    writeFiles(path, { "c.bin": `BIG-${key}\n` });
    await commitWorktree(repo, { path, branch: "kanband/t", message: "Save" });
    expect(await git("show", "kanband/t:c.bin")).toBe(`BIG-${key}`);
    await git("config", "--unset", key);
  }
  expect(existsSync(trap)).toBe(false);
});
