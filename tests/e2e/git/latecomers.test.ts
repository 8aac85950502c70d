import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { followLatecomers } from "../../../src/git/latecomers.ts";
import { advanceBase } from "../../../src/git/merge.ts";
import { settleAdvances } from "../../../src/git/settle-advances.ts";
import { SWITCH_PATIENCE_MS } from "../../../src/git/switches.ts";
import { gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { advance, type BaseWork, MAIN, makeBaseWork } from "./base-work.ts";

// A third of them each day.
const it = itInTurn(0, 3);

/** Somebody who switches to the base in a worktree of theirs once they begin, until they are let go. */
async function readyToSwitch(branch: string) {
  const made = await makeBaseWork();
  const { git, root, from } = made;
  await git("switch", "-q", "--detach");
  const empty = await git("hash-object", "-w", "-t", "tree", "/dev/null");
  await git("branch", branch, await git("commit-tree", "-m", "Empty", empty));
  const top = join(tempFolder(), "w");
  await git("worktree", "add", "-q", top, branch);
  writeFiles(root, { ".git/info/attributes": "user.txt filter=slow\n" });
  const go = join(tempFolder(), "go");
  const smudge = `filter.slow.smudge=while [ -d ${dirname(go)} -a ! -e ${go} ]; do sleep 0.05; done; cat`;
  const lock = join(root, ".git/worktrees/w/index.lock");
  const begin = () => {
    const ended = gitAt(top)("-c", smudge, "switch", "-q", "main");
    return async () => {
      writeFileSync(go, "");
      await ended;
    };
  };
  return { ...made, top, inside: gitAt(top), from, lock, begin };
}

/** The same, already at it. */
async function switching(branch: string) {
  const { begin, ...made } = await readyToSwitch(branch);
  const letGo = begin();
  await expect.poll(() => existsSync(made.lock)).toBe(true);
  return { ...made, letGo };
}

// As if it had begun minutes ago: nobody waits for it.
const age = (lock: string): void => utimesSync(lock, 1_000_000_000, 1_000_000_000);

/** Another move of the base, of the same file. */
async function further({ git, repo, to }: BaseWork): Promise<string> {
  const blob = await git("hash-object", "-w", ".git/HEAD");
  const steps = [`read-tree ${to}`, `update-index --cacheinfo 100644,${blob},a.txt`, "write-tree"];
  const alias = `!export GIT_INDEX_FILE=${join(tempFolder(), "index")}; ${steps.map((it) => `git ${it}`).join(" && ")}`;
  const made = await git("-c", `alias.put=${alias}`, "put");
  const next = await git("commit-tree", "-p", to, "-m", "Next", made);
  expect(await advanceBase(repo, { ref: MAIN, from: to, to: next })).toEqual({ state: "moved" });
  return next;
}

const notesOf = (root: string): string[] =>
  ["advances", "latecomers"].flatMap((it) => {
    const folder = join(root, ".git/kanband", it);
    return existsSync(folder) ? readdirSync(folder) : [];
  });

it("who switches to the base for longer than anybody waits is taken along at the end, over several moves", async () => {
  const made = await switching("other");
  const { repo, root, git, inside, letGo } = made;
  const began = Date.now();
  expect(await advance(made)).toEqual({ state: "moved" });
  const next = await further(made);
  // Both together wait once.
  expect(Date.now() - began).toBeLessThan(SWITCH_PATIENCE_MS + 6000);
  expect(await settleAdvances(repo)).toEqual([]);
  expect(await followLatecomers(repo)).toBe(true);
  await letGo();

  await expect.poll(() => followLatecomers(repo)).toBe(false);

  expect(await inside("rev-parse", "HEAD")).toBe(next);
  expect(await inside("status", "--porcelain")).toBe("");
  expect(await git("diff", "--stat", next, "main")).toBe("");
  expect(notesOf(root)).toEqual([]);
});

it("the next move of the base takes them along first, and does not say that they have changed anything", async () => {
  const made = await switching("other");
  const { inside, lock, letGo } = made;
  age(lock);
  expect(await advance(made)).toEqual({ state: "moved" });
  await letGo();
  const next = await further(made);
  expect([await inside("rev-parse", "HEAD"), await inside("status", "--porcelain")]).toEqual([next, ""]);
});

it("who comes to another branch in the end, or gives up, is left alone", async () => {
  const made = await switching("other");
  const { repo, root, inside, top, lock, letGo } = made;
  age(lock);
  expect(await advance(made)).toEqual({ state: "moved" });
  await letGo();
  await inside("switch", "-q", "--detach", made.from);
  rmSync(join(top, "b.txt"));
  await expect.poll(() => followLatecomers(repo)).toBe(false);
  expect(await inside("status", "--porcelain")).toBe(" D b.txt");
  expect(notesOf(root)).toEqual([]);
});

it("a person's own worktree is waited for, also where it has the branch of a task", async () => {
  const made = await switching("kanband/a");
  const { inside, letGo } = made;
  const advancing = advance(made);
  setTimeout(() => void letGo(), 500);
  expect(await advancing).toEqual({ state: "moved" });
  expect([await inside("rev-parse", "HEAD"), await inside("status", "--porcelain")]).toEqual([made.to, ""]);
});

it("who begins to switch right before the base moves, and is at it for long, is taken along too", async () => {
  const { begin, ...made } = await readyToSwitch("other");
  const { repo, inside, lock, to } = made;
  let letGo = async (): Promise<void> => undefined;
  const meanwhile = (): void => {
    letGo = begin();
    while (!existsSync(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    age(lock);
  };
  expect(await advance(made, meanwhile)).toEqual({ state: "moved" });
  await letGo();
  await expect.poll(() => followLatecomers(repo)).toBe(false);
  expect([await inside("rev-parse", "HEAD"), await inside("status", "--porcelain")]).toEqual([to, ""]);
});

it("they are not forgotten while somebody else has the index there, nor looked after again and again for ever", async () => {
  const made = await switching("other");
  const { repo, root, inside, lock, to, letGo } = made;
  age(lock);
  expect(await advance(made)).toEqual({ state: "moved" });
  await letGo();
  writeFileSync(lock, "");
  expect(await followLatecomers(repo)).toBe(true);
  const [note = ""] = notesOf(root);
  const hoursAgo = Date.now() / 1000 - 2 * 3600;
  utimesSync(join(root, ".git/kanband/latecomers", note), hoursAgo, hoursAgo);
  // It may have been left by a git that was killed.
  expect(await followLatecomers(repo)).toBe(false);
  expect(notesOf(root)).toEqual([note]);
  rmSync(lock);
  expect(await followLatecomers(repo)).toBe(false);
  expect([await inside("rev-parse", "HEAD"), await inside("status", "--porcelain")]).toEqual([to, ""]);
  expect(notesOf(root)).toEqual([]);
});
