import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffFingerprint, fingerprint, restore } from "../../../src/git/fingerprint.ts";
import { type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const ALLOWED = { allowRefs: ["refs/heads/kanband/a", "refs/kanband/preserved/"] };

/** A commit that is nowhere yet. */
async function newCommit(git: Git, message: string): Promise<string> {
  return await git("commit-tree", "-p", "HEAD", "-m", message, await git("rev-parse", "HEAD^{tree}"));
}

describe("telling what an agent moved", () => {
  it("allows its own branch, and what people change at any time", async () => {
    const { git, repo } = await openRepo({ "a.js": "1\n" });
    await git("branch", "kanband/a");
    const before = await fingerprint(repo);

    await git("branch", "--force", "kanband/a", await newCommit(git, "Work"));
    await git("update-ref", "refs/kanband/preserved/a/1", "HEAD");
    await git("config", "user.name", "Somebody");
    await git("config", "branch.main.remote", "origin");
    await git("pack-refs", "--all");

    expect(diffFingerprint(before, await fingerprint(repo), ALLOWED)).toEqual([]);
    expect(JSON.parse(JSON.stringify(before))).toEqual(before);
  });

  it("finds and undoes every move, and keeps the agent's versions", async () => {
    const { root, git, repo } = await openRepo({ "a.js": "1\n" });
    const tip = await git("rev-parse", "HEAD");
    await git("branch", "gone");
    await git("tag", "v1");
    await git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
    writeFiles(root, { ".git/hooks/pre-commit": "#!/bin/sh\n" });
    chmodSync(join(root, ".git/hooks/pre-commit"), 0o755);
    const settings = readFileSync(join(root, ".git/config"), "utf8");
    const before = await fingerprint(repo);

    const moved = await newCommit(git, "Moved main");
    const own = await newCommit(git, "Own branch");
    await git("update-ref", "refs/heads/main", moved);
    await git("update-ref", "refs/heads/mine", own);
    await git("update-ref", "refs/stash", own);
    await git("branch", "-D", "gone");
    await git("tag", "--force", "v1", moved);
    await git("symbolic-ref", "refs/kanband/board", "refs/heads/mine");
    await git("config", "core.fsmonitor", "touch /tmp/x");
    writeFiles(root, { ".git/hooks/pre-commit": "#!/bin/sh\nevil\n", ".git/hooks/post-merge": "evil\n" });
    const tampering = diffFingerprint(before, await fingerprint(repo), ALLOWED);
    expect(tampering.map((it) => it.name).toSorted()).toEqual([
      "config",
      "hooks/post-merge",
      "hooks/pre-commit",
      "refs/heads/gone",
      "refs/heads/main",
      "refs/heads/mine",
      "refs/kanband/board",
      "refs/stash",
      "refs/tags/v1",
    ]);

    const done = await restore(repo, before, tampering, { id: "a" });

    expect(done).toHaveLength(9);
    expect(diffFingerprint(before, await fingerprint(repo), ALLOWED)).toEqual([]);
    expect(await git("rev-parse", "main", "gone", "v1")).toBe([tip, tip, tip].join("\n"));
    expect(await git("symbolic-ref", "refs/kanband/board")).toBe("refs/heads/main");
    expect(readFileSync(join(root, ".git/config"), "utf8")).toBe(settings);
    expect(existsSync(join(root, ".git/hooks/post-merge"))).toBe(false);
    const kept = await git("for-each-ref", "--format=%(objectname) %(refname)", "refs/kanband/preserved/a/");
    expect(kept).toContain(moved);
    expect(kept).toContain(own);
    const files = kept.split("\n").find((it) => !it.includes(moved) && !it.includes(own));
    expect(await git("show", `${files?.split(" ")[0]}:hooks/pre-commit`)).toBe("#!/bin/sh\nevil");
    expect(await git("status", "--porcelain")).toBe("");
  });

  it("sees a move through packed-refs, and leaves alone what moved once more", async () => {
    const { root, git, repo } = await openRepo({ "a.js": "1\n" });
    await git("pack-refs", "--all");
    const before = await fingerprint(repo);
    const moved = await newCommit(git, "Moved main");
    const packed = join(root, ".git/packed-refs");
    writeFileSync(packed, readFileSync(packed, "utf8").replace(before.refs["refs/heads/main"] ?? "", moved));
    const tampering = diffFingerprint(before, await fingerprint(repo), ALLOWED);
    expect(tampering).toMatchObject([{ kind: "ref", name: "refs/heads/main", after: moved }]);

    const later = await newCommit(git, "A person's");
    await git("update-ref", "refs/heads/main", later);

    expect(await restore(repo, before, tampering)).toEqual(["left refs/heads/main alone: it moved once more"]);
    expect(await git("rev-parse", "main")).toBe(later);
  });

  it("tells a HEAD that was to stay", async () => {
    const { git, repo } = await openRepo({ "a.js": "1\n" });
    const before = await fingerprint(repo);
    await git("switch", "--quiet", "--detach");
    const after = await fingerprint(repo);

    expect(diffFingerprint(before, after, ALLOWED)).toEqual([]);
    expect(diffFingerprint(before, after, { ...ALLOWED, watchHeads: [""] })).toMatchObject([
      { kind: "head", name: "" },
    ]);
  });

  it("says nothing once everything is as before", async () => {
    const { root, repo } = await openRepo({ "a.js": "1\n" });
    const before = await fingerprint(repo);
    rmSync(join(root, "a.js"));

    expect(diffFingerprint(before, await fingerprint(repo), { allowRefs: [] })).toEqual([]);
    expect(await restore(repo, before, [])).toEqual([]);
  });
});
