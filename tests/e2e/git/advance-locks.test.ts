import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { recoverLateWrites } from "../../../src/git/late-writes.ts";
import { advanceBase } from "../../../src/git/merge.ts";
import { settleAdvances } from "../../../src/git/settle-advances.ts";
import { gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { advanceWith, type BaseWork, MAIN, makeBaseWork } from "./base-work.ts";

// A third of them each day.
const it = itInTurn(1, 3);

/** Does something while that process stands at a point. */
async function meanwhile(made: BaseWork, point: string, work: () => Promise<unknown>) {
  const hold = join(tempFolder(), "hold");
  const moving = advanceWith(made, `${point}=hold:${hold}`);
  await expect.poll(() => existsSync(`${hold}.at`), { timeout: 60_000 }).toBe(true);
  await work();
  writeFileSync(`${hold}.go`, "");
  return await moving;
}

/** Locks of git's, and what we have while we hold or make something; not what is watched for late writes. */
function locksOf(root: string): string[] {
  const all = readdirSync(join(root, ".git"), { recursive: true }).map(String);
  const ours = /^kanband\/(?:(?:holds|advances)\/.|moves\/[0-9a-f]+(?:\.|\/new\/))/;
  return all.filter((it) => it.endsWith(".lock") || ours.test(it));
}

it("a person commits, switches and merges while the new files are written", async () => {
  const made = await makeBaseWork();
  const { root, git, from } = made;
  const moved = await meanwhile(made, "git.advance.after-aside", async () => {
    expect(locksOf(root).filter((it) => it.endsWith(".lock"))).toEqual([]);
    await git("switch", "-q", "-c", "other");
    await git("switch", "-q", "main");
    writeFiles(root, { "user.txt": "mine\n" });
    await git("commit", "-qam", "Mine");
  });
  expect(moved).toMatchObject({ code: 0 });
  expect(await git("log", "-1", "--format=%s %P", "main")).toBe(`Mine ${from}`);
  expect([await git("status", "--porcelain"), locksOf(root)]).toEqual(["", []]);
});

it.each<[string, (made: BaseWork) => Promise<unknown>, string, string]>([
  ["a file that is to be moved", async ({ root }) => writeFiles(root, { "a.txt": "mine\n" }), "from", " M a.txt"],
  ["the index", ({ git }) => git("rm", "-q", "--cached", "user.txt"), "to", "D  user.txt\n?? user.txt"],
  ["a change that was there", async ({ root }) => writeFiles(root, { "new.txt": "mine\n" }), "from", "?? new.txt"],
  ["an operation", ({ git }) => git("update-ref", "MERGE_HEAD", "main"), "from", ""],
])("what changes while the new files are written is looked at again: %s", async (_, work, at, status) => {
  const made = await makeBaseWork();
  if (status === "?? new.txt") writeFiles(made.root, { "new.txt": "new\n" });
  const moved = await meanwhile(made, "git.advance.after-aside", () => work(made));
  expect(moved).toMatchObject({ code: 0 });
  const { git } = made;
  expect([await git("rev-parse", "main"), await git("status", "--porcelain")]).toEqual([
    at === "to" ? made.to : made.from,
    status,
  ]);
  expect(locksOf(made.root).filter((it) => it.endsWith(".lock"))).toEqual([]);
});

it("somebody who holds the index is waited for with the branch free, also where they come late", async () => {
  const made = await makeBaseWork();
  const { root, git, from } = made;
  writeFiles(root, { "user.txt": "mine\n" });
  const hold = join(tempFolder(), "hold");
  const moving = advanceWith(made, `git.advance.after-aside=hold:${hold}`);
  await expect.poll(() => existsSync(`${hold}.at`), { timeout: 60_000 }).toBe(true);
  const editor = `core.editor=sh -c 'sleep 1; echo Mine > "$0"'`;
  const commit = git("-c", editor, "commit", "-qa");
  await expect.poll(() => existsSync(join(root, ".git/index.lock"))).toBe(true);
  writeFileSync(`${hold}.go`, "");
  await commit;
  expect(await moving).toMatchObject({ code: 0 });
  expect(await git("log", "-1", "--format=%s %P", "main")).toBe(`Mine ${from}`);
});

it("locks of the branch and of HEAD that all who were killed at once left behind go, and nobody else's", async () => {
  const made = await makeBaseWork();
  const { root, git, repo, from, to } = made;
  await advanceWith(made, "git.advance.before-ref=kill");
  // As the git that held them would have left them; the one of somebody else has another text.
  writeFiles(root, { ".git/HEAD.lock": "", ".git/refs/heads/main.lock": `${to}\n` });
  writeFiles(root, { ".git/refs/heads/other.lock": `${from}\n` });

  expect(await settleAdvances(repo)).toMatchObject([{ failure: null, left: [], busy: [] }]);

  expect(locksOf(root)).toEqual(["refs/heads/other.lock"]);
  expect([await git("status", "--porcelain"), await git("rev-parse", "main")]).toEqual(["", from]);
  writeFiles(root, { ".git/HEAD.lock": "" });
  await expect(advanceBase(repo, { ref: MAIN, from, to })).rejects.toMatchObject({ code: "GIT_LOCKED" });
  rmSync(join(root, ".git/HEAD.lock"));
  expect(await advanceBase(repo, { ref: MAIN, from, to })).toEqual({ state: "moved" });
});

const ALL = ["add", "--all"];
const COMMIT = ["commit", "-qm", "Mine"];
const UNSTAGE = ["rm", "-q", "--cached", "b.txt"];
const MAKE = ["restore", "--source=WORK", "--worktree", "new.txt"];

it.each<[string, string, readonly (readonly string[])[], string]>([
  ["commits what the move has made", "before-index", [ALL, COMMIT], ""],
  ["stages it", "before-index", [ALL], ""],
  ["commits it half done", "after-old=kill@2", [ALL, COMMIT], "?? a.txt"],
  ["commits some of it", "before-index", [[...COMMIT, "--", "a.txt"]], ""],
  ["stages some of it and makes the rest", "after-old=kill@2", [UNSTAGE, MAKE], "?? new.txt"],
  ["does nothing", "before-index", [], ""],
])("who removes the lock that a killed move has left, as git says, and %s", async (_, point, commands, status) => {
  const made = await makeBaseWork();
  const { root, git, repo, from, to } = made;
  await advanceWith(made, `git.advance.${point}${point.includes("=") ? "" : "=kill"}`);
  rmSync(join(root, ".git/index.lock"));
  for (const it of commands) await git(...it.map((word) => word.replace("WORK", to)));
  const head = await git("rev-parse", "HEAD");

  expect(await settleAdvances(repo)).toMatchObject([{ busy: [], failure: null }]);

  expect([await git("status", "--porcelain"), await git("rev-parse", "HEAD")]).toEqual([status, head]);
  if (head === from) expect(readFileSync(join(root, "b.txt"), "utf8")).toBe("b\n");
  expect(locksOf(root).filter((it) => !it.startsWith("kanband/moves/"))).toEqual([]);
});

it("locks of one who is dead on another host, as in a container made anew, go when they are a minute old", async () => {
  const made = await makeBaseWork();
  const { root, git, repo, from, to } = made;
  await advanceWith(made, "git.advance.after-lock=kill");
  writeFiles(root, { ".git/HEAD.lock": "", ".git/refs/heads/main.lock": `${to}\n` });
  const left = locksOf(root);
  for (const it of left.filter((it) => /holds|\.owner$/.test(it))) {
    const note = JSON.parse(readFileSync(join(root, ".git", it), "utf8")) as { owner: object };
    writeFiles(root, { [`.git/${it}`]: JSON.stringify({ ...note, owner: { ...note.owner, host: "elsewhere" } }) });
  }
  await settleAdvances(repo);
  expect(locksOf(root)).toEqual(left);

  const then = Date.now() / 1000 - 61;
  for (const it of left) utimesSync(join(root, ".git", it), then, then);
  expect(await advanceBase(repo, { ref: MAIN, from, to })).toEqual({ state: "moved" });
  expect([await git("status", "--porcelain"), locksOf(root)]).toEqual(["", []]);
});

it("locks go a minute after a power cut, too, of which the notes are left without text", async () => {
  const made = await makeBaseWork();
  const { root, git, repo, from, to } = made;
  await git("worktree", "add", "-q", "-b", "topic", join(tempFolder(), "w"));
  await advanceWith(made, "git.advance.after-plan=kill");
  // The git that held them ends by itself here.
  await expect.poll(() => locksOf(root).filter((it) => /main|HEAD/.test(it)), { timeout: 10_000 }).toEqual([]);
  const held = [".git/HEAD.lock", ".git/refs/heads/main.lock", ".git/worktrees/w/HEAD.lock"];
  writeFiles(root, Object.fromEntries(held.map((it) => [it, it.includes("main") ? `${to}\n` : ""])));
  // What was synced is there, as the plan, and of the rest the names.
  const unsynced = locksOf(root).filter((it) => /holds|\.owner$|\.ours$|index\.lock$/.test(it));
  for (const it of unsynced) truncateSync(join(root, ".git", it));
  const theirs = { ".git/refs/heads/topic.lock": `${from}\n`, ".git/refs/heads/other.lock": "somebody's\n" };
  writeFiles(root, theirs);
  await expect(advanceBase(repo, { ref: MAIN, from, to })).rejects.toMatchObject({ code: "GIT_LOCKED" });

  const then = Date.now() / 1000 - 61;
  for (const it of locksOf(root).filter((it) => !it.includes("topic"))) utimesSync(join(root, ".git", it), then, then);
  expect(await settleAdvances(repo)).toMatchObject([{ failure: null, left: [], busy: [] }]);
  expect(locksOf(root)).toEqual(["refs/heads/other.lock", "refs/heads/topic.lock"]);
  expect([await git("status", "--porcelain"), await git("rev-parse", "main")]).toEqual(["", from]);
  expect(await advanceBase(repo, { ref: MAIN, from, to })).toEqual({ state: "moved" });
});

it("a branch that somebody moves while a killed move of it is about to be settled is looked at again", async () => {
  const made = await makeBaseWork();
  const { git, repo, from } = made;
  await advanceWith(made, "git.advance.after-files=kill");
  const next = await git("commit-tree", "-p", from, "-m", "Mine", `${from}^{tree}`);
  let settling: Promise<unknown> = Promise.resolve();
  await repo.refMutex(async () => {
    settling = settleAdvances(repo);
    await sleep(500);
    await git("update-ref", MAIN, next);
  });
  expect(await settling).toMatchObject([{ failure: null, left: [], busy: [] }]);
  expect([await git("status", "--porcelain"), await git("rev-parse", "main")]).toEqual(["", next]);
});

it("a kill before anything is noted leaves no lock of an index and nothing aside", async () => {
  const made = await makeBaseWork();
  const top = join(tempFolder(), "w");
  await made.git("worktree", "add", "-q", "--force", top, "main");
  await advanceWith(made, "git.advance.after-lock=kill@2");
  expect(locksOf(made.root)).toContain("index.lock");
  await settleAdvances(made.repo);
  expect(locksOf(made.root)).toEqual([]);
  await gitAt(top)("add", "-A");
});

it.each<[string, (top: string) => Promise<unknown>]>([
  ["writes the message of a commit", (top) => gitAt(top)("-c", "core.editor=sleep 4; false", "commit", "-qa")],
  ["stages something again and again", async (top) => await stageFor(top, 4000)],
])("nobody waits for one who %s on another branch in another worktree", async (_, work) => {
  const { git, repo, from, to } = await makeBaseWork();
  const top = join(tempFolder(), "w");
  await git("worktree", "add", "-q", "-b", "topic", top);
  writeFiles(top, { "user.txt": "mine\n" });
  const working = work(top).catch(() => undefined);
  await sleep(300);
  const began = Date.now();
  expect(await advanceBase(repo, { ref: MAIN, from, to })).toEqual({ state: "moved" });
  expect(Date.now() - began).toBeLessThan(3000);
  await working;
});

async function stageFor(top: string, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    writeFiles(top, { "user.txt": `${Date.now()}\n` });
    await gitAt(top)("add", "user.txt");
    await sleep(200);
  }
}

