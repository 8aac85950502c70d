import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { listFailpoints } from "../../../src/files/failpoint.ts";
import { advanceBase } from "../../../src/git/merge.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { settleAdvances } from "../../../src/git/settle-advances.ts";
import { type Files, type Git, gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { itInTurn, someToday } from "../../helpers/today.ts";
import { inRoom } from "./in-room.ts";

// A third of them each day.
const it = itInTurn(1, 3);

const FILES: Files = {
  "a.js": "a\n",
  "b.js": "b\n",
  gone: "gone\n",
  "src/app.js": "app\n",
  "user.js": "u\n",
  x: "x\n",
};
const MAIN = "refs/heads/main";
const LARGE = "0123456789\n".repeat(100_000);

// After every one of what a move does in a checkout.
const STEPS = [
  ...["after-aside", "after-lock", "after-plan", "before-index", "after-index"].map((it) => `git.advance.${it}`),
  ...[1, 2, 3, 6].flatMap((nth) => [`git.advance.after-old=kill@${nth}`, `git.advance.after-new=kill@${nth}`]),
];

type SetUp = { root: string; git: Git; repo: Repository; from: string; to: string; other: string };

/** The base, a commit upon it with changes of all kinds, and another one. */
async function setUp(large = ""): Promise<SetUp> {
  const made = await openRepo(FILES);
  const { root, git } = made;
  const from = await git("rev-parse", "HEAD");
  const commit = async (): Promise<string> => {
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "Work");
    return await git("rev-parse", "HEAD");
  };
  await git("switch", "--quiet", "--detach");
  writeFiles(root, { "b.js": "other\n", "other.js": "other\n" });
  const other = await commit();
  await git("checkout", "--quiet", from);
  for (const path of ["b.js", "gone", "src"]) rmSync(join(root, path), { recursive: true });
  writeFiles(root, { "a.js": `new\n${large}`, "b.js/c.js": "c\n", src: "src\n", "new/d.js": "d\n" });
  symlinkSync("a.js", join(root, "link"));
  chmodSync(join(root, "x"), 0o755);
  const to = await commit();
  await git("switch", "--quiet", "main");
  // What is staged elsewhere stays staged all along.
  writeFiles(root, { "user.js": "mine\n" });
  await git("add", "user.js");
  return { ...made, from, to, other };
}

/** Moves the base in a process of its own that dies or fails at a failpoint. */
async function cutShort({ root, from, to }: SetUp, failpoints: string, limit?: string) {
  const expression = `(repo, room) => room.advanceBase(repo, ${JSON.stringify({ ref: MAIN, from, to })})`;
  return await inRoom({ root, files: ["merge"], expression, failpoints, ...(limit === undefined ? {} : { limit }) });
}

const killed = (made: SetUp, point = "git.advance.after-files") => {
  return cutShort(made, point.includes("=") ? point : `${point}=kill`);
};

async function expectUntouched({ root, git, from }: SetUp): Promise<void> {
  expect(await git("status", "--porcelain")).toBe("M  user.js");
  expect(await git("rev-parse", "main")).toBe(from);
  expect(notesIn(root)).toEqual([]);
}

// Files of more than 64 blocks cannot be written. Node would not pass the signal on as ignored.
const SMALL_DISK = "trap '' XFSZ\nulimit -f 64";

/** Has git do something first. */
function gitWith(first: string): string {
  const dir = tempFolder();
  const real = (process.env["PATH"] ?? "").split(":").find((it) => existsSync(join(it, "git"))) ?? "";
  writeFileSync(join(dir, "git"), `#!/bin/sh\n${first}\nexec '${join(real, "git")}' "$@"\n`);
  chmodSync(join(dir, "git"), 0o755);
  return `PATH='${dir}':$PATH; export PATH`;
}

/** The same where it moves files in their places. */
function gitInPlaceWith(first: string): string {
  return gitWith(`case "$GIT_INDEX_FILE $*" in\n" "*read-tree*) ${first} ;;\nesac`);
}

