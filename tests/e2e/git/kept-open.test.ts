import { rmSync } from "node:fs";
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
    const moves = ["x", "y"].map((name) => ({ ref: `refs/heads/${name}`, from: null, to: sha }));

    const said = await withRefsHeld(repo, moves, async () => {
      await expect(git("update-ref", "refs/heads/x", sha)).rejects.toThrow("cannot lock ref");
      return "kept";
    });
    expect([said, await git("branch", "--list", "x", "y")]).toEqual(["kept", ""]);
    const killed = withRefsHeld(repo, moves, async (move) => {
      const [holder] = (await processesOf(root)).filter((it) => it.args.includes("update-ref"));
      process.kill(holder?.pid ?? 0, "SIGKILL");
      await sleep(100);
      for (const { ref } of moves) rmSync(join(root, ".git", `${ref}.lock`));
      await move();
    });
    await expect(killed).rejects.toThrow("git update-ref ended before it moved refs/heads/x");
    await withRefsHeld(repo, moves, async (move) => await move());
    expect(await git("rev-parse", "x", "y")).toBe(`${sha}\n${sha}`);
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
