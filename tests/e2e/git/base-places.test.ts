import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished } from "vitest";
import { advanceBase } from "../../../src/git/merge.ts";
import { type Settled, settleAdvances } from "../../../src/git/settle-advances.ts";
import { type Git, gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openFor } from "../../helpers/open-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { advance, advanceWith, MAIN, makeBaseWork } from "./base-work.ts";

// A third of them each day.
const it = itInTurn(2, 3);

/** The checkout is where its branch is, and has nothing else. */
async function expectFollowed(git: Git, to: string): Promise<void> {
  expect([await git("rev-parse", "HEAD"), await git("status", "--porcelain")]).toEqual([to, ""]);
}

describe("a checkout of the base", () => {
  it.each(["master", "main"])("is known by either name of a branch that has two, as %s", async (name) => {
    const made = await makeBaseWork();
    await made.git("symbolic-ref", "refs/heads/master", MAIN);
    await made.git("switch", "-q", name);
    const { repo, from, to } = made;
    const ref = name === "main" ? "refs/heads/master" : MAIN;
    expect(await advanceBase(repo, { ref, from, to })).toEqual({ state: "moved" });
    await expectFollowed(made.git, made.to);
    expect(await made.git("symbolic-ref", "refs/heads/master")).toBe(MAIN);
  });

  it("is no folder of a removed worktree that has become another repository", async () => {
    const made = await makeBaseWork();
    await made.git("switch", "-q", "--detach");
    const top = join(tempFolder(), "w");
    await made.git("worktree", "add", "-q", top, "main");
    rmSync(top, { recursive: true });
    await made.git("clone", "-q", "-b", "main", made.root, top);
    expect(await advance(made)).toEqual({ state: "moved" });
    await expectFollowed(gitAt(top), made.from);
  });

  it("is waited for where its disk is away and a person has locked it", async () => {
    const made = await makeBaseWork();
    await made.git("switch", "-q", "--detach");
    const top = join(tempFolder(), "w");
    await made.git("worktree", "add", "-q", "--lock", top, "main");
    renameSync(top, `${top}-away`);
    expect(await advance(made)).toMatchObject({ state: "held", reason: expect.stringContaining(top) });
    renameSync(`${top}-away`, top);
    expect(await advance(made)).toEqual({ state: "moved" });
    await expectFollowed(gitAt(top), made.to);
  });

  it("is not the folder around a bare repository", async () => {
    const made = await makeBaseWork();
    const around = tempFolder();
    await made.git("clone", "-q", "--bare", made.root, join(around, ".git"));
    const top = join(around, "main");
    await gitAt(around)("worktree", "add", "-q", top, "main");
    expect(await advance({ ...made, repo: await openFor(top) })).toEqual({ state: "moved" });
    await expectFollowed(gitAt(top), made.to);
    expect(existsSync(join(around, "new.txt"))).toBe(false);
  });

  it.each([false, true])("may be the main one of a git directory elsewhere; said where: %s", async (isSaid) => {
    const made = await makeBaseWork();
    const elsewhere = join(tempFolder(), "gd");
    await made.git("init", "-q", `--separate-git-dir=${elsewhere}`);
    if (isSaid) await made.git("config", "core.worktree", made.root);
    const top = join(tempFolder(), "w");
    await made.git("worktree", "add", "-q", "--detach", top);
    const expected = isSaid ? { state: "moved" } : { state: "held", reason: expect.stringContaining(elsewhere) };
    expect(await advance({ ...made, repo: await openFor(top) })).toMatchObject(expected);
    await expectFollowed(made.git, isSaid ? made.to : made.from);
  });
});

