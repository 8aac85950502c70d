import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { advanceBase } from "../../../src/git/merge.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { type Files, type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { someToday } from "../../helpers/today.ts";

const FILES: Files = { "a.js": "a\n", "src/app.js": "app\n", "src/deep/part.js": "part\n", "text/z.txt": "z\n" };

type Work = (root: string, git: Git) => unknown;
type SetUp = { root: string; git: Git; repo: Repository; from: string; to: string };

const remove = (root: string, path: string): void => rmSync(join(root, path), { recursive: true });
const link = (root: string, path: string, to: string): void => symlinkSync(to, join(root, path));

const KINDS: readonly (readonly [string, Work])[] = [
  [
    "a file becomes a folder",
    (root) => {
      remove(root, "a.js");
      writeFiles(root, { "a.js/one.js": "1\n", "a.js/deep/two.js": "2\n" });
    },
  ],
  [
    "a folder becomes a file",
    (root) => {
      remove(root, "src");
      writeFiles(root, { src: "src\n" });
    },
  ],
  [
    "a folder becomes a link",
    (root) => {
      remove(root, "src");
      link(root, "src", "text");
    },
  ],
  [
    "a link becomes a folder, of names that are behind it",
    (root) => {
      remove(root, "link-to-folder");
      writeFiles(root, { "link-to-folder/z.txt": "mine\n" });
    },
  ],
  [
    "a link to itself becomes a folder",
    (root) => {
      remove(root, "self");
      writeFiles(root, { "self/in.txt": "in\n" });
    },
  ],
  ["a link is new", (root) => link(root, "new", "a.js")],
  [
    "links are new, beside a file of nearly the same name, and with the longest name there can be",
    (root) => {
      for (const name of ["config", "n".repeat(255)]) link(root, name, "a.js");
      writeFiles(root, { "config.link": "c\n" });
    },
  ],
  [
    "a link points elsewhere, and to bytes that are no text",
    (root) => {
      remove(root, "link");
      symlinkSync(Buffer.from([0x61, 0xff]), join(root, "link"));
    },
  ],
  ["a link goes", (root) => remove(root, "link")],
  [
    "a file becomes a link",
    (root) => {
      remove(root, "a.js");
      link(root, "a.js", "src/app.js");
    },
  ],
  [
    "a link becomes a file of the same bytes",
    (root) => {
      remove(root, "link");
      writeFiles(root, { link: "a.js" });
    },
  ],
  ["lines end otherwise on disk", (root) => writeFiles(root, { "text/z.txt": "z\nzz\n", "text/y.txt": "y\n" })],
  [
    "a submodule is new",
    async (root, git) => {
      mkdirSync(join(root, "module"));
      await git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
    },
  ],
  ["a submodule moves", (_, git) => git("update-index", "--cacheinfo", `160000,${"3".repeat(40)},old-module`)],
];

/** The base with all kinds of entries, and a commit upon it; what is checked out is the base. */
async function setUp(work: Work): Promise<SetUp> {
  const made = await openRepo({ ...FILES, ".gitattributes": "/text/*.txt text eol=crlf\n" });
  const { root, git } = made;
  link(root, "link", "a.js");
  link(root, "link-to-folder", "text");
  link(root, "self", "self");
  mkdirSync(join(root, "old-module"));
  await git("add", "--all");
  await git("update-index", "--add", "--cacheinfo", `160000,${"2".repeat(40)},old-module`);
  await git("commit", "--quiet", "--message", "All kinds");
  const from = await git("rev-parse", "HEAD");
  await git("switch", "--quiet", "--detach");
  await work(root, git);
  await git("add", "--all", "--ignore-removal", ".");
  await git("commit", "--quiet", "--all", "--message", "Work");
  const to = await git("rev-parse", "HEAD");
  await git("switch", "--quiet", "main");
  expect(await git("status", "--porcelain")).toBe("");
  return { ...made, from, to };
}

