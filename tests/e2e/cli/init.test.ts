import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LANES } from "../../../src/board/lane.ts";
import { gitAt, gitRepo, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { runCli, runCliJson } from "../../helpers/run-cli.ts";

type Init = { boardRoot: string; layout: string; branch: string; commitSha: string | null; made: string[] };

const KEPT = LANES.map((lane) => `board/${lane}/.gitkeep`);

describe("kanband init", () => {
  it("makes and commits a board at the top of the repository", async () => {
    const { root, git } = await gitRepo({ "code.js": "1\n" });

    const result = await runCliJson<Init>(root, ["init"]);

    const committed = (await git("ls-tree", "-r", "--name-only", "HEAD")).split("\n");
    expect(committed).toEqual(
      expect.arrayContaining([...KEPT, "board/board.md", "board/README.md", "sessions/.gitkeep"]),
    );
    expect(committed).toEqual(
      expect.arrayContaining([
        "personas/router.md",
        "personas/skills/post-mortem/SKILL.md",
        "personas/workflows/solo.md",
        "code.js",
      ]),
    );
    expect(result).toMatchObject({ boardRoot: root, layout: "inline", branch: "main" });
    expect(result.commitSha).toBe(await git("rev-parse", "HEAD"));
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("symbolic-ref", "refs/kanband/board")).toBe("refs/heads/main");
    expect(readFileSync(join(root, ".git/info/exclude"), "utf8")).toContain("/.kanband/\n");
    expect(await git("log", "-1", "--format=%an <%ae>")).toBe("Test <test@example.invalid>");
  });

  it("leaves a board without a finding", async () => {
    const { root } = await gitRepo({});
    await runCli(root, ["init"]);

    expect(await runCliJson(root, ["check"])).toMatchObject({ isOk: true, findings: [] });
  });

  it("a second time changes nothing", async () => {
    const { root, git } = await gitRepo({});
    await runCli(root, ["init"]);
    const before = await git("rev-parse", "HEAD");
    await git("rm", "-q", "personas/tester.md");
    await git("commit", "-qm", "We have no tester");

    const result = await runCliJson<Init>(root, ["init"]);

    expect(result).toMatchObject({ commitSha: null, made: [] });
    expect(await git("rev-parse", "HEAD~1")).toBe(before);
    expect(await git("status", "--porcelain")).toBe("");
    expect(existsSync(join(root, "personas/tester.md"))).toBe(false);
    expect(readFileSync(join(root, ".git/info/exclude"), "utf8").split("/.kanband/").length).toBe(2);
  });

  it("touches nothing that is staged, changed, untracked or stashed", async () => {
    const { root, git } = await gitRepo({ "a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n" });
    writeFiles(root, { "c.txt": "stashed\n" });
    await git("stash");
    writeFiles(root, { "a.txt": "staged\n", "new.txt": "staged\n" });
    await git("add", "a.txt", "new.txt");
    writeFiles(root, { "a.txt": "staged, then changed\n", "b.txt": "changed\n", "untracked.txt": "x\n" });
    const look = async () => [
      await git("status", "--porcelain"),
      await git("diff", "--cached"),
      await git("diff"),
      await git("stash", "list", "-p"),
    ];
    const before = await look();

    const { exitCode } = await runCli(root, ["init"]);

    expect(exitCode).toBe(0);
    expect(await look()).toEqual(before);
    expect(await git("show", "--name-only", "--format=", "HEAD")).not.toMatch(/\.txt/);
  });

  it("never overwrites a file, and does not commit a person's own for them", async () => {
    const { root, git } = await gitRepo({});
    writeFiles(root, { "personas/engineer.md": "mine\n", "board/board.md": "---\nslots: 7\n---\n" });

    await runCli(root, ["init"]);

    expect(readFileSync(join(root, "personas/engineer.md"), "utf8")).toBe("mine\n");
    expect(readFileSync(join(root, "board/board.md"), "utf8")).toContain("slots: 7");
    expect((await git("status", "--porcelain")).split("\n").sort()).toEqual([
      "?? board/board.md",
      "?? personas/engineer.md",
    ]);
  });

  it("works on a branch without a commit, and names a base that is not main", async () => {
    const root = tempFolder();
    const git = gitAt(root);
    await git("init", "-q", "-b", "trunk");

    const result = await runCliJson<Init>(root, ["init"]);

    expect(result.branch).toBe("trunk");
    expect(await git("rev-list", "--count", "trunk")).toBe("1");
    expect(readFileSync(join(root, "board/board.md"), "utf8")).toMatch(/^base: trunk$/m);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await runCliJson(root, ["check"])).toMatchObject({ findings: [] });
  });

  it("finds the top from a folder below", async () => {
    const { root } = await gitRepo({ "src/deep/a.js": "" });

    const result = await runCliJson<Init>(join(root, "src/deep"), ["init"]);

    expect(result.boardRoot).toBe(root);
  });

  it.each([
    ["a detached HEAD", ["checkout", "-q", "--detach"], 2, "detached"],
    ["a bisect in progress", ["bisect", "start"], 2, "bisect"],
  ])("refuses %s", async (_, command, exitCode, text) => {
    const { root, git } = await gitRepo({ "a.txt": "" });
    await git(...command);

    const result = await runCli(root, ["init"]);

    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(text);
    expect(existsSync(join(root, "board"))).toBe(false);
  });

  it("refuses a folder that is in no repository", async () => {
    const result = await runCli(tempFolder(), ["init"]);

    expect(result.exitCode).toBe(3);
    expect(result.stderr).toContain("NOT_A_REPOSITORY");
    expect(result.stderr).toContain("git init");
  });
});

