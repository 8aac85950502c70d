import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readStash } from "../../../src/git/stash-mark.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const FILES = { "code.txt": "0\n", "board/a.md": "# A\n", "board/b.md": "# B\n", "board/old.md": "# Old\n" };
const PATHS = ["code.txt", "board/a.md", "board/b.md", "board/new.md", "board/untracked.md"];
const HOUR_MS = 3_600_000;
/** The folder of logs of a repository younger than that tells of its first commit. */
const GROWN_MS = 150;

describe("what a stash has taken away", () => {
  it("is what its commit says, also when it came and went between two looks", async () => {
    const { root, git, repo } = await openRepo(FILES);
    await sleep(GROWN_MS);
    const taken = async (): Promise<string[]> => {
      const stash = await readStash(repo, ["board"], Date.now());
      return PATHS.filter((it) => stash.mayHaveTaken(it));
    };
    expect(await taken()).toEqual([]);

    rmSync(join(root, "board/b.md"));
    writeFiles(root, { "code.txt": "1\n" });
    await git("stash", "push", "--quiet", "--", "code.txt");
    expect(await taken()).toEqual([]);
    await git("stash", "pop", "--quiet");
    expect(await taken()).toEqual([]);
    await git("checkout", "--quiet", "--", ".");

    rmSync(join(root, "board/a.md"));
    await git("stash", "--quiet");
    await git("stash", "pop", "--quiet");
    expect(await taken()).toEqual(["board/a.md"]);
    const later = await readStash(repo, ["board"], Date.now() + HOUR_MS);
    expect([later.isRecent, later.mayHaveTaken("board/a.md")]).toEqual([false, false]);
    // Put back, and gone once more: that was no stash.
    (await readStash(repo, ["board"], Date.now())).putBack("board/a.md");
    expect(await taken()).toEqual([]);
  });

  it("new files, staged or not, go when it is made; one that was made long ago tells with its pop", async () => {
    const { root, git, repo } = await openRepo(FILES);
    await sleep(GROWN_MS);
    rmSync(join(root, "board/a.md"));
    writeFiles(root, { "board/new.md": "# New\n", "board/untracked.md": "# Untracked\n" });
    await git("add", "board/new.md");
    await git("stash", "push", "--quiet", "--include-untracked");
    const made = await readStash(repo, ["board"], Date.now());
    expect(PATHS.filter((it) => made.mayHaveTaken(it))).toEqual(["board/new.md", "board/untracked.md"]);

    const aged = await readStash(repo, ["board"], Date.now() + HOUR_MS);
    expect(aged.isRecent).toBe(false);
    await git("stash", "pop", "--quiet");
    const popped = await readStash(repo, ["board"], Date.now());
    expect(PATHS.filter((it) => popped.mayHaveTaken(it))).toEqual(["board/a.md"]);
  });
});
