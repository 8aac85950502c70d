import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addExclude } from "../../../src/git/exclude.ts";
import { lastEntered, logTask } from "../../../src/git/history.ts";
import { createOrphanWorktree } from "../../../src/git/orphan-worktree.ts";
import { preserve } from "../../../src/git/preserve.ts";
import { fromRefPart, toRefPart } from "../../../src/git/ref-name.ts";
import { gitAt, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

describe("the own-branch layout", () => {
  const BOARD = { branch: "kanban", files: { "board/planned/.gitkeep": "", "personas/x.md": "X\n" }, message: "Start" };

  it("makes an orphan branch and its worktree, once", async () => {
    const { root, git, repo } = await openRepo({ "a.js": "1\n" });
    const path = join(root, "kanban");
    addExclude(repo, "/kanban/");

    await createOrphanWorktree(repo, { ...BOARD, path });
    await createOrphanWorktree(repo, { ...BOARD, path, files: {} });

    expect(await git("rev-list", "--count", "refs/heads/kanban")).toBe("1");
    expect(await git("merge-base", "main", "refs/heads/kanban").catch(() => "none")).toBe("none");
    expect(readFileSync(join(path, "personas/x.md"), "utf8")).toBe("X\n");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await gitAt(path)("status", "--porcelain")).toBe("");
  });

  it("comes back when its folder is gone, and refuses one that is not its own", async () => {
    const { root, repo } = await openRepo({ "a.js": "1\n" });
    const path = join(root, "kanban");
    await createOrphanWorktree(repo, { ...BOARD, path });
    rmSync(path, { recursive: true });

    await createOrphanWorktree(repo, { ...BOARD, path });
    expect(await gitAt(path)("status", "--porcelain")).toBe("");

    mkdirSync(join(root, "other"));
    const refused = createOrphanWorktree(repo, { ...BOARD, branch: "second", path: join(root, "other") });
    await expect(refused).rejects.toMatchObject({ code: "FILE_EXISTS" });
  });

  it("excludes without doubling, and keeps what is there", async () => {
    const { root, repo } = await openRepo({});
    writeFiles(root, { ".git/info/exclude": "# mine\n*.log" });

    addExclude(repo, "/.kanband/");
    addExclude(repo, "/.kanband/");

    expect(readFileSync(join(root, ".git/info/exclude"), "utf8")).toBe("# mine\n*.log\n/.kanband/\n");
    rmSync(join(root, ".git/info"), { recursive: true });
    addExclude(repo, "/x/");
    expect(existsSync(join(root, ".git/info/exclude"))).toBe(true);
  });
});

describe("history", () => {
  it("tells when each path came to where it is", async () => {
    const { root, git, repo } = await openRepo({});
    const at = async (seconds: number, path: string | null, gone: string | null) => {
      if (path !== null) writeFiles(root, { [path]: "x\n" });
      if (gone !== null) rmSync(join(root, gone));
      const date = `${seconds} +0000`;
      await git("add", "--all");
      const env = ["-c", "user.name=T", "-c", "user.email=t@t"];
      const tree = await git("write-tree");
      const sha = await gitAt(root)(...env, "commit-tree", "-p", "HEAD", "-m", "x", tree);
      const body = (await git("cat-file", "commit", sha)).replace(/^(author|committer)(.*>).*$/gm, `$1$2 ${date}`);
      writeFiles(root, { ".git/body": `${body}\n` });
      await git("update-ref", "HEAD", await git("hash-object", "-t", "commit", "-w", ".git/body"));
    };
    await at(1000, "board/planned/a.md", null);
    await at(2000, "board/planned/ü b.md", null);
    await at(3000, "board/doing/a.md", "board/planned/a.md");
    await at(4000, "board/planned/a.md", "board/doing/a.md");

    const paths = ["board/planned/a.md", "board/planned/ü b.md", "board/planned/nope.md"];
    expect(await lastEntered(repo, { ref: "refs/heads/main", paths })).toEqual(
      new Map([
        ["board/planned/a.md", 4_000_000],
        ["board/planned/ü b.md", 2_000_000],
      ]),
    );
    expect(await lastEntered(repo, { ref: "refs/heads/main", paths: [] })).toEqual(new Map());
  });

  it("lists the commits of a task by their trailers", async () => {
    const { git, repo } = await openRepo({});
    const say = (text: string) => git("commit", "--quiet", "--allow-empty", "--message", text);
    await say("Assign a\n\nTask: a\nLane: planned..doing\nSlot: A");
    await say("Assign ab\n\nTask: ab");
    await say("Talk about\n\nTask: a in the text only\n\nmore text");
    await say("Move two\n\nTask: ab\nTask: a");

    const entries = await logTask(repo, { refs: ["refs/heads/main"], task: "a" });

    expect(entries.map((it) => it.subject)).toEqual(["Move two", "Assign a"]);
    expect(entries[1]?.trailers).toEqual([
      ["Task", "a"],
      ["Lane", "planned..doing"],
      ["Slot", "A"],
    ]);
    expect(await logTask(repo, { refs: ["refs/heads/main"], task: "--output=x" })).toEqual([]);
  });
});

describe("names in refs", () => {
  it.each([
    "a",
    "a b",
    "ü",
    ".hidden",
    "-x",
    "a..b",
    "x.lock",
    "@",
    "a@{b",
    "a/b",
    "~^:?*[\\",
    "100%",
    "end.",
    "NUL\u0001",
  ])("takes any id: %j", async (id) => {
    const { git, repo } = await openRepo({});

    const ref = await preserve(repo, { id, sha: await git("rev-parse", "HEAD") });

    expect(ref).toBe(`refs/kanband/preserved/${toRefPart(id)}/1`);
    expect(await git("check-ref-format", ref)).toBe("");
    expect(fromRefPart(toRefPart(id))).toBe(id);
  });

  it("counts on, and keeps one ref for one commit", async () => {
    const { git, repo } = await openRepo({});
    const sha = await git("rev-parse", "HEAD");
    const other = await git("commit-tree", "-m", "Other", await git("rev-parse", "HEAD^{tree}"));

    const refs = [];
    for (const it of [sha, other, sha]) refs.push(await preserve(repo, { id: "a", sha: it }));

    expect(refs.map((it) => it.slice(-1))).toEqual(["1", "2", "1"]);
  });
});