describe("somebody's git beside a move of the base", () => {
  it("is let through by what waits for it, with the branch free meanwhile", async () => {
    const made = await makeBaseWork();
    writeFiles(made.root, { "user.txt": "mine\n" });
    const editor = `core.editor=sh -c 'sleep 1; echo Mine > "$0"'`;
    const commit = made.git("-c", editor, "commit", "-qa");
    await expect.poll(() => existsSync(join(made.root, ".git/index.lock"))).toBe(true);
    expect(await advance(made)).toEqual({ state: "moved-meanwhile" });
    await commit;
    expect(await made.git("log", "-1", "--format=%s %P", "main")).toBe(`Mine ${made.from}`);
  });

  it("is waited for where it is a switch to the base that has not come to its end", async () => {
    const made = await makeBaseWork();
    await made.git("switch", "-q", "--orphan", "other");
    writeFiles(made.root, { ".git/info/attributes": "user.txt filter=slow\n" });
    const switching = made.git("-c", "filter.slow.smudge=sleep 1; cat", "switch", "-q", "main");
    await expect.poll(() => existsSync(join(made.root, ".git/index.lock"))).toBe(true);
    const advancing = advance(made);
    await sleep(500);
    expect(await made.git("rev-parse", "main")).toBe(made.from);
    expect(await advancing).toEqual({ state: "moved" });
    await switching;
    await expectFollowed(made.git, made.to);
  });

  it.each<[string, string, string[], string[]]>([
    ["a switch to the base", "other", ["switch", "-q", "main"], []],
    ["a hard reset", "main", ["reset", "-q", "--hard"], []],
    ["a stash", "main", ["stash", "-q"], []],
    ["a switch away from it", "main", ["switch", "-q", "other"], ["switch", "-q", "main"]],
  ])("is followed up right after: %s between the files and the ref", async (_, at, meanwhile, after) => {
    const made = await makeBaseWork();
    await made.git("switch", "-q", "--detach");
    await made.git("branch", "other");
    // Of a linked one nobody holds the HEAD.
    const top = join(tempFolder(), "w");
    await made.git("worktree", "add", "-q", top, at);
    const git = gitAt(top);
    writeFiles(top, { "user.txt": "mine\n" });
    const hold = join(tempFolder(), "hold");
    const moving = advanceWith(made, `git.advance.before-ref=hold:${hold}`);
    await expect.poll(() => existsSync(`${hold}.at`), { timeout: 60_000 }).toBe(true);
    // A reset says that it cannot have the branch, and has moved the files by then.
    await git(...meanwhile).catch(() => undefined);
    writeFileSync(`${hold}.go`, "");
    expect(await moving).toMatchObject({ code: 0 });
    await git("checkout", "-q", "HEAD", "--", "user.txt");
    expect(await git("status", "--porcelain")).toBe("");
    if (after.length > 0) await git(...after);
    await expectFollowed(git, made.to);
  });
});

describe("who came to the base while it moved is taken along after a kill, too", () => {
  it.each<[string, string, string[], string]>([
    ["a switch, before anybody followed", "other", ["switch", "-q", "main"], "git.advance.after-ref=kill"],
    ["a hard reset, before anybody followed", "main", ["reset", "-q", "--hard"], "git.advance.after-ref=kill"],
    ["a switch, with its index locked", "other", ["switch", "-q", "main"], "git.advance.after-lock=kill@2"],
    ["a switch, half-way", "other", ["switch", "-q", "main"], "git.advance.after-new=kill@5"],
  ])("%s", async (_, at, meanwhile, kill) => {
    const made = await makeBaseWork();
    const { git, repo, root, to } = made;
    await git("branch", "other");
    // Where the main one is at the base it is moved first.
    const isAlone = kill.includes("after-ref");
    if (isAlone) await git("switch", "-q", "--detach");
    const top = join(tempFolder(), "w");
    await git("worktree", "add", "-q", top, at);
    const hold = join(tempFolder(), "hold");
    const moving = advanceWith(made, `git.advance.before-ref=hold:${hold},${kill}`);
    await expect.poll(() => existsSync(`${hold}.at`), { timeout: 60_000 }).toBe(true);
    await gitAt(top)(...meanwhile, ...(at === "main" ? [] : ["--ignore-other-worktrees"])).catch(() => undefined);
    writeFileSync(`${hold}.go`, "");
    expect(await moving).toMatchObject({ signal: "SIGKILL" });

    expect(await settleAdvances(repo)).toMatchObject([{ failure: null, left: [] }]);

    await expectFollowed(gitAt(top), to);
    if (!isAlone) await expectFollowed(git, to);
    expect(existsSync(join(root, ".git/worktrees/w/index.lock"))).toBe(false);
    expect(await settleAdvances(repo)).toEqual([]);
  });
});

describe("what a person has staged since a move of the base was killed", () => {
  it.each<[string, (git: Git) => Promise<unknown>, Partial<Settled>, string]>([
    ["all, but one announced", unstageBut, { left: ["new.txt"] }, " A new.txt"],
    ["half of a file", stageHalf, { left: ["a.txt"] }, "MM a.txt"],
    ["a conflict elsewhere", makeConflict, { busy: [expect.stringContaining("user.txt")] }, "UU user.txt"],
  ])("stays, and is said: %s", async (_, stage, expected, status) => {
    const made = await makeBaseWork();
    await advanceWith(made, "git.advance.after-files=kill");
    // As git tells them to.
    rmSync(join(made.root, ".git/index.lock"));
    await stage(made.git);
    expect(await settleAdvances(made.repo)).toMatchObject([{ failure: null, ...expected }]);
    const now = (await made.git("status", "--porcelain")).split("\n");
    if (expected.left === undefined) expect(now).toContain(status);
    else expect(now).toEqual([status]);
    await made.git("reset", "-q", "--hard");
    await made.git("clean", "-fdq");
    await settleAdvances(made.repo);
    expect(await advance(made)).toEqual({ state: "moved" });
    await expectFollowed(made.git, made.to);
  });
});

