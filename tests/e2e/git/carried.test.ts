import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { diffFiles } from "../../../src/git/branches.ts";
import { catchUp, follow } from "../../../src/git/catch-up.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { advance, MAIN, makeBaseWork } from "./base-work.ts";

type Change = (root: string, git: (...args: string[]) => void) => void;

// What somebody had changed when they switched to the base, whose tip they had read before it moved.
const CARRIED: readonly (readonly [what: string, change: Change, status: string])[] = [
  ["an edit", (root) => writeFiles(root, { "a.txt": "mine\n" }), " M a.txt"],
  [
    "a staged edit",
    (root, git) => {
      writeFiles(root, { "a.txt": "mine\n" });
      git("add", "a.txt");
    },
    " M a.txt",
  ],
  ["a staged removal", (_, git) => git("rm", "-q", "a.txt"), " D a.txt"],
  ["a file where a new one comes", (root) => writeFiles(root, { "new.txt": "notes\n" }), " M new.txt"],
  ["an edit of what is removed", (root) => writeFiles(root, { "b.txt": "mine\n" }), "?? b.txt"],
  ["the same edit", (root) => writeFiles(root, { "a.txt": "new\n" }), ""],
];

it.each(CARRIED)("%s stays on disk, and the next commit takes nothing of the move back", async (_, change, status) => {
  const { root, git, repo, from, to } = await makeBaseWork();
  change(root, (...args) => void execFileSync("git", args, { cwd: root }));
  await git("update-ref", MAIN, to);
  const before = ["a.txt", "new.txt", "b.txt"].map((it) => read(root, it));
  const place = { ...repo, branch: "main" };

  expect(await follow(repo, place, { note: { ref: MAIN, from, to }, diffs: await diffFiles(repo, from, to) })).toBe(
    true,
  );

  expect(await git("status", "--porcelain")).toBe(status);
  const path = status.slice(3);
  const index = ["a.txt", "new.txt", "b.txt"].indexOf(path);
  if (index >= 0) expect(read(root, path)).toBe(before[index]);
  writeFiles(root, { "user.txt": "more\n" });
  await git("add", "user.txt");
  await git("commit", "-q", "-m", "Mine");
  expect(await git("diff", "--name-only", to, "main")).toBe("user.txt");
});

it("what is staged and then changed again stays staged: it is nowhere else", async () => {
  const { root, git, repo, from, to } = await makeBaseWork();
  writeFiles(root, { "a.txt": "staged\n" });
  await git("add", "a.txt");
  writeFiles(root, { "a.txt": "mine\n" });
  await git("update-ref", MAIN, to);
  const place = { ...repo, branch: "main" };
  expect(await follow(repo, place, { note: { ref: MAIN, from, to }, diffs: await diffFiles(repo, from, to) })).toBe(
    true,
  );
  expect(await git("status", "--porcelain")).toBe("MM a.txt");
  expect(await git("show", ":a.txt")).toBe("staged");
});

it("who has come with the new files, and stages an old one, is left alone", async () => {
  const { root, git, repo, from, to } = await makeBaseWork();
  await git("switch", "-q", "--detach", to);
  await git("update-ref", MAIN, to);
  await git("switch", "-q", "main");
  await git("checkout", "-q", from, "--", "a.txt", "b.txt");
  const place = { ...repo, branch: "main" };
  expect(await follow(repo, place, { note: { ref: MAIN, from, to }, diffs: await diffFiles(repo, from, to) })).toBe(
    true,
  );
  expect(await git("status", "--porcelain")).toBe("M  a.txt\nA  b.txt");
  expect(read(root, "new.txt")).toBe("new\n");
});

it("what somebody brings to another branch on purpose, right after the base has moved, stays there", async () => {
  const made = await makeBaseWork();
  const { git, repo, from, to } = made;
  await git("branch", "topic");
  expect(await advance(made)).toEqual({ state: "moved" });
  const movedMs = Date.now();
  await sleep(400);
  await git("switch", "-q", "topic");
  await git("merge", "-q", "--squash", "main");
  const note = { ref: MAIN, from, to, places: [{ gitDir: repo.gitDir, kept: [] }], diffs: null };
  await catchUp(repo, note, { patienceMs: 1000, waited: new Set(), movedMs });
  expect(await git("diff", "--cached", "--stat", to)).toBe("");
});

function read(root: string, path: string): string | null {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return null;
  }
}
