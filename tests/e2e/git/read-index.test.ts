import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type IndexFacts, readIndex } from "../../../src/git/read-index.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const FILES = {
  "a.txt": "a\n",
  "board/planned/x.md": "# X\n",
  "src/deep/er/one.js": "1;\n",
  "src/two.js": "2;\n",
  "src.js": "3;\n",
  "ünïcode/näme.txt": "4\n",
  "last.txt": "5\n",
};
const PLAIN: IndexFacts = {
  hidden: [],
  links: [],
  folders: new Set(["board", "src", "ünïcode"]),
  leftOut: new Set(),
  isSettled: true,
};

describe("reading an index", () => {
  it.each(["sha1", "sha256"] as const)("finds in a plain one (%s) nothing but its folders", async (format) => {
    const { root } = await openRepo(FILES, format === "sha256" ? { format } : {});

    expect(readIndex(join(root, ".git/index"), format)).toEqual(PLAIN);
  });

  it("finds what git is told not to look at, links, what is left out, announced and unmerged", async () => {
    const { root, git } = await openRepo(FILES);
    const index = join(root, ".git/index");
    const sha = await git("rev-parse", "HEAD");

    await git("update-index", "--assume-unchanged", "src/two.js", "ünïcode/näme.txt");
    expect(readIndex(index, "sha1")).toEqual({ ...PLAIN, hidden: ["src/two.js", "ünïcode/näme.txt"] });
    await git("update-index", "--no-assume-unchanged", "src/two.js", "ünïcode/näme.txt");

    await git("update-index", "--skip-worktree", "board/planned/x.md", "last.txt");
    expect(readIndex(index, "sha1")).toEqual({ ...PLAIN, leftOut: new Set(["board", "last.txt"]) });
    await git("update-index", "--no-skip-worktree", "board/planned/x.md", "last.txt");

    await git("update-index", "--add", "--cacheinfo", `160000,${sha},src/linked`);
    expect(readIndex(index, "sha1")).toEqual({ ...PLAIN, links: ["src/linked"] });
    await git("update-index", "--force-remove", "src/linked");

    writeFileSync(join(root, "new.txt"), "new\n");
    await git("add", "--intent-to-add", "new.txt");
    expect(readIndex(index, "sha1")).toEqual({ ...PLAIN, isSettled: false });
    await git("rm", "--cached", "--quiet", "new.txt");

    expect(readIndex(index, "sha1")).toEqual(PLAIN);
  });

  it("leaves to git what is torn, empty, missing or of another make", async () => {
    const { root, git } = await openRepo(FILES);
    const index = join(root, ".git/index");
    const whole = readFileSync(index);
    const copy = join(root, "copy");
    const read = (bytes: Buffer): IndexFacts | null => {
      writeFileSync(copy, bytes);
      return readIndex(copy, "sha1");
    };

    expect(read(whole)).toEqual(PLAIN);
    for (let cut = 0; cut < whole.length; cut += 7) expect(read(whole.subarray(0, cut))).toBeNull();
    expect(read(Buffer.concat([whole, whole]))).toBeNull();
    expect(readIndex(join(root, "missing"), "sha1")).toBeNull();
    await git("update-index", "--index-version", "4");
    expect(readIndex(index, "sha1")).toBeNull();
    await git("update-index", "--index-version", "2");
    await git("update-index", "--split-index");
    expect(readIndex(index, "sha1")).toBeNull();
    await git("update-index", "--no-split-index");
    await git("rm", "-r", "--cached", "--quiet", ".");
    expect(readIndex(index, "sha1")).toBeNull();
  });
});
