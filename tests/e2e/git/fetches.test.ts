import { chmodSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { isFetching } from "../../../src/git/fetches.ts";
import { recoverLateWrites } from "../../../src/git/late-writes.ts";
import { settleAdvances } from "../../../src/git/settle-advances.ts";
import { tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { advance, type BaseWork, MAIN, makeBaseWork } from "./base-work.ts";
import { inRoom } from "./in-room.ts";

/** A `git pull` of somebody else's commit that stands in its fetch until it is let go; resolves with how it went. */
async function pullSlowly({ root, git }: BaseWork): Promise<{ go: () => void; pulled: Promise<string> }> {
  const folder = tempFolder();
  const [remote, slow, go] = [join(folder, "remote"), join(folder, "slow.sh"), join(folder, "go")];
  await git("clone", "--quiet", "--bare", root, remote);
  const tree = await git("rev-parse", "HEAD^{tree}");
  await git(
    "push",
    "--quiet",
    remote,
    `${await git("commit-tree", tree, "-p", "HEAD", "-m", "Theirs")}:refs/heads/main`,
  );
  writeFileSync(slow, `#!/bin/sh\nuntil [ -e '${go}' ]; do sleep 0.05; done\nexec git-upload-pack "$@"\n`);
  chmodSync(slow, 0o755);
  await git("remote", "add", "origin", remote);
  await git("config", "remote.origin.uploadpack", slow);
  const pulled = git("pull", "--no-rebase", "--quiet", "origin", "main").then(() => "pulled", String);
  const fetched = join(root, ".git/FETCH_HEAD");
  await expect.poll(() => existsSync(fetched) && readFileSync(fetched, "utf8"), { timeout: 30_000 }).toBe("");
  return { go: () => writeFileSync(go, ""), pulled };
}

it("a pull that is fetching where the base is checked out goes before it", async () => {
  const made = await makeBaseWork();
  const { go, pulled } = await pullSlowly(made);
  const moving = advance(made);
  await sleep(500);
  // Meanwhile worktrees are made.
  await made.repo.worktreeMutex(async () => undefined);
  go();
  expect(await pulled).toBe("pulled");
  expect(await moving).toEqual({ state: "moved-meanwhile" });
  expect(await made.git("log", "-1", "--format=%s", "main")).toBe("Theirs");
});

it("so does one whose fetch begins while the new files are written, and worktrees are made meanwhile", async () => {
  const made = await makeBaseWork();
  const hold = join(tempFolder(), "hold");
  // In that process somebody wants a worktree from then on.
  const moving = inRoom({
    root: made.root,
    files: ["merge"],
    failpoints: `git.advance.after-aside=hold:${hold}`,
    expression: `async (repo, { advanceBase }) => {
      const { existsSync, writeFileSync } = await import("node:fs");
      const moved = advanceBase(repo, ${JSON.stringify({ ref: MAIN, from: made.from, to: made.to })});
      while (!existsSync("${hold}.at")) await new Promise((resolve) => setTimeout(resolve, 5));
      await repo.worktreeMutex(async () => writeFileSync("${hold}.made", ""));
      await moved;
    }`,
  });
  await expect.poll(() => existsSync(`${hold}.at`), { timeout: 60_000 }).toBe(true);
  const { go, pulled } = await pullSlowly(made);
  writeFileSync(`${hold}.go`, "");
  await expect.poll(() => existsSync(`${hold}.made`), { timeout: 10_000 }).toBe(true);
  go();
  expect(await pulled).toBe("pulled");
  expect(await moving).toMatchObject({ code: 0 });
  expect(await made.git("log", "-1", "--format=%s", "main")).toBe("Theirs");
});

it("the sweep does not wait for files that are written aside", async () => {
  const { repo } = await makeBaseWork();
  await repo.worktreeMutex(async () => {
    const swept = settleAdvances(repo).then(async (it) => [it, await recoverLateWrites(repo)]);
    expect(await Promise.race([swept, sleep(5000)])).toEqual([[], []]);
  });
});

it.each([
  ["after one of the whole", 0, true],
  ["long after that", 600, false],
])("one in a submodule counts, %s", async (_, sinceS, isWaitedFor) => {
  const { root, repo } = await makeBaseWork();
  const inner = ".git/modules/libs/one/modules/two";
  writeFiles(root, { [`${inner}/HEAD`]: "", ".git/modules/libs/one/HEAD": "", ".git/FETCH_HEAD": "some\n" });
  const now = Date.now();
  utimesSync(join(root, ".git/FETCH_HEAD"), now / 1000 - sinceS, now / 1000 - sinceS);
  expect(isFetching(repo, now)).toBe(false);
  writeFiles(root, { [`${inner}/FETCH_HEAD`]: "" });
  expect(isFetching(repo, now + 1000)).toBe(isWaitedFor);
  expect(isFetching(repo, now + 16_000)).toBe(false);
});

it("one that failed is waited for no longer than a fetch takes, and one elsewhere not at all", async () => {
  const made = await makeBaseWork();
  await made.git("worktree", "add", "-q", "-b", "topic", join(tempFolder(), "w"));
  writeFiles(made.root, { ".git/FETCH_HEAD": "", ".git/worktrees/w/FETCH_HEAD": "" });
  const before = Date.now() / 1000 - 13;
  utimesSync(join(made.root, ".git/FETCH_HEAD"), before, before);
  expect(await advance(made)).toEqual({ state: "moved" });
  const took = Date.now() / 1000 - before;
  expect(took).toBeGreaterThan(15);
  expect(took).toBeLessThan(25);
});

it.each([
  ["a switch elsewhere", ".git/worktrees/w/index.lock"],
  ["a fetch", ".git/FETCH_HEAD"],
])("%s is waited for on a disk whose clock is ahead of ours, too", async (_, path) => {
  const made = await makeBaseWork();
  const { root, git, from, to } = made;
  await git("worktree", "add", "-q", "-b", "topic", join(tempFolder(), "w"));
  writeFiles(root, { [path]: "" });
  const begun = join(tempFolder(), "begun");
  const moving = inRoom({
    root,
    files: ["merge"],
    expression: `async (repo, { advanceBase }) => {
      const { writeFileSync } = await import("node:fs");
      const { now } = Date;
      Date.now = () => now() - 30_000;
      writeFileSync("${begun}", "");
      await advanceBase(repo, ${JSON.stringify({ ref: MAIN, from, to })});
    }`,
  });
  await expect.poll(() => existsSync(begun), { timeout: 60_000 }).toBe(true);
  await sleep(1000);
  expect(await git("rev-parse", "main")).toBe(from);
  rmSync(join(root, path));
  expect(await moving).toMatchObject({ code: 0 });
  expect(await git("rev-parse", "main")).toBe(to);
});
