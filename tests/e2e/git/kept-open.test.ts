import { existsSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { moveBranch } from "../../../src/git/branches.ts";
import { readHead } from "../../../src/git/head.ts";
import { createKeptOpen } from "../../../src/git/kept-open.ts";
import { readTree } from "../../../src/git/objects.ts";
import { withRefsHeld } from "../../../src/git/ref-update.ts";
import { listWorktrees } from "../../../src/git/worktrees.ts";
import { tempFolder } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { inRoom } from "./in-room.ts";

/** The git processes that work on a repository. */
async function processesOf(root: string): Promise<{ pid: number; args: string }[]> {
  const { stdout } = await execa("ps", ["-eo", "pid=,args="]);
  const lines = stdout.split("\n").filter((it) => it.includes(`--git-dir=${join(root, ".git")}`));
  return lines.map((it) => ({ pid: Number.parseInt(it, 10), args: it }));
}

async function untilNone(root: string): Promise<void> {
  while ((await processesOf(root)).length > 0) await sleep(10);
}

async function locksIn(root: string): Promise<string[]> {
  const names = await readdir(join(root, ".git"), { recursive: true });
  return names.filter((it) => it.endsWith(".lock")).sort();
}

describe("helpers that stay open", () => {
  it("start when first needed, one of each, and end when closed", async () => {
    const { root, git, repo } = await openRepo({ "a.md": "x" });
    await readHead(repo);
    await listWorktrees(repo);
    expect(await processesOf(root)).toEqual([]);

    const sha = await git("rev-parse", "HEAD");
    await Promise.all([readTree(repo, sha), readTree(repo, "HEAD"), readTree(repo, "refs/heads/main")]);
    await moveBranch(repo, "refs/heads/x", null, sha);
    await moveBranch(repo, "refs/heads/y", null, sha);
    const running = await processesOf(root);
    expect(running.filter((it) => it.args.includes("cat-file"))).toHaveLength(1);
    expect(running.filter((it) => it.args.includes("update-ref"))).toHaveLength(1);

    await repo.close();
    await untilNone(root);
  });

  it("end by themselves after a while without work, and start again", async () => {
    const { root, repo } = await openRepo({ "a.md": "x" });
    const helper = createKeptOpen(repo, ["cat-file", "--batch-check"], null, 20);
    const ask = () => {
      return helper.ask("HEAD\n", (bytes) => {
        return bytes.includes("\n")
          ? { value: bytes.toString().split(" ")[1], used: bytes.length }
          : { need: bytes.length + 1 };
      });
    };

    expect(await ask()).toBe("commit");
    await untilNone(root);
    expect(await ask()).toBe("commit");
    await helper.during(async () => {
      await ask();
      await sleep(200);
      expect((await processesOf(root)).filter((it) => it.args.includes("--batch-check"))).toHaveLength(1);
    });
    await untilNone(root);
    await helper.close();
  });

  it("hold refs until they are moved or let go, and say so when they were ended in between", async () => {
    const { git, repo, root } = await openRepo({ "a.md": "x" });
    const sha = await git("rev-parse", "HEAD");
    const made = ["x", "y"].map((name) => ({ ref: `refs/heads/${name}`, from: null, to: sha }));
    const moves = [{ ref: "refs/heads/main", from: sha, to: sha }, ...made];

    const said = await withRefsHeld(repo, moves, async () => {
      await expect(git("update-ref", "refs/heads/x", sha)).rejects.toThrow("cannot lock ref");
      return "kept";
    });
    expect([said, await git("branch", "--list", "x", "y")]).toEqual(["kept", ""]);
    const killed = withRefsHeld(repo, moves, async (move) => {
      const [holder] = (await processesOf(root)).filter((it) => it.args.includes("update-ref"));
      process.kill(holder?.pid ?? 0, "SIGKILL");
      await sleep(100);
      expect(await locksIn(root)).toHaveLength(4);
      await move();
    });
    await expect(killed).rejects.toThrow("git update-ref ended before it moved refs/heads/x");
    expect(await locksIn(root)).toEqual([]);
    await withRefsHeld(repo, moves, async (move) => await move());
    expect(await git("rev-parse", "x", "y")).toBe(`${sha}\n${sha}`);
  });

  it("leave no lock where they were killed while they took them, and nobody else's goes", async () => {
    const { root, git } = await openRepo({ "a.md": "x" });
    const moves = [{ ref: "refs/heads/x", from: null, to: await git("rev-parse", "HEAD") }];
    const dir = tempFolder();
    const dies = "for it in HEAD refs/heads/x; do : > $it.lock; done; echo other > refs/heads/y.lock; kill -9 $$";
    const real = (process.env["PATH"] ?? "").split(":").find((it) => existsSync(join(it, "git"))) ?? "";
    const script = `case "$*" in *update-ref*) read it; ${dies};; esac; exec '${join(real, "git")}' "$@"`;
    writeFileSync(join(dir, "git"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

    const expression = `(repo, room) => room.withRefsHeld(repo, ${JSON.stringify(moves)}, async () => undefined)`;
    const limit = `PATH='${dir}':$PATH; export PATH`;
    const { stderr } = await inRoom({ root, files: ["ref-update"], expression, limit });

    expect(stderr).toContain("ended: no message");
    expect(await locksIn(root)).toEqual(["refs/heads/y.lock"]);
  });

  it("are started anew when somebody killed them", async () => {
    const { root, git, repo } = await openRepo({ "a.md": "x" });
    const sha = await git("rev-parse", "HEAD");
    await readTree(repo, "HEAD");
    await moveBranch(repo, "refs/heads/x", null, sha);
    for (const { pid } of await processesOf(root)) process.kill(pid, "SIGKILL");
    await untilNone(root);

    expect(await readTree(repo, "refs/heads/x")).toMatchObject([{ name: "a.md" }]);
    await moveBranch(repo, "refs/heads/y", null, sha);
    expect(await git("rev-parse", "y")).toBe(sha);
  });
});

describe("a process of ours that ends", () => {
  const asked = `async (repo, room) => {
    await room.readTree(repo, "HEAD");
    await room.moveBranch(repo, "refs/heads/x", null, await room.resolveRef(repo, "HEAD"));`;
  const files = ["objects", "branches", "head"];

  it("takes its helpers along when it is killed", async () => {
    const { root, git } = await openRepo({ "a.md": "x" });

    const { signal } = await inRoom({ root, files, expression: `${asked} process.kill(process.pid, "SIGKILL"); }` });

    expect(signal).toBe("SIGKILL");
    await untilNone(root);
    expect(await git("rev-parse", "--verify", "x")).toBe(await git("rev-parse", "HEAD"));
  });

  it("is not kept from ending by helpers that nobody closed", async () => {
    const { root } = await openRepo({ "a.md": "x" });

    const { signal, stderr } = await inRoom({ root, files, expression: `${asked} repo.close = async () => {}; }` });

    expect({ signal, stderr }).toEqual({ signal: null, stderr: "" });
    await untilNone(root);
  });
});