function notesIn(root: string): string[] {
  const folder = join(root, ".git/kanband/advances");
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe("a move of the base that is killed between the files and the ref", () => {
  it("is taken back where nobody makes it again, whatever kind of change it was", async () => {
    const made = await setUp();
    await killed(made);
    expect(await made.git("status", "--porcelain")).toContain("A  new/d.js");

    expect(await settleAdvances(made.repo)).toMatchObject([{ left: [], busy: [] }]);

    await expectUntouched(made);
    expect(await settleAdvances(made.repo)).toEqual([]);
  });

  it.each(listFailpoints().filter((it) => it.startsWith("git.takeback.")))(
    "is taken back by the one after who is killed at %s",
    async (point) => {
      const made = await setUp();
      await killed(made);
      const files = ["settle-advances"];
      const expression = "(repo, room) => room.settleAdvances(repo)";
      const again = await inRoom({ root: made.root, files, expression, failpoints: `${point}=kill` });
      expect(again).toMatchObject({ signal: "SIGKILL" });

      await settleAdvances(made.repo);

      await expectUntouched(made);
    },
  );

  it.each(someToday(STEPS, 6, 3))(
    "is put back from half-way, by two of whom the first is killed, too: %s",
    async (point) => {
      const made = await setUp();
      expect(await killed(made, point)).toMatchObject({ signal: "SIGKILL" });
      const expression = "(repo, room) => room.settleAdvances(repo)";
      const failpoints = "git.putback.after-new=kill@6,git.putback.after-old=kill@3";
      await inRoom({ root: made.root, files: ["settle-advances"], expression, failpoints });

      await settleAdvances(made.repo);

      await expectUntouched(made);
      expect(existsSync(join(made.root, ".git/index.lock"))).toBe(false);
      expect(await made.git("fsck", "--no-dangling")).toBe("");
    },
  );

  it("leaves what somebody makes while it is half-way, though it is the very same", async () => {
    const made = await setUp();
    await killed(made, "git.advance.after-old=kill@1");
    writeFiles(made.root, { "new/d.js": "d\n" });

    await settleAdvances(made.repo);

    expect(await made.git("status", "--porcelain")).toBe("M  user.js\n?? new/");
  });

  it("goes on where it is made again with the same files, and makes way for another one", async () => {
    const made = await setUp();
    const { repo, git, root, from, to, other } = made;
    await killed(made);
    const twin = await git("commit-tree", "-p", from, "-m", "The same later", `${to}^{tree}`);

    expect(await advanceBase(repo, { ref: MAIN, from, to: twin })).toEqual({ state: "moved" });
    expect([await git("status", "--porcelain"), notesIn(root)]).toEqual(["M  user.js", []]);

    await git("update-ref", MAIN, from);
    await git("read-tree", "-m", "-u", twin, from);
    await killed(made);
    expect(await advanceBase(repo, { ref: MAIN, from, to: other })).toEqual({ state: "moved" });
    expect([await git("status", "--porcelain"), notesIn(root)]).toEqual(["M  user.js", []]);
    expect(await git("rev-parse", "main")).toBe(other);
  });

  it("leaves what somebody has changed since then, or has put in the way, says so, and leaves nothing staged", async () => {
    const made = await setUp();
    await killed(made);
    writeFiles(made.root, { "a.js": "typed\n", "b.js/mine.js": "mine\n", gone: "mine\n", "new/d.js": "typed\n" });

    const settled = await settleAdvances(made.repo);

    expect(settled.flatMap(({ left }) => left).sort()).toEqual(["a.js", "b.js", "b.js/c.js", "gone", "new/d.js"]);
    expect(readFileSync(join(made.root, "a.js"), "utf8")).toBe("typed\n");
    expect(readFileSync(join(made.root, "b.js/mine.js"), "utf8")).toBe("mine\n");
    expect((await made.git("status", "--porcelain")).split("\n").sort()).toEqual([
      " D b.js",
      " M a.js",
      " M gone",
      "?? new/",
      "M  user.js",
    ]);
    expect(notesIn(made.root)).toEqual([]);
  });

  it("is taken back where it has to wait for somebody, and from whatever they have checked out by then", async () => {
    const made = await setUp();
    const { git, repo, from, to, root } = made;
    await killed(made);
    writeFiles(root, { gone: "mine\n" });
    expect(await advanceBase(repo, { ref: MAIN, from, to })).toEqual({ state: "dirty", files: ["gone"] });
    expect((await git("status", "--porcelain")).split("\n").sort()).toEqual([" M gone", "M  user.js"]);

    await git("checkout", "HEAD", "--", "gone");
    await killed(made);
    await git("switch", "--quiet", "--create", "theirs");
    await settleAdvances(repo);
    await expectUntouched(made);
  });

  it("leaves a change that somebody had made before it, though it is the very same", async () => {
    const made = await setUp();
    writeFiles(made.root, { "a.js": "new\n" });
    await killed(made);

    await settleAdvances(made.repo);

    expect(readFileSync(join(made.root, "a.js"), "utf8")).toBe("new\n");
    expect(await made.git("status", "--porcelain")).toBe(" M a.js\nM  user.js");
  });

  it.each(["git.advance.after-note", "git.advance.after-ref", "git.advance.after-remove"])(
    "leaves no note behind, killed at %s",
    async (point) => {
      const made = await setUp();
      await killed(made, point);
      await settleAdvances(made.repo);
      expect([await made.git("status", "--porcelain"), notesIn(made.root)]).toEqual(["M  user.js", []]);
    },
  );
});

describe("a move of the base that fails between the files and the ref", () => {
  it("is taken back at once", async () => {
    const made = await setUp();
    expect(await cutShort(made, "git.advance.after-files=ENOSPC")).toMatchObject({ code: 1 });
    await expectUntouched(made);
  });

  it("is taken back with half a file, as on a full disk", async () => {
    const made = await setUp(LARGE);
    const { code, stderr } = await cutShort(made, "", gitWith(SMALL_DISK));
    expect([code, stderr]).toEqual([1, expect.stringContaining("read-tree")]);
    await expectUntouched(made);
  });

  it.each(["before-index", "after-index"])(
    "is taken back in both checkouts when the second fails %s",
    async (point) => {
      const made = await setUp();
      const second = join(tempFolder(), "second");
      await made.git("worktree", "add", "--quiet", "--force", second, "main");
      expect(await cutShort(made, `git.advance.${point}=ENOSPC@2`)).toMatchObject({ code: 1 });

      await expectUntouched(made);
      expect(await gitAt(second)("status", "--porcelain")).toBe("");
    },
  );

  it("is taken back where git stopped half-way in their places, as on a full mount", async () => {
    const made = await setUp();
    const { root, git, from } = made;
    await git("switch", "--quiet", "--detach");
    writeFiles(root, { "a.js": "new\n", "aa/new.js": "new\n", gone: LARGE, "z.js": LARGE });
    await git("add", "a.js", "aa", "gone", "z.js");
    await git("commit", "--quiet", "--message", "Work", "--", "a.js", "aa", "gone", "z.js");
    const to = await git("rev-parse", "HEAD");
    await git("switch", "--quiet", "main");
    const points = "git.advance.after-old=EXDEV@1";
    const { code, stderr } = await cutShort({ ...made, from, to }, points, gitInPlaceWith(SMALL_DISK));
    expect([code, stderr]).toEqual([1, expect.stringContaining("unable to write file 'z.js'")]);
    await expectUntouched(made);
  });

  it("leaves unstaged what was so where git finds something in its way in the last moment", async () => {
    const made = await setUp();
    rmSync(join(made.root, "b.js"));
    writeFiles(made.root, { "b.js/c.js": "c\n", "new/d.js": "d\n" });
    const point = "git.advance.after-old=EXDEV@1";
    const edit = gitInPlaceWith(`echo mine > '${join(made.root, "gone")}'`);
    await cutShort(made, point, edit);
    expect(await made.git("rev-parse", "main")).toBe(made.from);
    const status = (await made.git("status", "--porcelain")).split("\n").sort();
    expect(status).toEqual([" D b.js", " M gone", "?? new/", "M  user.js"]);

    await made.git("checkout", "HEAD", "--", "gone");
    expect(await cutShort(made, point)).toMatchObject({ code: 0 });
    expect([await made.git("status", "--porcelain"), await made.git("rev-parse", "main")]).toEqual([
      "M  user.js",
      made.to,
    ]);
  });
});
