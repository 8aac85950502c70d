import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { listFailpoints } from "../../../src/files/failpoint.ts";
import { ensureWorktree } from "../../../src/git/worktrees.ts";
import { type Files, type Git, gitAt, gitRepo, writeFiles } from "../../helpers/git-repo.ts";
import { openFor, openRepo } from "../../helpers/open-repo.ts";
import { itInTurn, someToday } from "../../helpers/today.ts";
import { inRoom } from "./in-room.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const FILES: Files = { "board/planned/a.md": "# A\n", "src/index.js": "1;\n", "src/other.js": "1;\n" };

const MANY: Files = {
  ...FILES,
  ...Object.fromEntries(Array.from({ length: 400 }, (_, it) => [`src/d${it % 20}/f${it}.js`, `${it};\n`])),
};

describe("git itself killed while it makes a worktree", () => {
  it("ensures the worktree all the same, 15 times", async () => {
    const { root, git, repo } = await openRepo(MANY);
    const startSha = await git("rev-parse", "HEAD");
    let killed = 0;
    for (let count = 0; count < 15; count++) {
      const path = join(root, `.kanband/w${count % 3}-${count}`);
      const branch = `kanband/t${count}`;
      const args = ["worktree", "add", "-q", "-b", branch, path, startSha];
      // With its whole group: it has a child that writes the files.
      const child = spawn("git", args, { cwd: root, stdio: "ignore", detached: true });
      const ended = once(child, "close");
      await sleep(1 + Math.random() * 30);
      killGroup(child.pid ?? 0);
      const [, signal] = await ended;
      if (signal === "SIGKILL") killed++;

      await ensureWorktree(repo, { path, branch, startSha, exclude: ["board"] });

      const inside = gitAt(path);
      expect(await inside("symbolic-ref", "HEAD")).toBe(`refs/heads/${branch}`);
      expect(await inside("status", "--porcelain")).toBe("");
      expect(existsSync(join(path, "src/d0/f0.js"))).toBe(true);
      expect(existsSync(join(path, "board"))).toBe(false);
    }
    expect(killed).toBeGreaterThan(5);
    expect(await git("worktree", "list", "--porcelain")).not.toMatch(/locked|prunable/);
    expect(await git("worktree", "prune", "--dry-run", "--verbose")).toBe("");
    expect(await git("fsck", "--strict", "--no-dangling")).toBe("");
    expect(locksBelow(join(root, ".git"))).toEqual([]);
  });
});

