import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listKeptWhole } from "../../../src/git/kept-whole.ts";
import { preserveWorktree } from "../../../src/git/preserve.ts";
import { commitWorktree, freeWorktree } from "../../../src/git/worktrees.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { type SetUp, setUp, workOf } from "./agent-worktree.ts";

describe("preserving a worktree", () => {
  it("keeps commits, changes and new files on a ref and leaves the worktree as it is", async () => {
    const made = await setUp();
    writeFiles(made.path, { "src/index.js": "2;\n" });
    await made.inside("commit", "--quiet", "--all", "--message", "Own commit");
    writeFiles(made.path, { "left.js": "left\n" });
    await made.inside("add", "--intent-to-add", "left.js");
    const before = await made.inside("status", "--porcelain");

    const ref = await preserveWorktree(made.repo, { id: "a", path: made.path, message: "Keep a" });
    const again = await preserveWorktree(made.repo, { id: "a", path: made.path, message: "Keep a" });

    expect(ref).toBe("refs/kanband/preserved/a/1");
    expect(again).toMatch(/^refs\/kanband\/preserved\/a\/[12]$/);
    expect(await workOf(made.git, made.sha, ref ?? "")).toEqual({ "left.js": "left", "src/index.js": "2;" });
    expect(await made.inside("status", "--porcelain")).toBe(before);
    expect(await made.git("rev-parse", "kanband/a")).not.toBe(made.sha);
  });

  it("keeps nothing when nothing happened since", async () => {
    const { repo, path, sha } = await setUp();

    expect(await preserveWorktree(repo, { id: "a", path, message: "Keep a", since: sha })).toBeNull();
    expect(await preserveWorktree(repo, { id: "a", path, message: "Keep a" })).toBe("refs/kanband/preserved/a/1");
    expect(await preserveWorktree(repo, { id: "a", path, message: "Keep a" })).toBe("refs/kanband/preserved/a/1");
  });
});

describe("what no commit can hold", () => {
  /** A name that git refuses, a file too large to read at once, and a repository of thousands of files. */
  async function leaveMuch({ path, inside }: SetUp): Promise<void> {
    const many = Array.from({ length: 5001 }, (_, at) => [`clone/${at}.c`, ""] as const);
    writeFiles(path, { "git~1": "odd\n", "left.js": "left\n", "small/x.c": "x\n", ...Object.fromEntries(many) });
    for (const folder of ["clone", "small"]) await inside("init", "--quiet", folder);
    writeFileSync(join(path, "small/huge.bin"), "");
    truncateSync(join(path, "small/huge.bin"), 3 * 1024 ** 3);
  }

  it("is kept whole before its worktree is freed", async () => {
    const made = await setUp();
    const { repo, path, sha, root } = made;
    await leaveMuch(made);

    const ref = await preserveWorktree(repo, { id: "a", path, message: "Keep a" });
    await freeWorktree(repo, { path, exclude: ["board"], sha });

    expect(await workOf(made.git, sha, ref ?? "")).toEqual({ "left.js": "left", "small/x.c": "x" });
    expect(listKeptWhole(repo, "a").toSorted()).toEqual([
      ".kanband/kept/a/1/clone",
      ".kanband/kept/a/1/git~1",
      ".kanband/kept/a/1/small",
    ]);
    const kept = join(root, ".kanband/kept/a/1");
    expect(readdirSync(join(kept, "clone"))).toHaveLength(5002);
    expect(statSync(join(kept, "small/huge.bin")).size).toBe(3 * 1024 ** 3);
    expect(readFileSync(join(kept, "git~1"), "utf8")).toBe("odd\n");
    expect(readdirSync(path).toSorted()).toEqual([".git", ".gitignore", "src"]);
  });

  it("is kept whole where the rest is committed, also when it is all there is, and what git had in its place is back", async () => {
    const made = await setUp();
    const { repo, path, sha, root, inside } = made;
    rmSync(join(path, "src/index.js"));
    execFileSync("mkfifo", [join(path, "src/index.js")]);

    for (const name of ["1", "2"]) {
      writeFiles(path, { "git~1": `${name}\n` });
      expect(await commitWorktree(repo, { path, branch: "kanband/a", message: "Save a" })).toBeNull();
      expect(readFileSync(join(root, ".kanband/kept/a", name, "git~1"), "utf8")).toBe(`${name}\n`);
      expect(await inside("status", "--porcelain")).toBe("");
    }

    expect(statSync(join(root, ".kanband/kept/a/1/src/index.js")).isFIFO()).toBe(true);
    expect(await made.git("rev-parse", "kanband/a")).toBe(sha);
  });
});
