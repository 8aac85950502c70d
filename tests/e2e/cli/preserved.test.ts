import { describe, expect, it } from "vitest";
import { writeFiles } from "../../helpers/git-repo.ts";
import { runCli, runCliJson } from "../../helpers/run-cli.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

type List = { preserved: { name: string; subject: string; sha: string; files: { path: string; status: string }[] }[] };

describe("kanband preserved", () => {
  it("lists what was kept with its files, and shows one", async () => {
    const { root } = await keptBoard();

    const { stdout } = await runCli(root, ["preserved"]);
    const { preserved } = await runCliJson<List>(root, ["preserved", "list", "a"]);
    const shown = await runCli(root, ["preserved", "show", "a/1"]);

    expect(stdout).toMatch(/^a\/1 +[0-9a-f]{7} +.* ago +2 files {2}Second half\na\/2 .*\nz\/1 /);
    expect(preserved.map(({ name, files }) => [name, files.map(({ path }) => path)])).toEqual([
      ["a/1", ["code.txt", "new.txt"]],
      ["a/2", ["other.txt"]],
    ]);
    expect(shown.stdout).toMatch(
      /M {2}code\.txt\n {2}A {2}new\.txt\n {2}git log -p refs\/heads\/main\.\.refs\/kanband/,
    );
    expect((await runCli(root, ["preserved", "show", "a"])).stderr).toContain("It has a/1, a/2.");
  });

  it("makes a branch of it, and moves none that is there", async () => {
    const { root, git } = await keptBoard();
    const sha = await git("rev-parse", "refs/kanband/preserved/a/1");

    await runCliJson(root, ["preserved", "restore", "a/1"]);
    const again = await runCli(root, ["preserved", "restore", "a/1"]);
    const taken = await runCli(root, ["preserved", "restore", "a/2"]);
    const own = await runCli(root, ["preserved", "restore", "a/2", "--branch", "rescue"]);

    expect(await git("rev-parse", "kanband/a")).toBe(sha);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("holds a/1 already") });
    expect(taken).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("git merge refs/kanband/preserved/a/2"),
    });
    expect(own.exitCode).toBe(0);
    expect(await git("rev-parse", "rescue")).toBe(await git("rev-parse", "refs/kanband/preserved/a/2"));
    expect(await git("rev-parse", "kanband/a")).toBe(sha);
  });

  it("makes no branch that would be merged unseen, that is nobody's, or that is no name", async () => {
    const { root, git } = await keptBoard();
    await git("mv", "board/backlog/a.md", "board/done/a.md");
    const before = await git("for-each-ref");

    const answers = await Promise.all([
      runCli(root, ["preserved", "restore", "a/1"]),
      runCli(root, ["preserved", "restore", "z"]),
      runCli(root, ["preserved", "restore", "a/1", "--branch", "kanband/b"]),
      runCli(root, ["preserved", "restore", "a/1", "--branch=-f"]),
      runCli(root, ["preserved", "restore", "a/1", "--branch", "x y"]),
      ...["HEAD", "@", "main/x", "KANBAND/x", "kanband", "a\u0001b", await git("rev-parse", "main")].map(
        async (it) => await runCli(root, ["preserved", "restore", "a/1", "--branch", it]),
      ),
      runCli(root, ["preserved", "restore"]),
      runCli(root, ["preserved", "show", "b"]),
    ]);

    expect(answers.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 14 }, () => 2));
    expect(await git("for-each-ref")).toBe(before);
  });

  it("drops nothing that is nowhere else, but when told to, and says how to get it back", async () => {
    const { root, git } = await keptBoard();

    const refused = await runCli(root, ["preserved", "drop", "a/1"]);
    await runCli(root, ["preserved", "restore", "a/1"]);
    const held = await runCli(root, ["preserved", "drop", "a/1"]);
    await runCli(root, ["preserved", "restore", "a/2", "--branch", "kept/deep"]);
    const byOther = await runCli(root, ["preserved", "drop", "a/2"]);
    await git("update-ref", "refs/kanband/preserved/a/2", "kept/deep");
    await git("branch", "-q", "-D", "kept/deep");
    const sure = await runCli(root, ["preserved", "drop", "a/2", "z", "--yes"]);

    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("loses its work") });
    expect([held.exitCode, byOther.exitCode]).toEqual([0, 0]);
    expect(await git("for-each-ref", "refs/kanband/preserved")).toBe("");
    const [back] = /git (update-ref \S+ \S+)/.exec(sure.stdout)?.slice(1) ?? [];
    await git(...(back ?? "").split(" "));
    expect(await git("for-each-ref", "--format=%(refname)", "refs/kanband/preserved")).toBe(
      "refs/kanband/preserved/a/2",
    );
  });
});

/** Two works of a task that is there, one of a task that is not. */
async function keptBoard() {
  const { root, git } = await boardRepo({ "board/backlog/a.md": shellTask("true") });
  const keep = async (ref: string, files: Record<string, string>, ...subjects: string[]) => {
    await git("checkout", "-q", "--detach", "main");
    writeFiles(root, files);
    await git("add", "--all");
    for (const subject of subjects) await git("commit", "-q", "--allow-empty", "-m", subject);
    await git("update-ref", ref, "HEAD");
    await git("checkout", "-q", "main");
  };
  await keep("refs/kanband/preserved/a/1", { "code.txt": "two\n", "new.txt": "new\n" }, "First half", "Second half");
  await keep("refs/kanband/preserved/a/2", { "other.txt": "new\n" }, "Another try");
  await keep("refs/kanband/preserved/z/1", { "z.txt": "new\n" }, "Of a task that is gone");
  return { root, git };
}
