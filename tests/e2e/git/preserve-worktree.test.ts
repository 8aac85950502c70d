import { describe, expect, it } from "vitest";
import { preserveWorktree } from "../../../src/git/preserve.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { setUp, workOf } from "./agent-worktree.ts";

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
