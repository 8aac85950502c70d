import { appendFileSync, existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noteAdvance } from "../../../src/git/advance-note.ts";
import { advanceBase } from "../../../src/git/merge.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { settleAdvances } from "../../../src/git/settle-advances.ts";
import { type Files, type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const FILES: Files = { "a.js": "a\n", "b.js": "b\n", "src/app.js": "app\n", "doc/z.txt": "z\n" };
const MAIN = "refs/heads/main";

type SetUp = { root: string; git: Git; repo: Repository; from: string; to: string };

async function setUp(): Promise<SetUp> {
  const made = await openRepo(FILES);
  const { root, git } = made;
  const from = await git("rev-parse", "HEAD");
  await git("switch", "--quiet", "--detach");
  writeFiles(root, {
    "a.js": "new\n",
    "b.js": "new\n",
    "src/app.js": "new\n",
    "doc/z.txt": "new\n",
    "doc/new.txt": "n\n",
  });
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Work");
  const to = await git("rev-parse", "HEAD");
  await git("switch", "--quiet", "main");
  return { ...made, from, to };
}

function advance({ repo, from, to }: SetUp) {
  return advanceBase(repo, { ref: MAIN, from, to });
}

describe.each(["skip-worktree", "assume-unchanged"])("a file that git is told not to look at by %s", (flag) => {
  const hidden = [{ path: "a.js", flag }];

  it("is named with that flag where somebody has changed it, and stays", async () => {
    const made = await setUp();
    await made.git("update-index", `--${flag}`, "a.js");
    appendFileSync(join(made.root, "a.js"), "mine\n");

    expect(await advance(made)).toEqual({ state: "dirty", files: ["a.js"], hidden });

    expect(readFileSync(join(made.root, "a.js"), "utf8")).toBe("a\nmine\n");
    expect(await made.git("rev-parse", "main")).toBe(made.from);
    writeFiles(made.root, { "a.js": "new\n" });
    expect(await advance(made)).toEqual({ state: "moved" });
    expect(await made.git("status", "--porcelain")).toBe("");
  });

  it("is no hindrance where nobody has", async () => {
    const made = await setUp();
    await made.git("update-index", `--${flag}`, "a.js");

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(readFileSync(join(made.root, "a.js"), "utf8")).toBe("new\n");
  });

  it("is no hindrance either where it was written anew with the same text", async () => {
    const made = await setUp();
    await made.git("update-index", `--${flag}`, "a.js");
    utimesSync(join(made.root, "a.js"), 1, 1);

    expect(await advance(made)).toEqual({ state: "moved" });
    expect(readFileSync(join(made.root, "a.js"), "utf8")).toBe("new\n");
    expect(readdirSync(join(made.root, ".git/kanband/advances"))).toEqual([]);
  });
});

describe("a sparse checkout", () => {
  async function sparse(): Promise<SetUp> {
    const made = await setUp();
    await made.git("sparse-checkout", "set", "src");
    expect(existsSync(join(made.root, "doc"))).toBe(false);
    return made;
  }

  async function killed({ git, repo, from, to }: SetUp): Promise<void> {
    noteAdvance(repo, { ref: MAIN, from, to, diffs: null, places: [{ gitDir: repo.gitDir, kept: [] }] });
    await git("read-tree", "-m", "-u", from, to);
  }

  it("moves, and goes on after a kill between the files and the ref", async () => {
    const made = await sparse();
    await killed(made);

    expect(await advance(made)).toEqual({ state: "moved" });

    expect(await made.git("status", "--porcelain")).toBe("");
    expect(await made.git("ls-files", "-t", "doc")).toBe("S doc/new.txt\nS doc/z.txt");
    expect(existsSync(join(made.root, "doc"))).toBe(false);
  });

  it("is brought back after it", async () => {
    const made = await sparse();
    await killed(made);

    expect(await settleAdvances(made.repo)).toMatchObject([{ left: [], busy: [] }]);

    expect(await made.git("status", "--porcelain")).toBe("");
    expect(await made.git("ls-files", "-t", "doc")).toBe("S doc/z.txt");
    expect(existsSync(join(made.root, "doc"))).toBe(false);
  });
});