describe("kanband init --branch", () => {
  it("keeps the board on a branch of its own, out of sight of the code", async () => {
    const { root, git } = await gitRepo({ "code.js": "1\n" });
    const before = await git("rev-parse", "main");

    const result = await runCliJson<Init>(root, ["init", "--branch", "kanban"]);

    const committed = (await git("ls-tree", "-r", "--name-only", "kanban")).split("\n");
    expect(committed).toEqual(expect.arrayContaining([...KEPT, "board/board.md", "personas/engineer.md"]));
    expect(committed).not.toContain("code.js");
    expect(result).toMatchObject({ boardRoot: join(root, "kanban"), layout: "own-branch", branch: "kanban" });
    expect(await git("rev-parse", "main")).toBe(before);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await gitAt(join(root, "kanban"))("status", "--porcelain", "--branch")).toBe("## kanban");
    expect(await git("symbolic-ref", "refs/kanband/board")).toBe("refs/heads/kanban");
    expect((await git("merge-base", "main", "kanban").catch(() => "none")).trim()).toBe("none");
  });

  it("a second time changes nothing, and every command finds it from the top", async () => {
    const { root, git } = await gitRepo({});
    await runCli(root, ["init", "--branch", "kanban"]);
    const before = await git("rev-parse", "kanban");

    const again = await runCliJson<Init>(root, ["init", "--branch", "kanban"]);

    expect(again).toMatchObject({ commitSha: null, made: [] });
    expect(await git("rev-parse", "kanban")).toBe(before);
    expect(await runCliJson(root, ["check"])).toMatchObject({ findings: [] });
  });

  it("takes the branch of a clone", async () => {
    const { root, git } = await gitRepo({ "code.js": "1\n" });
    await runCli(root, ["init", "--branch", "kanban"]);
    const clone = tempFolder();
    await gitAt(clone)("clone", "-q", root, ".");

    const result = await runCliJson<Init>(clone, ["init", "--branch", "kanban"]);

    expect(result).toMatchObject({ commitSha: null, made: [] });
    expect(await gitAt(clone)("rev-parse", "kanban")).toBe(await git("rev-parse", "kanban"));
    expect(existsSync(join(clone, "kanban/board/planned/.gitkeep"))).toBe(true);
  });

  it("removes nothing that is in the way", async () => {
    const { root } = await gitRepo({ "kanban/precious.txt": "keep\n" });

    const result = await runCli(root, ["init", "--branch", "kanban"]);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("in the way");
    expect(readFileSync(join(root, "kanban/precious.txt"), "utf8")).toBe("keep\n");
  });

  it("refuses a second board in the other layout", async () => {
    const inline = await gitRepo({});
    await runCli(inline.root, ["init"]);
    const own = await gitRepo({});
    await runCli(own.root, ["init", "--branch", "kanban"]);

    expect((await runCli(inline.root, ["init", "--branch", "kanban"])).exitCode).toBe(2);
    expect((await runCli(own.root, ["init"])).exitCode).toBe(2);
  });
});
