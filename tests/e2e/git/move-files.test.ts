import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { KanbandError } from "../../../src/errors.ts";
import { findDenied } from "../../../src/git/denied.ts";
import { recoverLateWrites } from "../../../src/git/late-writes.ts";
import { advanceBase } from "../../../src/git/merge.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { openFor } from "../../helpers/open-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { advance, type BaseWork, MAIN, makeBaseWork } from "./base-work.ts";
import { inRoom } from "./in-room.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const LOG = "# Title\n\ntext\n";

/** The base, and a commit that goes on in three files, takes one away and has a new one, with others all around. */
async function setUp(): Promise<BaseWork> {
  const files = { "a.txt": "a\n", "f.txt": "a\nb\nc\n", "gone.txt": "gone\n", "z.txt": "z\n" };
  const changed = { "a.txt": "aa\n", "f.txt": "a\nb\nc\nd\n", "new/n.log": LOG, "z.txt": "zz\n", "gone.txt": null };
  const made = await makeBaseWork(files, changed);
  writeFiles(made.root, { ".git/info/exclude": "*.log\n" });
  return made;
}

const textOf = (root: string, path: string): string => readFileSync(join(root, path), "utf8");

describe("what somebody does between the look at a checkout and the move of its files", () => {
  const saved = (root: string, text: string): void => {
    writeFiles(root, { "f.txt~": text });
    renameSync(join(root, "f.txt~"), join(root, "f.txt"));
  };

  it.each<[string, string, string, (root: string) => void, string | null]>([
    ["shortens a file to what comes", " M f.txt", "f.txt", (root) => writeFiles(root, { "f.txt": "a\n" }), "a\n"],
    ["empties a file", " M f.txt", "f.txt", (root) => writeFiles(root, { "f.txt": "" }), ""],
    ["saves a file as another one", " M f.txt", "f.txt", (root) => saved(root, "mine\n"), "mine\n"],
    ["removes a file", " D f.txt", "f.txt", (root) => rmSync(join(root, "f.txt")), null],
    ["changes one that goes", " M gone.txt", "gone.txt", (root) => writeFiles(root, { "gone.txt": "my\n" }), "my\n"],
    ["begins one that is new", "!! new/", "new/n.log", (root) => writeFiles(root, { "new/n.log": "# Ti" }), "# Ti"],
    ["makes one that is the same", "!! new/", "new/n.log", (root) => writeFiles(root, { "new/n.log": LOG }), LOG],
    ["makes a file of a new folder's name", "?? new", "new", (root) => writeFiles(root, { new: "mine\n" }), "mine\n"],
  ])("stays, and all the rest is as it was: %s", async (_, status, path, edit, text) => {
    const made = await setUp();

    expect(await advance(made, () => edit(made.root))).toMatchObject({ state: "dirty" });

    expect(existsSync(join(made.root, path)) ? textOf(made.root, path) : null).toBe(text);
    expect(await made.git("rev-parse", "main")).toBe(made.from);
    expect(await made.git("status", "--porcelain", "--ignored")).toBe(status);
    expect(readdirSync(join(made.root, ".git/kanband/advances"))).toEqual([]);
    expect(readdirSync(join(made.root, ".git/kanband/moves"))).toEqual([]);
    expect(existsSync(join(made.root, ".git/index.lock"))).toBe(false);
  });

  it("goes into the file that was emptied for it, though it comes after the answer", async () => {
    const made = await setUp();
    let editor = -1;
    expect(await advance(made, () => void (editor = openSync(join(made.root, "f.txt"), "w")))).toEqual({
      state: "dirty",
      files: ["f.txt"],
    });
    writeSync(editor, "long work\n");
    closeSync(editor);
    expect(textOf(made.root, "f.txt")).toBe("long work\n");
  });

  it("stays staged, though the index to come was there already", async () => {
    const { root, git, from, to } = await setUp();
    const hold = join(root, ".git/hold");
    const expression = `(repo, room) => room.advanceBase(repo, ${JSON.stringify({ ref: MAIN, from, to })})`;
    const failpoints = `git.advance.after-aside=hold:${hold}`;
    const moved = inRoom({ root, files: ["merge"], expression, failpoints });
    await expect.poll(() => existsSync(`${hold}.at`), { timeout: 60_000 }).toBe(true);
    writeFiles(root, { "b.txt": "b\n" });
    await git("add", "b.txt");
    writeFileSync(`${hold}.go`, "");

    expect(await moved).toMatchObject({ code: 0 });
    expect([await git("rev-parse", "main"), await git("status", "--porcelain")]).toEqual([to, "A  b.txt"]);
  });
});