it("of what is about to be the base nobody takes some files back before it is", async () => {
  const made = await makeBaseWork();
  const { root, git, to } = made;
  const top = join(tempFolder(), "w");
  await git("worktree", "add", "-q", "--force", top, "main");
  const moved = await meanwhile(made, "git.advance.before-ref", async () => {
    for (const it of [git, gitAt(top)])
      await expect(it("restore", "--staged", "a.txt")).rejects.toThrow(/index\.lock': File exists/);
  });
  expect(moved).toMatchObject({ code: 0 });
  expect([await git("rev-parse", "main"), locksOf(root)]).toEqual([to, []]);
  for (const it of [git, gitAt(top)]) expect(await it("status", "--porcelain")).toBe("");
});

it.each(["after-files", "after-ref"])("a kill with the index held, %s, is found out, however late", async (point) => {
  const made = await makeBaseWork();
  const { root, git, repo, from, to } = made;
  await advanceWith(made, `git.advance.${point}=kill`);
  expect(locksOf(root)).toContain("index.lock");
  const moves = join(root, ".git/kanband/moves");
  for (const it of readdirSync(moves, { recursive: true }).map(String))
    if (it.endsWith("plan.json")) utimesSync(join(moves, it), 1, 1);
  // What was set aside is looked at alone, as by a daemon that a person's `kanband undo` was killed beside.
  await recoverLateWrites(repo);
  await settleAdvances(repo);
  expect([await git("status", "--porcelain"), locksOf(root)]).toEqual(["", []]);
  expect(await git("rev-parse", "main")).toBe(point === "after-ref" ? to : from);
});

it("what a person takes back by hand right after the base has moved stays so", async () => {
  const made = await makeBaseWork();
  const { root, git, to } = made;
  await git("worktree", "add", "-q", "-b", "topic", join(tempFolder(), "w"));
  const lock = join(root, ".git/worktrees/w/index.lock");
  // Somebody seems to be switching elsewhere, so that it is looked for latecomers again and again.
  const moving = meanwhile(made, "git.advance.before-ref", async () => writeFileSync(lock, ""));
  await expect.poll(() => git("rev-parse", "main"), { timeout: 60_000 }).toBe(to);
  // Under load it may take that long until it is looked for them.
  await sleep(1500);
  await git("restore", "--source=HEAD~1", "--staged", "--worktree", ".");
  await sleep(200);
  rmSync(lock);
  expect(await moving).toMatchObject({ code: 0 });
  expect((await git("status", "--porcelain")).split("\n")).toEqual(["M  a.txt", "A  b.txt", "D  new.txt"]);
});
