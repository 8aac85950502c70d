import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { gitAt, gitRepo, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { mainPath, runCli, runCliJson } from "../../helpers/run-cli.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

const ON_GITHUB = { env: { GITHUB_ACTIONS: "true" } };

describe("kanband check --ci", () => {
  it("judges what a pipeline checks out: one commit, no branch, nothing of ours, read-only", async () => {
    const { root } = await boardRepo({
      "board/doing/a.md": shellTask("true"),
      "board/planned/b.md": "---\ntitle: B\npersona: nobody\n---\n",
      "board/planned/c.md": "---\nbase: d\n---\n",
      "board/planned/d.md": "---\ndependencies:\n  - c\n---\n",
      "board/planned/twin.md": "one\n",
      "board/backlog/twin.md": "two\n",
      "board/backlog/broken.md": "---\na: [\n---\n",
    });
    const clone = await pipelineClone(root, "main");
    setModes(clone, 0o555);

    const { exitCode, stdout } = await runCli(clone, ["check", "--ci"], ON_GITHUB);

    setModes(clone, 0o755);
    expect(exitCode).toBe(1);
    const marks = stdout.split("\n").filter((line) => line.startsWith("::"));
    expect(marks).toEqual([
      expect.stringMatching(/^::error file=board\/backlog\/broken\.md,line=\d,title=TASK_INVALID::front matter/),
      expect.stringMatching(/^::error file=board\/doing\/a\.md,line=1,title=CHECK_FAILED::is still being worked on%0A/),
      expect.stringMatching(/^::error file=board\/planned\/b\.md,line=3,title=PERSONA_UNKNOWN::/),
      expect.stringMatching(/^::error file=board\/planned\/c\.md,line=2,title=DEPENDENCY_CYCLE::starts from itself/),
      expect.stringMatching(/^::error file=board\/planned\/d\.md,line=3,title=DEPENDENCY_CYCLE::depends on itself/),
      expect.stringMatching(/^::error file=board\/planned\/twin\.md,line=1,title=TASK_DUPLICATE::/),
    ]);
    expect((await runCli(clone, ["check", "--ci"])).stdout).not.toContain("::error");
  });

  it("does the same with a board on a branch of its own, and opens for none at all", async () => {
    const { root } = await gitRepo({ "code.txt": "one\n" });
    await runCli(root, ["init", "--branch", "kanban"]);
    const clone = await pipelineClone(root, "kanban");
    expect(await runCli(clone, ["check", "--ci"])).toMatchObject({ exitCode: 0 });
    writeFiles(clone, { "board/for_review/a.md": shellTask("true") });
    const seen = await runCli(clone, ["check", "--ci"], ON_GITHUB);
    expect(seen).toMatchObject({ exitCode: 1 });
    expect(seen.stdout).toContain("::error file=board/for_review/a.md,line=1,title=CHECK_FAILED::waits for review");

    const ofRequest = { env: { GITHUB_HEAD_REF: "kanband/a" } };
    expect(await runCli(clone, ["check", "--ci"], ofRequest)).toMatchObject({ exitCode: 0 });

    const bare = await pipelineClone(root, "main");
    expect(await runCli(bare, ["check", "--ci"])).toMatchObject({ exitCode: 3 });
    const { root: away, git } = await boardRepo();
    await git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
    await git("rm", "-rqf", "board");
    expect(await runCli(away, ["check", "--ci"])).toMatchObject({ exitCode: 3 });
  });
});

describe("kanband init --ci", () => {
  it("writes a workflow and hooks that keep a broken board from a commit, and an unfinished one from a merge", async () => {
    const { root, git } = await gitRepo({ "code.txt": "one\n" });

    const { stdout } = await runCli(root, ["init", "--ci"]);

    expect(stdout).toMatch(/Made .*\.github\/workflows\/kanband\.yml: commit it/);
    expect(await git("status", "--porcelain")).toBe("?? .github/");
    expect(workflowOf(root)).toMatchObject({
      on: { pull_request: null, merge_group: null },
      permissions: { contents: "read" },
      jobs: {
        board: {
          steps: [
            { with: { "persist-credentials": false } },
            {},
            { run: expect.stringMatching(/^npx --yes kanband@\S+ check --ci$/) },
          ],
        },
      },
    });
    const commit = committer(root);
    writeFiles(root, { "board/planned/a.md": '---\ntitle: "open\n---\n' });
    await git("add", "board");
    expect(await commit("commit", "-qm", "broken")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/a\.md:\d/),
    });
    writeFiles(root, { "board/planned/a.md": shellTask("true") });
    await git("mv", "-f", "board/planned/a.md", "board/doing/a.md");
    await git("add", "board");
    expect(await commit("commit", "-qm", "under way")).toMatchObject({ exitCode: 0 });
    await git("switch", "-qc", "side", "HEAD~1");
    await git("commit", "-q", "--no-verify", "--allow-empty", "-m", "side");
    await git("switch", "-q", "main");
    expect(await commit("merge", "-q", "side")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("board/doing/a.md:1"),
    });
    await git("merge", "--abort").catch(() => "");
    // What a remote has of this very branch is no merge of anything, as with `git pull --no-rebase`.
    await git("update-ref", "refs/remotes/origin/main", "side");
    expect(await commit("merge", "-q", "side")).toMatchObject({ exitCode: 0 });
    await git("reset", "-q", "--hard", "HEAD~1");
    await git("update-ref", "-d", "refs/remotes/origin/main");
    await git("mv", "board/doing/a.md", "board/backlog/a.md");
    await git("commit", "-q", "--no-verify", "-m", "at rest");
    expect(await commit("merge", "-q", "side")).toMatchObject({ exitCode: 0 });
  });

  it("finds the board on its own branch, writes over nothing, and leaves hooks of other folders alone", async () => {
    const { root, git } = await gitRepo({ "code.txt": "one\n", ".github/workflows/kanband.yml": "mine\n" });
    await runCli(root, ["init", "--branch", "kanban"]);
    writeFileSync(join(root, ".git/hooks/pre-commit"), "mine\n");

    const first = await runCliJson<{ ci: { outcome: string }[] }>(root, ["init", "--ci"]);
    await git("rm", "-q", ".github/workflows/kanband.yml");
    await git("config", "core.hooksPath", tempFolder());
    const second = await runCliJson<{ ci: { outcome: string }[] }>(root, ["init", "--ci"]);

    expect(first.ci.map(({ outcome }) => outcome)).toEqual(["kept", "kept", "made"]);
    expect(second.ci.map(({ outcome }) => outcome)).toEqual(["made", "elsewhere", "elsewhere"]);
    expect(readFileSync(join(root, ".git/hooks/pre-commit"), "utf8")).toBe("mine\n");
    expect(workflowOf(root)).toMatchObject({ jobs: { board: { steps: [{ with: { ref: "kanban" } }, {}, {}] } } });
    expect(existsSync(join(root, "board"))).toBe(false);
  });
});

/** What `actions/checkout` leaves. */
async function pipelineClone(root: string, branch: string): Promise<string> {
  const clone = join(tempFolder(), "clone");
  await gitAt(root)("clone", "-q", "--depth", "1", "--branch", branch, `file://${root}`, clone);
  await gitAt(clone)("checkout", "-q", "--detach");
  return clone;
}

/** git as a person runs it, with `kanband` on the PATH. */
function committer(root: string) {
  const bin = tempFolder();
  writeFileSync(join(bin, "kanband"), `#!/bin/sh\nexec "${process.execPath}" "${mainPath}" "$@"\n`, { mode: 0o755 });
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  return async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await execa("git", args, { cwd: root, env, reject: false });
    return { exitCode, stdout: stdout + stderr };
  };
}

function workflowOf(root: string): unknown {
  const text = readFileSync(join(root, ".github/workflows/kanband.yml"), "utf8");
  return load(text);
}

function setModes(root: string, mode: number): void {
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), mode);
  }
}