describe("a file that cannot be exchanged by name", () => {
  const moved = async ({ root, from, to }: BaseWork, failpoints: string): Promise<unknown> => {
    const move = JSON.stringify({ ref: MAIN, from, to });
    const expression = `async (repo, room) => console.log(JSON.stringify(await room.advanceBase(repo, ${move})))`;
    return JSON.parse((await inRoom({ root, files: ["merge"], expression, failpoints })).stdout);
  };

  it("is left to git where a mount is in between", async () => {
    const made = await setUp();
    expect(await moved(made, "git.advance.after-old=EXDEV@3")).toEqual({ state: "moved" });
    expect(await made.git("status", "--porcelain")).toBe("");
    expect(textOf(made.root, "z.txt")).toBe("zz\n");
  });

  it.each([
    ["we may not write", "git.advance.after-new=EACCES@3", "may not write in the folder"],
    ["a file is mounted by itself", "git.advance.after-old=EBUSY@3", "unmount it"],
  ])("holds the merge where %s, and nothing has changed", async (_, failpoints, reason) => {
    const made = await setUp();
    const held = { state: "held", files: [], reason: expect.stringContaining(reason) };
    expect(await moved(made, failpoints)).toEqual(held);
    expect([await made.git("rev-parse", "main"), await made.git("status", "--porcelain")]).toEqual([made.from, ""]);
  });

  it.each(["EROFS", "EBUSY"])("says which folder it is in, and of which file: %s", (code) => {
    const top = "/nowhere/top";
    const cause = Object.assign(new Error("no"), { code, path: `${top}/src/f`, dest: `${top}/.git/kanband/0` });
    expect(findDenied(new KanbandError("WRITE_FAILED", "no", { cause }), [top])).toEqual({
      folder: `${top}/src`,
      code,
      files: ["src/f"],
    });
  });
});

it("nothing is staged for somebody who made the same change, where the move is withdrawn", async () => {
  const made = await setUp();
  const { root, git, repo, from, to } = made;
  writeFiles(root, { "f.txt": "a\nb\nc\nd\n" });
  const mayMove = (): boolean => false;
  expect(await advanceBase(repo, { ref: MAIN, from, to, mayMove })).toEqual({ state: "withdrawn" });
  expect(await git("status", "--porcelain")).toBe(" M f.txt");
  expect(await advance(made)).toEqual({ state: "moved" });
  expect(await git("status", "--porcelain")).toBe("");
});

it("the same text with other rights is a change of its own", async () => {
  const { root, git, repo, from } = await setUp();
  await git("switch", "--quiet", "--detach");
  writeFiles(root, { "run.sh": "#!/bin/sh\n" });
  await git("add", "run.sh");
  await git("update-index", "--chmod=+x", "run.sh");
  await git("commit", "--quiet", "--message", "Script");
  const to = await git("rev-parse", "HEAD");
  await git("checkout", "--quiet", "--force", "main");
  writeFiles(root, { "run.sh": "#!/bin/sh\n" });
  const move = { ref: MAIN, from, to };
  expect(await advanceBase(repo, move)).toEqual({ state: "dirty", files: ["run.sh"] });
  chmodSync(join(root, "run.sh"), 0o755);
  expect(await advanceBase(repo, move)).toEqual({ state: "moved" });
  expect(await git("status", "--porcelain")).toBe("");
});

it("where links are files with their text, a move that was cut short is taken back and goes on all the same", async () => {
  const { root, git } = await setUp();
  await git("config", "core.symlinks", "false");
  const from = await git("rev-parse", "HEAD");
  const text = await git("hash-object", "-w", "a.txt");
  await git("update-index", "--add", "--cacheinfo", `120000,${text},l`);
  await git("commit", "--quiet", "--message", "Link");
  const to = await git("rev-parse", "HEAD");
  await git("reset", "--quiet", "--hard", from);
  const repo = await openFor(root);
  const move = { ref: MAIN, from, to };
  const fails = (): never => {
    throw new Error("no");
  };
  await expect(advanceBase(repo, { ...move, before: fails })).rejects.toThrow("no");
  expect(await git("status", "--porcelain")).toBe("");
  writeFiles(root, { l: "a\n" });
  expect(await advanceBase(repo, move)).toEqual({ state: "moved" });
  expect(await git("status", "--porcelain")).toBe("");
});

it("what an editor writes into a file that was replaced meanwhile is in its place again, or kept", async () => {
  const made = await setUp();
  const { root, repo } = made;
  const editors = ["a.txt", "z.txt"].map((path) => openSync(join(root, path), "a"));
  expect(await advance(made)).toEqual({ state: "moved" });
  expect(await made.git("status", "--porcelain")).toBe("");
  for (const it of editors) {
    writeSync(it, "late\n");
    closeSync(it);
  }
  appendFileSync(join(root, "z.txt"), "mine\n");
  expect(await recoverLateWrites(repo)).toEqual([]);
  const moves = join(root, ".git/kanband/moves");
  for (const name of readdirSync(moves)) utimesSync(join(moves, name, "plan.json"), 1, 1);

  const late = await recoverLateWrites(repo);

  expect(late).toEqual([
    { path: "a.txt", keptAt: null },
    { path: "z.txt", keptAt: expect.stringContaining("kanband/kept/") },
  ]);
  expect(textOf(root, "a.txt")).toBe("a\nlate\n");
  expect(textOf(root, "z.txt")).toBe("zz\nmine\n");
  expect(readFileSync(late[1]?.keptAt ?? "", "utf8")).toBe("z\nlate\n");
  expect(readdirSync(moves)).toEqual([]);
});

it("the index knows the files by their times, so that git reads none of them again", async () => {
  const made = await setUp();
  expect(await advance(made)).toEqual({ state: "moved" });
  const known = await made.git("ls-files", "--debug");
  for (const path of ["a.txt", "f.txt", "new/n.log", "z.txt"]) {
    const { ctimeNs } = lstatSync(join(made.root, path), { bigint: true });
    expect(known).toContain(`${path}\n  ctime: ${ctimeNs / 1_000_000_000n}:${ctimeNs % 1_000_000_000n}\n`);
  }
  expect(await made.git("fsck", "--no-dangling")).toBe("");
});
