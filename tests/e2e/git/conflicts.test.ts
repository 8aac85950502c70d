import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { readHunks } from "../../../src/git/conflict-hunks.ts";
import { mergeTrees } from "../../../src/git/merge.ts";
import type { Repository } from "../../../src/git/repository.ts";
import type { Git } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

const TEN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((it) => `line ${it}\n`).join("");
const [ONE, TWO, THREE] = ["1", "2", "3"].map((it) => it.repeat(40));

/** Merges what two scripts made of the same start. */
async function mergeOf(start: string, ours: string, theirs: string) {
  const { root, git, repo } = await openRepo({ "ten.txt": TEN, "twenty.txt": TEN + TEN });
  const step = async (script: string) => {
    await execa("sh", ["-euc", script], { cwd: root });
    await git("commit", "--quiet", "--allow-empty", "--message", "Step");
  };
  await step(`${start}\ngit add --all`);
  await git("branch", "side");
  await step(`${ours}\ngit add --all`);
  await git("switch", "--quiet", "--force", "side");
  await step(`${theirs}\ngit add --all`);
  return { git, repo, merged: await conflictOf(repo, git) };
}

async function conflictOf(repo: Repository, git: Git) {
  const merged = await mergeTrees(repo, await git("rev-parse", "main"), await git("rev-parse", "side"));
  if (!("conflicts" in merged)) throw new Error("a conflict was expected");
  return merged;
}

const link = (sha = "") => `mkdir -p sub; git update-index --add --cacheinfo 160000,${sha},sub`;

describe("what git says of a conflict", () => {
  it.each([
    ["content", "ten.txt", ":", "sed -i s/5/five/ ten.txt", "sed -i s/5/FIVE/ ten.txt"],
    ["add/add", "new", ":", "echo a > new", "echo b > new"],
    ["rename/rename", "ten.txt", ":", "git mv ten.txt a", "git mv ten.txt b"],
    ["rename/delete", "a", ":", "git mv ten.txt a", "git rm -q ten.txt"],
    ["delete/modify", "ten.txt", ":", "git rm -q ten.txt", "echo more >> ten.txt"],
    ["mode", "new", ":", "echo a > new; chmod +x new", "echo a > new"],
    ["mode", "ten.txt", ":", "ln -sf twenty.txt ten.txt", "echo more >> ten.txt"],
    ["link", "it", "ln -s ten.txt it", "ln -sf a it", "ln -sf b it"],
    ["binary", "bin", "printf 'a\\0b' > bin", "printf 'a\\0c' > bin", "printf 'a\\0d' > bin"],
    ["submodule", "sub", link(ONE), link(TWO), link(THREE)],
    ["file/directory", "new", ":", "echo a > new", "mkdir new; echo b > new/x"],
  ])("is one entry of kind %s, at %s", async (kind, path, ...scripts) => {
    const [start, ours, theirs] = scripts;

    const { merged } = await mergeOf(start, ours, theirs);

    expect(merged.conflicts.map((it) => [it.path, it.kind])).toEqual([[path, kind]]);
    expect(merged.text).toMatch(/CONFLICT|Cannot merge|Failed to merge/);
  });

  it("names what each side has, under the names it has there", async () => {
    const { merged } = await mergeOf(":", "git mv ten.txt a", "git mv ten.txt b");
    expect(merged.conflicts).toMatchObject([{ base: { path: "ten.txt" }, ours: { path: "a" }, theirs: { path: "b" } }]);
  });

  it("numbers the lines as each side has them", async () => {
    const { repo, merged } = await mergeOf(
      ":",
      "sed -i -e '5s/.*/five/' -e '6s/.*/six/' -e '12s/.*/ours/' -e '18d' twenty.txt",
      "sed -i -e '1s/^/new\\n/' -e '6s/.*/SIX/' -e '12d' -e '18s/.*/theirs/' twenty.txt",
    );
    const [conflict] = merged.conflicts;
    if (conflict === undefined) throw new Error("a conflict was expected");

    const hunks = await readHunks(repo, merged, conflict);

    expect(hunks).toEqual([
      { ours: { first: 5, lines: ["five", "six"] }, theirs: { first: 6, lines: ["line 5", "SIX"] } },
      { ours: { first: 12, lines: ["ours"] }, theirs: { first: 12, lines: [] } },
      { ours: { first: 17, lines: [] }, theirs: { first: 18, lines: ["theirs"] } },
    ]);
  });
});