async function expectMoved({ repo, git, from, to }: SetUp): Promise<void> {
  expect(await advanceBase(repo, { ref: "refs/heads/main", from, to })).toEqual({ state: "moved" });
  expect(await git("rev-parse", "HEAD")).toBe(to);
  expect(await git("status", "--porcelain")).toBe("");
}

describe("advancing the base while it is checked out", () => {
  it.each(someToday(KINDS, 2))(
    "moves all of it, also after a kill between the files and the index or the ref, where %s",
    async (_, work) => {
      const made = await setUp(work);
      const { git, from, to } = made;
      await expectMoved(made);

      await git("reset", "--quiet", "--hard", from);
      await git("read-tree", "-m", "-u", from, to);
      await expectMoved(made);

      await git("reset", "--quiet", "--hard", from);
      await git("read-tree", "-m", "-u", from, to);
      await git("read-tree", from);
      await expectMoved(made);
    },
  );
});

describe("what would be lost where a folder becomes a file", () => {
  const toFile: Work = (root) => {
    remove(root, "src");
    writeFiles(root, { src: "src\n" });
  };

  it.each([
    ["an untracked file", { "src/mine.js": "mine\n" }, [], ["src/mine.js"]],
    ["a file in a folder below", { "src/deep/mine.js": "mine\n" }, [], ["src/deep/mine.js"]],
    ["an ignored file", { ".git/info/exclude": "*.log\n", "src/my.log": "mine\n" }, [], ["src/my.log"]],
    ["an ignored folder", { ".git/info/exclude": "out/\n", "src/out/x/y": "mine\n" }, [], ["src/out/"]],
    ["a repository", { "src/mine/.git/HEAD": "mine\n" }, [], ["src/mine/"]],
    ["a file that is changed", { "src/app.js": "mine\n" }, [], ["src/app.js"]],
    ["a file that is staged", { "src/staged.js": "mine\n" }, ["add", "src/staged.js"], ["src/staged.js"]],
  ])("is named and stays: %s", async (_, files, args, named) => {
    const made = await setUp(toFile);
    const { repo, root, git, from, to } = made;
    writeFiles(root, files);
    if (args.length > 0) await git(...args);
    const before = await git("status", "--porcelain", "--ignored");

    expect(await advanceBase(repo, { ref: "refs/heads/main", from, to })).toEqual({ state: "dirty", files: named });

    expect(await git("status", "--porcelain", "--ignored")).toBe(before);
    for (const [path, text] of Object.entries(files)) expect(readFileSync(join(root, path), "utf8")).toBe(text);
  });

  it("is named though it is in the index alone", async () => {
    const { repo, root, git, from, to } = await setUp(toFile);
    writeFiles(root, { "src/staged.js": "mine\n" });
    await git("add", "src/staged.js");
    remove(root, "src/staged.js");

    expect(await advanceBase(repo, { ref: "refs/heads/main", from, to })).toEqual({
      state: "dirty",
      files: ["src/staged.js"],
    });
    expect(await git("show", ":src/staged.js")).toBe("mine");
  });

  it("is nothing where its folders are empty", async () => {
    const made = await setUp(toFile);
    mkdirSync(join(made.root, "src/empty/deep"), { recursive: true });
    await expectMoved(made);
    expect(lstatSync(join(made.root, "src")).isFile()).toBe(true);
  });
});

it("takes a link that somebody put in the place of a folder for no arrival of what lies behind it", async () => {
  const { repo, root, git, from, to } = await setUp((top) => writeFiles(top, { "src/app.js": "new\n" }));
  remove(root, "src");
  writeFiles(root, { "elsewhere/app.js": "new\n", "elsewhere/deep/part.js": "part\n" });
  link(root, "src", "elsewhere");

  expect(await advanceBase(repo, { ref: "refs/heads/main", from, to })).toEqual({
    state: "dirty",
    files: ["src/app.js"],
  });
  expect(await git("rev-parse", "main")).toBe(from);
});
