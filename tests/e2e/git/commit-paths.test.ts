import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { blobSha } from "../../../src/files/blob-sha.ts";
import { commitPaths } from "../../../src/git/commit-paths.ts";
import { openRepository, type Repository } from "../../../src/git/repository.ts";
import { type Files, type Git, gitRepo, writeFiles } from "../../helpers/git-repo.ts";

const BOARD: Files = {
  "board/planned/a.md": "# A\n",
  "board/planned/b.md": "# B\n",
  "board/doing/.gitkeep": "",
  "src/index.js": "1;\n",
};

async function board(files: Files = BOARD): Promise<{ root: string; git: Git; repo: Repository }> {
  const made = await gitRepo(files);
  const repo = await openRepository(made.root);
  onTestFinished(() => repo.close());
  return { ...made, repo };
}

function move(root: string, from: string, to: string): void {
  mkdirSync(join(root, to, ".."), { recursive: true });
  renameSync(join(root, from), join(root, to));
}

const commit = (repo: Repository, paths: string[], ref = "refs/heads/main") =>
  commitPaths(repo, { ref, changes: paths.map((path) => ({ path })), message: "Move a", patienceMs: 5000 });

describe("committing paths", () => {
  it("commits a move, leaves a clean status and git's own view of the tree", async () => {
    const { root, git, repo } = await board();
    move(root, "board/planned/a.md", "board/doing/a.md");

    const made = await commit(repo, ["board/planned/a.md", "board/doing/a.md"]);

    expect(made?.blobs.get("board/doing/a.md")).toBe(blobSha(Buffer.from("# A\n")));
    expect(made?.blobs.get("board/planned/a.md")).toBeNull();
    expect(await git("rev-parse", "HEAD")).toBe(made?.sha);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("log", "-1", "--format=%an <%ae>%n%B")).toBe("Test <test@example.invalid>\nMove a\n");
    expect(await git("fsck", "--strict")).toBe("");
    expect(await git("write-tree")).toBe(await git("rev-parse", "HEAD^{tree}"));
  });

  it("answers null when nothing differs", async () => {
    const { repo, git } = await board();
    const before = await git("rev-parse", "HEAD");

    expect(await commit(repo, ["board/planned/a.md", "no/such/file"])).toBeNull();
    expect(await git("rev-parse", "HEAD")).toBe(before);
  });

  it("removes the folder with its last file", async () => {
    const { root, git, repo } = await board();
    rmSync(join(root, "board/doing/.gitkeep"));
    rmSync(join(root, "board/planned"), { recursive: true });

    await commit(repo, ["board/doing/.gitkeep", "board/planned/a.md", "board/planned/b.md"]);

    expect(await git("ls-tree", "-r", "--name-only", "HEAD")).toBe("src/index.js");
    expect(await git("fsck", "--strict")).toBe("");
  });
});