describe("ourselves killed at a failpoint, and started again", () => {
  async function killedAt(failpoint: string, root: string, files: readonly string[], expression: string) {
    const first = await inRoom({ root, files, expression, failpoints: `${failpoint}=kill` });
    expect(first).toMatchObject({ signal: "SIGKILL" });
    const again = await inRoom({ root, files, expression });
    expect(again).toMatchObject({ signal: null, stderr: "" });
  }

  it.each(pointsOf("git.object.", "git.commit."))("commits the move once: %s", async (failpoint) => {
    const { root, git } = await gitRepo(FILES);
    writeFiles(root, { "board/doing/.gitkeep": "", "src/index.js": "staged\n" });
    await git("add", "src/index.js");
    renameSync(join(root, "board/planned/a.md"), join(root, "board/doing/a.md"));

    await killedAt(
      failpoint,
      root,
      ["commit-paths"],
      `(repo, room) => room.commitPaths(repo, {
        ref: "refs/heads/main", message: "Move", patienceMs: 5000,
        changes: ["board/planned/a.md", "board/doing/a.md", "board/doing/.gitkeep"].map((path) => ({ path })),
      })`,
    );

    expect(await git("log", "--format=%s")).toBe("Move\nSeed the board");
    expect(await git("status", "--porcelain")).toBe("M  src/index.js");
    await expectSound(root, git);
  });

  it.each(["ENOSPC", "EACCES"])(
    "says what could not be written, loses nothing, and goes on after: %s",
    async (code) => {
      const { root, git } = await gitRepo(FILES);
      writeFiles(root, { "board/doing/b.md": "# B\n", "src/index.js": "staged\n" });
      await git("add", "src/index.js");
      const expression = `(repo, room) => room.commitPaths(repo, {
      ref: "refs/heads/main", message: "Add b", patienceMs: 5000, changes: [{ path: "board/doing/b.md" }],
    })`;
      const job = { root, files: ["commit-paths"], expression };

      // The blob; then, since that is there, one of the three trees or the commit.
      for (const nth of [1, 2, 3, 4]) {
        const { stderr } = await inRoom({ ...job, failpoints: `git.object.before-write=${code}@${nth}` });
        expect(stderr).toContain("WRITE_FAILED");
        expect(stderr).toContain(code);
        expect(await git("log", "--format=%s")).toBe("Seed the board");
        await expectSound(root, git);
      }

      expect(await inRoom(job)).toMatchObject({ signal: null, stderr: "" });
      expect(await git("log", "-1", "--format=%s")).toBe("Add b");
      expect(await git("status", "--porcelain")).toBe("M  src/index.js");
      expect(leftovers(root)).toEqual([]);
    },
  );

  it.each(pointsOf("git.worktree."))("makes, frees and takes the worktree again: %s", async (failpoint) => {
    const { root, git } = await gitRepo(FILES);
    const path = join(root, ".kanband/w1");
    const startSha = await git("rev-parse", "HEAD");

    await killedAt(
      failpoint,
      root,
      ["worktrees"],
      `async (repo, room) => {
        const wish = { path: "${path}", startSha: "${startSha}", exclude: ["board"] };
        const [there] = await room.listWorktrees(repo);
        if (there?.branch !== "kanband/b") {
          if (there === undefined || there.branch === "kanband/a") {
            await room.ensureWorktree(repo, { ...wish, branch: "kanband/a" });
            await room.freeWorktree(repo, wish);
            await room.removeWorktree(repo, "${path}");
          }
          await room.ensureWorktree(repo, { ...wish, branch: "kanband/b" });
        }
      }`,
    );

    expect(await gitAt(path)("symbolic-ref", "HEAD")).toBe("refs/heads/kanband/b");
    expect(await gitAt(path)("status", "--porcelain")).toBe("");
    expect((await git("worktree", "list")).split("\n")).toHaveLength(2);
    await expectSound(root, git);
  });

  it.each(pointsOf("git.capture."))("saves the work once: %s", async (failpoint) => {
    const { root, git } = await gitRepo(FILES);
    const path = join(root, ".kanband/w1");
    const startSha = await git("rev-parse", "HEAD");
    const repo = await openFor(root);
    await ensureWorktree(repo, { path, branch: "kanband/a", startSha, exclude: ["board"] });
    writeFiles(path, { "src/index.js": "2;\n", "new.js": "new\n" });

    const expression = `(repo, room) => room.commitWorktree(repo, { path: "${path}", branch: "kanband/a", message: "Save" })`;
    await killedAt(failpoint, root, ["worktrees"], expression);

    expect(await git("log", "--format=%s", "kanband/a")).toBe("Save\nSeed the board");
    expect(await git("show", "kanband/a:new.js", "kanband/a:src/index.js")).toBe("new\n2;");
    expect(await gitAt(path)("status", "--porcelain")).toBe("");
    await expectSound(root, git);
  });

  it.each(pointsOf("git.advance."))("moves the base once, files and all: %s", async (failpoint) => {
    const { root, git } = await gitRepo(FILES);
    await git("switch", "--quiet", "--create", "kanband/a");
    writeFiles(root, { "src/index.js": "2;\n", "new.js": "new\n" });
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "Work");
    const to = await git("rev-parse", "HEAD");
    await git("switch", "--quiet", "main");
    const from = await git("rev-parse", "HEAD");
    writeFiles(root, { "user.js": "mine\n" });
    await git("add", "user.js");

    const advance = JSON.stringify({ ref: "refs/heads/main", from, to });
    await killedAt(failpoint, root, ["merge"], `(repo, room) => room.advanceBase(repo, ${advance})`);

    expect(await git("rev-parse", "main")).toBe(to);
    expect(await git("status", "--porcelain")).toBe("A  user.js");
    await expectSound(root, git);
  });

  it.each(pointsOf("git.restore."))("restores once: %s", async (failpoint) => {
    const { root, git } = await gitRepo(FILES);
    const tip = await git("rev-parse", "HEAD");
    const moved = await git("commit-tree", "-p", "HEAD", "-m", "Moved", await git("rev-parse", "HEAD^{tree}"));
    const before = { refs: { "refs/heads/main": tip }, heads: {}, files: {} };
    await git("update-ref", "refs/heads/main", moved);
    writeFiles(root, { ".git/hooks/post-merge": "evil\n" });

    await killedAt(
      failpoint,
      root,
      ["fingerprint"],
      `async (repo, room) => {
        const before = ${JSON.stringify(before)};
        const now = await room.fingerprint(repo);
        before.files = Object.fromEntries(Object.entries(now.files).filter(([name]) => name !== "hooks/post-merge"));
        const found = room.diffFingerprint(before, now, { allowRefs: ["refs/kanband/"] });
        await room.restore(repo, before, found);
      }`,
    );

    expect(await git("rev-parse", "main")).toBe(tip);
    expect(existsSync(join(root, ".git/hooks/post-merge"))).toBe(false);
    expect(await git("for-each-ref", "--format=%(objectname)", "refs/kanband/preserved/")).toContain(moved);
    await expectSound(root, git);
  });
});

/** Every other one of the points that begin so, the rest the next day. */
function pointsOf(...prefixes: string[]): string[] {
  const all = listFailpoints().filter((it) => prefixes.some((prefix) => it.startsWith(prefix)));
  return someToday(all, 4, 3);
}

async function expectSound(root: string, git: Git): Promise<void> {
  // A git that we had started finishes without us.
  for (let count = 0; count < 100 && locksBelow(join(root, ".git")).length > 0; count++) await sleep(20);
  expect(locksBelow(join(root, ".git"))).toEqual([]);
  expect(await git("fsck", "--strict", "--no-dangling")).toBe("");
}

function leftovers(root: string): string[] {
  const names = readdirSync(join(root, ".git/objects"), { recursive: true, encoding: "utf8" });
  return names.filter((it) => it.includes("tmp_obj_"));
}

function locksBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((it) => it.endsWith(".lock") || it === "locked");
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It was done before.
  }
}
