import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect } from "vitest";
import { type Git, gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { copyOfBoard, newBoard } from "../../helpers/new-board.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { itInTurn } from "../../helpers/today.ts";
import { boardRepo } from "./board-repo.ts";
import { fakeForge } from "./forge.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

// Each is a dozen commands in a row.
const LONG_MS = 180_000;
const SETTINGS = "---\nagent: shell\ngrace: 1s\nretry: { limit: 0 }\n---\n";
const session = (id: string) => `---
task: ${id}
persona: engineer
agent: shell
attempt: 1
state: done
step: work
started: 2026-11-20T10:00:00Z
finished: 2026-11-20T10:01:00Z
cost_usd: 0.25
---

I made ${id}.txt, @somebody. Fixes #1

## Activity
`;

/** A board whose tasks wait for review, each with a branch that adds a file of its name. */
async function reviewed(layout: "inline" | "own-branch", ids: readonly string[]) {
  const root = join(tempFolder(), "app");
  copyOfBoard(await newBoard(layout), root);
  const git = gitAt(root);
  const boardRoot = layout === "inline" ? root : join(root, "kanban");
  const boardGit = gitAt(boardRoot);
  for (const id of ids) {
    writeFiles(boardRoot, {
      [`board/for_review/${id}.md`]: `---\ntitle: Make ${id} # a remark\n---\n\nMake it.\n`,
      [`sessions/${id}/engineer.md`]: session(id),
    });
    await addCommit(git, id, "main", id);
  }
  writeFiles(boardRoot, { "board/board.md": SETTINGS });
  await boardGit("add", "--all");
  await boardGit("commit", "--quiet", "--message", "Put it up for review");
  const fileOf = (id: string, lane: string): string => readFileSync(join(boardRoot, `board/${lane}/${id}.md`), "utf8");
  return { root, git, boardRoot, boardGit, fileOf };
}

/** A commit upon `from` that adds `<name>.txt`, on the task's branch; nothing is checked out. */
async function addCommit(git: Git, id: string, from: string, name: string): Promise<string> {
  const blob = (
    await execa("git", ["hash-object", "-w", "--stdin"], {
      cwd: await git("rev-parse", "--show-toplevel"),
      input: `${name}\n`,
    })
  ).stdout;
  const entries = (await git("ls-tree", from)).split("\n");
  const all = [...entries, `100644 blob ${blob}\t${name}.txt`].join("\n");
  const top = await git("rev-parse", "--show-toplevel");
  const tree = (await execa("git", ["mktree"], { cwd: top, input: `${all}\n` })).stdout;
  const sha = await git("commit-tree", tree, "-p", from, "-m", `Add ${name}`);
  await git("update-ref", `refs/heads/kanband/${id}`, sha);
  return sha;
}

async function whyOf(root: string, id: string): Promise<string> {
  return (await runCli(root, ["why", id])).stdout;
}

describe("kanband pr", () => {
  it(
    "opens one request a task, pushes what is new, and brings home what the forge merged",
    async () => {
      const { root, git, fileOf } = await reviewed("own-branch", ["a"]);
      const forge = await fakeForge("gh", root, git);
      const pr = async (...args: string[]) => await runCli(root, ["pr", "a", ...args]);
      const before = fileOf("a", "for_review");

      const opened = await pr();
      const more = await addCommit(git, "a", "kanband/a", "more");
      const pushed = await pr();

      const url = "https://github.com/acme/app/pull/1";
      expect(opened).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`opened  ${url}`) });
      expect(pushed.stdout).toContain("Pushed what is new on kanband/a.");
      expect(await forge.git("rev-parse", "kanband/a")).toBe(more);
      expect(forge.requests()).toMatchObject([{ title: "Make a", base: "main", branch: "kanband/a" }]);
      const body = forge.requests()[0]?.body ?? "";
      expect(body).toMatch(/## engineer\n\n```text\nI made a\.txt, @somebody\. Fixes #1\n```/);
      expect(body).toMatch(/## Checks\n\nNobody has checked it\./);
      expect(body).toContain("- `sessions/a/engineer.md`: done, attempt 1, shell, 0.25 USD");
      expect(fileOf("a", "for_review")).toBe(before.replace("---\n\nMake", `pr: ${url}\n---\n\nMake`));

      // Accepted before the forge merged it: left to the forge.
      await runCli(root, ["accept", "a"]);
      await runCli(root, ["up", "--until-idle"]);
      expect(await git("log", "--format=%s", "main")).not.toContain("Make a");
      expect(await whyOf(root, "a")).toContain("its pull request is not merged yet: kanband pr a --sync");
      const merge = await forge.merge("kanband/a", "merge");
      const synced = await pr("--sync");
      expect(synced).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining(`holds it as ${merge.slice(0, 12)}`),
      });
      expect(fileOf("a", "done")).toContain(`pr: ${url} ${merge}\n`);
      expect(await git("rev-parse", "main")).toBe(merge);
      expect(readFileSync(join(root, "more.txt"), "utf8")).toBe("more\n");
      await runCli(root, ["up", "--until-idle"]);
      expect(await git("branch", "--list", "kanband/*")).toBe("");
      expect(forge.requests()).toHaveLength(1);
    },
    LONG_MS,
  );

  it(
    "follows a squash, keeps the tip, and leaves a dirty checkout alone until it is clean",
    async () => {
      const { root, git, fileOf } = await reviewed("own-branch", ["b"]);
      const forge = await fakeForge("gh", root, git);
      const pr = async () => await runCli(root, ["pr", "b"]);
      await pr();
      const tip = await git("rev-parse", "kanband/b");
      const squash = await forge.merge("kanband/b", "squash");
      writeFileSync(join(root, "b.txt"), "mine\n");

      const dirty = await pr();

      expect(dirty).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/BASE_DIRTY[\s\S]*b\.txt/) });
      expect(fileOf("b", "for_review")).not.toContain(squash);
      expect(readFileSync(join(root, "b.txt"), "utf8")).toBe("mine\n");
      rmSync(join(root, "b.txt"));
      expect((await pr()).stdout).toContain("of kanband/b is kept: refs/kanband/preserved/b/1");
      expect(await git("rev-parse", "refs/kanband/preserved/b/1")).toBe(tip);
      await runCli(root, ["up", "--until-idle"]);
      expect(await git("log", "-1", "--first-parent", "--format=%s", "main")).toBe("Land kanband/b by squash");
      expect(await git("branch", "--list", "kanband/*")).toBe("");
      expect(await git("worktree", "list")).not.toContain("[kanband/");
      expect(await git("status", "--porcelain")).toBe("");
      expect((await pr()).stdout).toContain(`was merged as ${squash.slice(0, 12)}`);
    },
    LONG_MS,
  );

  it(
    "says that a request was closed, and the daemon merges once the key is gone",
    async () => {
      const { root, git, boardRoot } = await reviewed("own-branch", ["c"]);
      const forge = await fakeForge("gh", root, git);
      await runCli(root, ["pr", "c"]);
      forge.close("kanband/c");

      const closed = await runCli(root, ["pr", "c", "--sync"]);

      expect(closed.stdout).toContain("It was closed unmerged. Take `pr:` out of the file");
      await runCli(root, ["accept", "c"]);
      await runCli(root, ["up", "--until-idle"]);
      expect(await whyOf(root, "c")).toContain("its pull request was closed unmerged");
      const path = join(boardRoot, "board/done/c.md");
      writeFileSync(path, readFileSync(path, "utf8").replace(/^pr: .*\n/m, ""));
      await runCli(root, ["up", "--until-idle"]);
      expect(await git("log", "-1", "--format=%s", "main")).toBe("Merge c: Make c");
    },
    LONG_MS,
  );

  it(
    "says where the base has gone another way, and goes on when a person has brought the two together",
    async () => {
      const { root, git, fileOf } = await reviewed("inline", ["a"]);
      const forge = await fakeForge("glab", root, git);
      const pr = async (...args: string[]) => await runCli(root, ["pr", "a", ...args]);
      await pr();
      await git("commit", "--quiet", "--all", "--message", "Board");
      const landing = await forge.merge("kanband/a", "squash");
      const main = await git("rev-parse", "main");

      const diverged = await pr("--sync");

      expect(diverged).toMatchObject({
        exitCode: 4,
        stderr: expect.stringMatching(/BASE_DIVERGED[\s\S]*git pull --no-rebase origin main/),
      });
      expect(await git("rev-parse", "main")).toBe(main);
      expect(fileOf("a", "for_review")).toMatch(/^pr: https:\/\/gitlab\.com\/acme\/app\/-\/merge_requests\/1$/m);
      await git("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main");
      expect(await pr("--sync")).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining("the task is in done/"),
      });
      expect(fileOf("a", "done")).toContain(landing);
      // Work that came after it is not in the base, whatever the key says.
      const later = await addCommit(git, "a", "kanband/a", "later");
      await runCli(root, ["up", "--until-idle"]);
      expect(await git("rev-parse", "kanband/a")).toBe(later);
      expect(await whyOf(root, "a")).toContain("kanband pr a --sync");
      const refused = await pr("--sync");
      expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("kanband/a has commits that") });
    },
    LONG_MS,
  );

  it(
    "says what stands in the way, with nothing pushed by force, or how to do it by hand",
    async () => {
      const { root, git } = await boardRepo({
        "board/for_review/a.md": "# A\n",
        "board/for_review/bare.md": "# Bare\n",
        "board/planned/early.md": "# Early\n",
        "board/for_review/upper.md": "---\nbase: a\n---\n# Upper\n",
      });
      for (const id of ["a", "early"]) await addCommit(git, id, "main", id);
      await addCommit(git, "upper", "kanband/a", "upper");
      const alone = await runCli(root, ["pr", "a"]);
      const forge = await fakeForge("gh", root, git);
      const pr = async (...args: string[]) => await runCli(root, ["pr", ...args]);
      const bin = join(tempFolder(), "bin");
      mkdirSync(bin);
      symlinkSync((await execa("sh", ["-c", "command -v git"])).stdout, join(bin, "git"));

      expect(alone).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(
          /no remote[\s\S]*git push <url> kanband\/a\n {2}git request-pull main <url> kanband\/a/,
        ),
      });
      const without = await runCli(root, ["pr", "a"], { env: { PATH: bin } });
      expect(without).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/`gh` is not on PATH[\s\S]*git push origin kanband\/a\n/),
      });
      expect(without.stdout).toContain("https://github.com/acme/app/compare/main...kanband/a?expand=1");
      expect(await pr("early")).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("PR_NOT_READY") });
      expect(await pr("upper")).toMatchObject({
        exitCode: 4,
        stderr: expect.stringMatching(/PR_NOT_READY[\s\S]*'upper' is merged after 'a'[\s\S]*`kanband pr a`/),
      });
      expect(await pr("bare")).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("PR_NO_BRANCH") });
      expect(await pr("a", "--sync")).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining("`kanband pr a` opens one"),
      });
      expect(await pr("a", "--remote", "nowhere")).toMatchObject({ exitCode: 2 });
      forge.setLogin(false);
      expect(await pr("a")).toMatchObject({
        exitCode: 4,
        stderr: expect.stringMatching(/FORGE_LOGIN[\s\S]*gh auth login/),
      });
      forge.setLogin(true);
      const theirs = await forge.git("commit-tree", "main^{tree}", "-p", "main", "-m", "Somebody else's");
      await forge.git("update-ref", "refs/heads/kanband/a", theirs);
      const rejected = await pr("a");
      expect(rejected).toMatchObject({
        exitCode: 4,
        stderr: expect.stringMatching(/PUSH_REJECTED[\s\S]*never forced/),
      });
      expect(await forge.git("rev-parse", "kanband/a")).toBe(theirs);
      rmSync(await forge.git("rev-parse", "--absolute-git-dir"), { recursive: true });
      expect(await pr("a")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("REMOTE_FAILED") });
      await git("config", "remote.origin.url", "https://git.example.com/acme/app.git");
      expect(await pr("a")).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining("--forge gh or --forge glab"),
      });
      expect(forge.requests()).toEqual([]);
      expect(readFileSync(join(root, "board/for_review/a.md"), "utf8")).toBe("# A\n");
    },
    LONG_MS,
  );
});