it("a killed move of the base is taken back though its commit has been pruned since", async () => {
  const made = await makeBaseWork();
  await advanceWith(made, "git.advance.after-files=kill");
  await made.git("reflog", "expire", "--expire=now", "--all");
  await made.git("gc", "-q", "--prune=now");
  await expect(made.git("cat-file", "-e", made.to)).rejects.toThrow();
  expect(await settleAdvances(made.repo)).toMatchObject([{ failure: null, left: [], busy: [] }]);
  await expectFollowed(made.git, made.from);
});

it("one place that cannot be taken back does not hold up the others", async () => {
  const made = await makeBaseWork();
  const top = join(tempFolder(), "w");
  await made.git("worktree", "add", "-q", "--force", top, "main");
  await advanceWith(made, "git.advance.after-files=kill");
  const index = join(made.root, ".git/index");
  const good = readFileSync(index);
  writeFileSync(index, "torn");
  expect(await settleAdvances(made.repo)).toMatchObject([{ failure: { code: "GIT_FAILED" } }]);
  await expectFollowed(gitAt(top), made.from);
  writeFileSync(index, good);
  expect(await settleAdvances(made.repo)).toMatchObject([{ failure: null, left: [] }]);
  await expectFollowed(made.git, made.from);
});

async function unstageBut(git: Git): Promise<void> {
  await git("reset", "-q");
  await git("add", "-N", "new.txt");
}

async function stageHalf(git: Git): Promise<void> {
  const half = await git("rev-parse", "HEAD:user.txt");
  await git("update-index", "--cacheinfo", `100644,${half},a.txt`);
}

async function makeConflict(git: Git): Promise<void> {
  const sha = (await git("ls-files", "-s", "user.txt")).split(" ")[1] ?? "";
  const entries = [1, 2, 3].map((stage) => `100644 ${sha} ${stage}\tuser.txt`).join("\n");
  await git("rm", "-q", "--cached", "user.txt");
  await git("-c", `alias.put=!printf '%s\\n' "${entries}" | git update-index --index-info`, "put");
}

describe("what stands in an index beside a move of the base", () => {
  it("is named where it is a conflict in any file", async () => {
    const made = await makeBaseWork();
    await makeConflict(made.git);
    expect(await advance(made)).toEqual({ state: "dirty", files: [expect.stringMatching(/conflict.*: user\.txt\)$/)] });
    expect(await made.git("status", "--porcelain")).toBe("UU user.txt");
  });

  it.each(["new.txt/below", "above"])("is named where its file is gone: %s", async (path) => {
    const made = await makeBaseWork();
    const { git } = made;
    await git("checkout", "-q", "--detach", made.to);
    writeFiles(made.root, { "above/new.txt": "new\n" });
    await git("add", "-A");
    await git("commit", "-qm", "More");
    const to = await git("rev-parse", "HEAD");
    await git("switch", "-q", "main");
    await git("update-index", "--add", "--cacheinfo", `100644,${await git("rev-parse", "HEAD:a.txt")},${path}`);
    expect(await advance({ ...made, to })).toEqual({ state: "dirty", files: [path] });
    expect(await git("status", "--porcelain")).toBe(`AD ${path}`);
  });
});

it.each([
  ["line ends", () => "[core]\n autocrlf = true\n"],
  [
    "attributes",
    (folder: string) => {
      writeFiles(folder, { attributes: "*.txt text eol=crlf\n" });
      return `[core]\n attributesFile = ${join(folder, "attributes")}\n`;
    },
  ],
])("a checkout has the %s that a person has set for all their repositories", async (_, settingsIn) => {
  const folder = tempFolder();
  const settings = join(folder, "config");
  writeFileSync(settings, settingsIn(folder));
  const before = process.env["GIT_CONFIG_GLOBAL"];
  process.env["GIT_CONFIG_GLOBAL"] = settings;
  onTestFinished(() => {
    if (before === undefined) delete process.env["GIT_CONFIG_GLOBAL"];
    else process.env["GIT_CONFIG_GLOBAL"] = before;
  });
  const made = await makeBaseWork();
  for (const path of ["a.txt", "b.txt"]) rmSync(join(made.root, path));
  await made.git("reset", "-q", "--hard");
  // Written anew, as an editor does: only a look into it tells that it is unchanged.
  writeFiles(made.root, { "a.txt": "a\r\n" });
  expect(await advance(made)).toEqual({ state: "moved" });
  await expectFollowed(made.git, made.to);
  expect(readFileSync(join(made.root, "a.txt"), "utf8")).toBe("new\r\n");
});
