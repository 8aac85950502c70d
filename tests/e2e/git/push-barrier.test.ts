import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { pushBarrier } from "../../../src/git/push-barrier.ts";
import { ensureWorktree } from "../../../src/git/worktrees.ts";
import { gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";

/** A repository with a remote to push to, and an agent's git in a worktree of it. */
async function setUp() {
  const made = await openRepo({ "a.js": "1\n" });
  const remote = tempFolder();
  await gitAt(remote)("init", "--quiet", "--bare");
  await made.git("remote", "add", "origin", remote);
  const path = join(made.root, ".kanband/w1");
  const startSha = await made.git("rev-parse", "HEAD");
  await ensureWorktree(made.repo, { path, branch: "kanband/a", startSha, exclude: [] });
  const barrier = (await pushBarrier(made.repo)).env;
  const environment = { PATH: process.env["PATH"] ?? "", HOME: tempFolder() };
  const agent = async (args: string[], without: string[] = []) => {
    const kept = Object.entries(barrier).filter(([name]) => !without.includes(name));
    const count = kept.filter(([name]) => name.startsWith("GIT_CONFIG_KEY_")).length;
    const env = { ...environment, ...Object.fromEntries(kept), GIT_CONFIG_COUNT: `${count}` };
    return await execa("git", args, { cwd: path, env, extendEnv: false, reject: false });
  };
  return { ...made, remote, path, agent, barrier };
}

describe("the barrier against pushing", () => {
  it.each([
    ["push", ["push", "origin", "HEAD:refs/heads/main"]],
    ["push without hooks", ["push", "--no-verify", "origin", "HEAD:refs/heads/main"]],
    ["push everything", ["push", "--mirror", "origin"]],
  ])("stops an agent's `%s`, and says so", async (_, args) => {
    const { remote, agent } = await setUp();

    const { exitCode } = await agent(args);

    expect(exitCode).not.toBe(0);
    expect(await gitAt(remote)("for-each-ref")).toBe("");
  });

  it("stops a push by URL and by a push URL of its own", async () => {
    const { git, remote, repo, path } = await setUp();
    await git("remote", "set-url", "--push", "origin", remote);
    const { env } = await pushBarrier(repo);

    for (const target of ["origin", remote, `file://${remote}`]) {
      const environment = { PATH: process.env["PATH"] ?? "", ...env };
      const options = { cwd: path, env: environment, extendEnv: false, reject: false };
      expect((await execa("git", ["push", target, "HEAD:refs/heads/main"], options)).exitCode).not.toBe(0);
    }
    expect(await gitAt(remote)("for-each-ref")).toBe("");
  });

  it("holds by its hook alone, with the reason in plain words", async () => {
    const { remote, agent, barrier } = await setUp();
    const isHook = (it: string): boolean => it.endsWith("_0");
    expect(barrier["GIT_CONFIG_KEY_0"]).toBe("core.hooksPath");
    const others = Object.keys(barrier).filter((it) => !isHook(it) && it !== "GIT_CONFIG_COUNT");

    const { exitCode, stderr } = await agent(["push", "origin", "HEAD:refs/heads/main"], others);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("agents do not push");
    expect(await gitAt(remote)("for-each-ref")).toBe("");
  });

  it("lets an agent commit, without the user's hooks", async () => {
    const { root, path, agent } = await setUp();
    writeFiles(root, { ".git/hooks/pre-commit": `#!/bin/sh\ntouch ${join(root, "ran")}\nexit 1\n` });
    chmodSync(join(root, ".git/hooks/pre-commit"), 0o755);
    writeFiles(path, { "b.js": "2\n" });

    await agent(["add", "--all"]);
    const { exitCode } = await agent(["-c", "user.name=A", "-c", "user.email=a@b", "commit", "--message", "Work"]);

    expect(exitCode).toBe(0);
    expect(existsSync(join(root, "ran"))).toBe(false);
    expect(readFileSync(join(root, ".git/kanband/hooks/pre-push"), "utf8")).toContain("exit 1");
  });
});
