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

/** Somebody who switches to the base in a worktree of theirs, until they are let go. */
async function switching(branch: string) {
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
  const ended = gitAt(top)("-c", smudge, "switch", "-q", "main");
  const lock = join(root, ".git/worktrees/w/index.lock");
  await expect.poll(() => existsSync(lock)).toBe(true);
  const letGo = async () => {
    writeFileSync(go, "");
    await ended;
  };
  return { ...made, top, inside: gitAt(top), from, lock, letGo };
}

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
  // As if it had begun minutes ago.
  utimesSync(lock, 1_000_000_000, 1_000_000_000);
  expect(await advance(made)).toEqual({ state: "moved" });
  await letGo();
  const next = await further(made);
  expect([await inside("rev-parse", "HEAD"), await inside("status", "--porcelain")]).toEqual([next, ""]);
});

it("who comes to another branch in the end, or gives up, is left alone", async () => {
  const made = await switching("other");
  const { repo, root, inside, top, lock, letGo } = made;
  utimesSync(lock, 1_000_000_000, 1_000_000_000);
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
