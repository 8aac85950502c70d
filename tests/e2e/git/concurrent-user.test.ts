import { renameSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { commitPaths } from "../../../src/git/commit-paths.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { type Files, type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

// 200 and more have been run; these few keep the suite quick.
const COUNT = Number(process.env["KANBAND_STRESS_COMMITS"] ?? 40);

const BOARD: Files = {
  "board/doing/.gitkeep": "",
  "src/index.js": "0\n",
  "src/staged.js": "0\n",
  ...Object.fromEntries(Array.from({ length: COUNT }, (_, it) => [`board/planned/t${it}.md`, `# ${it}\n`])),
};

/** Runs a shell loop beside the test, as a person at another terminal would. */
function besides(root: string, script: string): { stop(): Promise<void> } {
  const loop = execa("sh", ["-c", `i=0; while [ ! -e stop ]; do i=$((i+1)); ${script}; done`], {
    cwd: root,
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const stop = async () => {
    writeFiles(root, { stop: "" });
    await loop;
  };
  onTestFinished(stop);
  return { stop };
}

/** Moves one task after the other; a move that the person's git took back is made again, as the loop would. */
async function moveAll(root: string, repo: Repository): Promise<void> {
  for (let count = 0; count < COUNT; count++) {
    const [from, to] = [`board/planned/t${count}.md`, `board/doing/t${count}.md`];
    while (!(await isMoved(repo, from, to))) {
      moveIfThere(join(root, from), join(root, to));
      const changes = [{ path: from }, { path: to }];
      await commitPaths(repo, { ref: "refs/heads/main", changes, message: `Move t${count}`, patienceMs: 20_000 });
    }
  }
}

// The person's git may just be writing the file anew.
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

async function isMoved(repo: Repository, from: string, to: string): Promise<boolean> {
  const tip = await repo.catFile.look(`refs/heads/main:${to}`);
  return tip !== null && (await repo.catFile.look(`refs/heads/main:${from}`)) === null;
}

async function expectAllMoved(git: Git): Promise<void> {
  const listed = await git("ls-tree", "-r", "--name-only", "HEAD", "board");
  const back = listed.split("\n").filter((it) => it.startsWith("board/planned/"));
  expect(back).toEqual([]);
  expect(listed.split("\n").filter((it) => it.endsWith(".md"))).toHaveLength(COUNT);
  expect(await git("fsck", "--strict", "--no-dangling")).toBe("");
}

describe(`${COUNT} commits of ours beside a person`, () => {
  it("loses no move to `git commit -a` in a loop", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    const person = besides(root, "echo $i > src/index.js; git commit -qam user$i; sleep 0.01");

    await moveAll(root, repo);
    await person.stop();

    await expectAllMoved(git);
    const subjects = (await git("log", "--format=%s")).split("\n");
    expect(subjects.filter((it) => it.startsWith("user")).length).toBeGreaterThan(5);
    expect(await git("log", "--format=%s", "--grep=Move", "--", "src")).toBe("");
  });

  it("never commits what the person keeps staged", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    const person = besides(
      root,
      "echo $i > src/staged.js; until git add src/staged.js; do sleep 0.01; done; sleep 0.005",
    );

    await moveAll(root, repo);
    await person.stop();

    await expectAllMoved(git);
    expect(await git("log", "--format=%s", "--", "src/staged.js")).toBe("Seed the board");
    expect(await git("status", "--porcelain", "--untracked-files=no")).toBe("M  src/staged.js");
  });

  it("loses no move to `git stash` and `git stash pop` in a loop", async () => {
    const { root, git, repo } = await openRepo(BOARD);
    const person = besides(root, "echo $i > src/index.js; git stash -q; git stash drop -q; sleep 0.02");

    await moveAll(root, repo);
    await person.stop();
    // `git reset --hard`, which stash ends with, sets the branch back without looking: disk, index and branch then agree
    // on the old state, and the move is decided again.
    await moveAll(root, repo);

    await expectAllMoved(git);
    expect(await git("log", "--format=%s", "--", "src")).toBe("Seed the board");
  });
});
