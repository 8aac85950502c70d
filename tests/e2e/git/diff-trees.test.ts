import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { parseRawDiff } from "../../../src/git/branches.ts";
import { diffTrees } from "../../../src/git/diff-trees.ts";
import { fc } from "../../helpers/fast-check.ts";
import { gitAt } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const RAW = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"];

// Names that sort otherwise as files than as folders, and become the other.
const paths = fc.constantFrom("a", "a.b", "a-b", "a/a", "a/b.c", "a/b/c", "ab", "b/é", "b/x y", "b/c/d/e", "z");
const [ONE, OTHER] = ["1".repeat(40), "2".repeat(40)];
const kinds = fc.constantFrom(`100644 ${ONE}`, `100644 ${OTHER}`, `100755 ${ONE}`, `120000 ${ONE}`, `160000 ${ONE}`);
const trees = fc.array(fc.dictionary(paths, kinds, { maxKeys: 9 }), { minLength: 5, maxLength: 5 });

it("says of two trees what git says, in the same order", async () => {
  const { repo, root, git } = await openRepo({ "first.txt": "1\n" });
  await fc.assert(
    fc.asyncProperty(trees, async (drawn) => {
      const made: string[] = [];
      for (const it of drawn) made.push(await writeTree(root, it));
      for (const [index, a] of made.entries()) {
        for (const b of made.slice(index + 1)) {
          expect(await diffTrees(repo, a, b)).toEqual(parseRawDiff(await git(...RAW, a, b)));
        }
      }
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

it("leaves to git what is much, or named in no UTF-8, or not there", async () => {
  const { repo, root, git } = await openRepo({ "first.txt": "1\n" });
  for (let at = 0; at < 120; at++) {
    mkdirSync(join(root, `many/${at}`), { recursive: true });
    writeFileSync(join(root, `many/${at}/a.txt`), "a\n");
  }
  await git("add", "--all");
  const much = await git("write-tree");
  writeFileSync(Buffer.from(`${root}/caf\xe9.txt`, "latin1"), "latin\n");
  rmSync(join(root, "many"), { recursive: true });
  await git("add", "--all");
  const odd = await git("write-tree");

  expect(await diffTrees(repo, "HEAD", much)).toBeNull();
  expect(await diffTrees(repo, "HEAD", odd)).toBeNull();
  expect(await diffTrees(repo, "HEAD", "refs/heads/nowhere")).toBeNull();
  expect(await diffTrees(repo, "HEAD", "refs/heads/main")).toEqual([]);
});

/** A tree with these files; of a file and a folder of one name the later one is left out. */
async function writeTree(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  const taken: string[] = [];
  const lines: string[] = [];
  for (const [path, kind] of Object.entries(files)) {
    if (taken.some((it) => it.startsWith(`${path}/`) || path.startsWith(`${it}/`))) continue;
    taken.push(path);
    lines.push(`${kind}\t${path}\0`);
  }
  const git = gitAt(root);
  await git("read-tree", "--empty");
  await execa("git", ["update-index", "-z", "--index-info"], { cwd: root, input: lines.join("") });
  return await git("write-tree", "--missing-ok");
}
