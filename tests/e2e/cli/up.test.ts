import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { identityOf, isAlive as isIdentityAlive } from "../../../src/process/identity.ts";
import { gitRepo, writeFiles } from "../../helpers/git-repo.ts";
import { eventually, runCli, runCliJson, startCli } from "../../helpers/run-cli.ts";
import { itInTurn } from "../../helpers/today.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

// A quarter of them each day.
const it = itInTurn(1, 4);

// Long enough to be seen while it runs.
const QUICK = shellTask("echo hello; echo two >> code.txt; sleep 0.7");
// Counts its starts outside of the worktree, says who it is, and waits for a sign.
const slow = (root: string): string =>
  shellTask(`echo $$ >> '${root}/.git/starts'
echo working; echo two >> code.txt
while [ ! -e '${root}/.git/go' ]; do sleep 0.1; done
echo finished`);

function isAlive(pid: number): boolean {
  const identity = identityOf(pid);
  return identity !== null && isIdentityAlive(identity);
}

function starts(root: string): number[] {
  const path = join(root, ".git/starts");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").map(Number) : [];
}

/** A board with one slow task, its daemon, and the task's process. */
async function boardAtWork(args: readonly string[] = []) {
  const { root, git } = await boardRepo();
  writeFiles(root, { "board/planned/a.md": slow(root) });
  const daemon = startCli(root, ["up", ...args]);
  onTestFinished(() => writeFiles(root, { ".git/go": "" }));
  const agent = await eventually("the agent runs", () => starts(root)[0] ?? null);
  return { root, git, daemon, agent, go: () => writeFiles(root, { ".git/go": "" }) };
}

describe("kanband up", () => {
  it("works until nothing is left, one line for each thing that happens", async () => {
    const { root, git } = await boardRepo({ "board/planned/a.md": QUICK });

    const { exitCode, stdout, stderr } = await runCli(root, ["up", "--until-idle"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(existsSync(join(root, "board/for_review/a.md"))).toBe(true);
    expect(readFileSync(join(root, "sessions/a/engineer.md"), "utf8")).toContain("hello");
    expect(stdout).toMatch(/a {2}planned -> doing\n/);
    expect(stdout).toMatch(/a {2}engineer runs in slot A\n/);
    expect(stdout).toMatch(/a {2}doing -> for_review\n/);
    expect(stdout.trimEnd().endsWith("Nothing is left to do.")).toBe(true);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("show", "kanband/a:code.txt")).toBe("one\ntwo");
  });

  it("prints one JSON object a line with --json", async () => {
    const { root } = await boardRepo({ "board/planned/a.md": QUICK });

    const { stdout } = await runCli(root, ["up", "--until-idle", "--json"]);

    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual({ at: expect.any(String), event: "lane", task: "a", text: "planned -> doing" });
  });

  it("works without a watcher", async () => {
    const { root } = await boardRepo();
    const daemon = startCli(root, ["up", "--poll", "100ms"]);
    await eventually("it is ready", () => daemon.output().includes("Ready."));

    writeFiles(root, { "board/planned/a.md": QUICK });

    await eventually("the task is finished", () => existsSync(join(root, "board/for_review/a.md")));
  });

  it("works in the own-branch layout, and merges what a person accepts", async () => {
    const { root, git } = await gitRepo({ "code.txt": "one\n" });
    await runCli(root, ["init", "--branch", "kanban"]);
    writeFiles(root, { "kanban/board/planned/a.md": QUICK });

    await runCli(root, ["up", "--until-idle"]);
    await runCli(root, ["accept", "a"]);
    await runCli(root, ["up", "--until-idle"]);

    expect(readFileSync(join(root, "code.txt"), "utf8")).toBe("one\ntwo\n");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("branch", "--list", "kanband/*")).toBe("");
    expect(await git("ls-tree", "--name-only", "main")).toBe("code.txt");
  });

  it.each(["2", "soon", "10ms"])("refuses --poll %s", async (poll) => {
    const { root } = await boardRepo();

    expect(await runCli(root, ["up", "--poll", poll])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--poll"),
    });
  });

  it("prints its plan with --dry-run and starts nothing", async () => {
    const { root, git } = await boardRepo({
      "board/planned/a.md": QUICK,
      "board/planned/b.md": shellTask("true", "dependencies: [a]\n"),
    });

    const { stdout } = await runCli(root, ["up", "--dry-run"]);
    const plan = await runCliJson<{ actions: { kind: string }[]; waiting: Record<string, string> }>(root, [
      "up",
      "--dry-run",
    ]);

    expect(stdout).toMatch(/^edit +Assign a to slot A$/m);
    expect(stdout).toMatch(/^wait +b: depends on a/m);
    expect(plan.actions[0]).toMatchObject({ kind: "edit", taskId: "a", toLane: "doing" });
    expect(plan.waiting).toHaveProperty("b");
    expect(await git("worktree", "list")).not.toContain(".kanband");
  });
});

describe("ending", () => {
  it("at a signal leaves runs going; the next daemon takes them over", async () => {
    const { root, daemon, agent, go } = await boardAtWork();

    daemon.kill("SIGINT");
    const { exitCode, stdout } = await daemon.ended;

    expect(exitCode).toBe(0);
    expect(stdout).toContain("Runs in progress go on");
    expect(isAlive(agent)).toBe(true);
    const doctor = await runCli(root, ["doctor"]);
    expect(doctor.stdout).toContain("a run goes on without a daemon");
    go();
    await runCli(root, ["up", "--until-idle"]);
    expect(existsSync(join(root, "board/for_review/a.md"))).toBe(true);
    expect(readFileSync(join(root, "sessions/a/engineer.md"), "utf8")).toMatch(/working[^]*finished/);
    expect(starts(root)).toEqual([agent]);
  });

  it("with --stop-runs ends the runs and keeps their work", async () => {
    const { root, git, daemon, agent } = await boardAtWork(["--stop-runs"]);

    daemon.kill("SIGTERM");
    await daemon.ended;

    expect(isAlive(agent)).toBe(false);
    expect(existsSync(join(root, "board/doing/a.md"))).toBe(true);
    const kept = await git("for-each-ref", "--format=%(refname)", "refs/kanband/preserved/a", "refs/heads/kanband/a");
    const texts = await Promise.all(kept.split("\n").map(async (ref) => await git("show", `${ref}:code.txt`)));
    expect(texts).toContain("one\ntwo");
  });

  it("with --wait lets the runs finish first", async () => {
    const { root, daemon, go } = await boardAtWork(["--wait"]);

    daemon.kill("SIGTERM");
    await eventually("it says that it waits", () => daemon.output().includes("once the runs in progress are over"));
    go();

    expect((await daemon.ended).exitCode).toBe(0);
    expect(readFileSync(join(root, "sessions/a/engineer.md"), "utf8")).toContain("finished");
  });

  it("at the second signal is immediate", async () => {
    const { daemon, agent } = await boardAtWork(["--wait"]);
    daemon.kill("SIGINT");
    await eventually("it says that it waits", () => daemon.output().includes("once the runs in progress are over"));

    daemon.kill("SIGINT");

    expect((await daemon.ended).exitCode).toBe(130);
    expect(isAlive(agent)).toBe(true);
  });
});

describe("kanband up --detach and kanband down", () => {
  it("returns when the daemon is ready; one daemon a board; down ends it", async () => {
    const { root } = await boardRepo();

    const { pid } = await runCliJson<{ pid: number }>(root, ["up", "--detach"]);
    const second = await runCli(root, ["up", "--detach"]);
    const third = await runCli(root, ["up"]);
    writeFiles(root, { "board/planned/a.md": QUICK });
    await eventually("it works", () => existsSync(join(root, "board/for_review/a.md")));
    const down = await runCli(root, ["down"]);

    for (const { exitCode, stderr } of [second, third]) {
      expect([exitCode, stderr.includes(String(pid))]).toEqual([4, true]);
      expect(stderr).toContain("DAEMON_RUNNING");
    }
    expect(down).toMatchObject({ exitCode: 0, stdout: `The daemon has ended, process ${pid}.\n` });
    expect(isAlive(pid)).toBe(false);
    expect(await runCli(root, ["down"])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("DAEMON_NOT_RUNNING"),
    });
  });

  it("of several started in one instant one is ready, and the others say so", async () => {
    const { root } = await boardRepo();

    const output = join(root, ".git/kanband/log/up.out");
    writeFiles(root, { ".git/kanband/log/up.out": "what the first has said\n" });

    const started = await Promise.all([1, 2, 3].map(async () => await runCli(root, ["up", "--detach"])));
    const down = await runCli(root, ["down"]);

    expect(started.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 4, 4]);
    for (const { exitCode, stderr } of started) if (exitCode !== 0) expect(stderr).toContain("DAEMON_RUNNING");
    expect(down.exitCode).toBe(0);
    expect(readFileSync(output, "utf8")).toContain("what the first has said\n");
  });

  it("takes over from a daemon that was killed", async () => {
    const { root } = await boardRepo();
    const first = await runCliJson<{ pid: number }>(root, ["up", "--detach"]);
    process.kill(first.pid, "SIGKILL");
    await eventually("it is gone", () => !isAlive(first.pid));

    expect((await runCli(root, ["doctor"])).stdout).toContain("ended without saying so");
    const second = await runCliJson<{ pid: number }>(root, ["up", "--detach"]);

    expect(second.pid).not.toBe(first.pid);
    expect((await runCli(root, ["down"])).exitCode).toBe(0);
  });

  it("says what the daemon said when it ends while it starts", async () => {
    const { root } = await boardRepo();

    const result = await runCli(root, ["up", "--detach"], {
      env: { KANBAND_FAILPOINTS: "process.lock.after-take=ENOSPC" },
    });

    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain("DAEMON_FAILED the daemon ended while it started");
    expect(result.stderr).toContain("ENOSPC");
  });

  it("down --stop-runs ends the runs of a daemon that would have left them", async () => {
    const { root, daemon, agent } = await boardAtWork();

    const { exitCode } = await runCli(root, ["down", "--stop-runs"]);

    expect(exitCode).toBe(0);
    expect((await daemon.ended).exitCode).toBe(0);
    expect(isAlive(agent)).toBe(false);
  });

  it("down --wait returns once the runs have finished", async () => {
    const { root, daemon, agent, go } = await boardAtWork();
    const down = startCli(root, ["down", "--wait"]);
    await eventually("the daemon waits", () => daemon.output().includes("once the runs in progress are over"));
    expect(isAlive(agent)).toBe(true);

    go();

    expect((await down.ended).exitCode).toBe(0);
    expect(readFileSync(join(root, "sessions/a/engineer.md"), "utf8")).toContain("finished");
  });
});

describe("a person at the board", () => {
  it("stops a running task with `kanband stop`, and reworks and accepts a finished one", async () => {
    const { root, git, agent, go } = await boardAtWork();

    await runCli(root, ["stop", "a"]);
    await eventually("the run has ended", () => !isAlive(agent));
    go();
    await runCli(root, ["move", "a", "planned"]);
    await eventually("it is finished", () => existsSync(join(root, "board/for_review/a.md")));
    await runCli(root, ["rework", "a", "-m", "Once more, please"]);
    await eventually("it ran again", () => starts(root).length === 3);
    await eventually("it is finished again", () => existsSync(join(root, "board/for_review/a.md")));
    expect((await runCli(root, ["accept", "a"])).stdout).toContain("It is merged now");
    await eventually("it is merged", () => readFileSync(join(root, "code.txt"), "utf8").includes("two"));
    await eventually("the branch is gone", async () => (await git("branch", "--list", "kanband/a")) === "");

    expect(readFileSync(join(root, "board/done/a.md"), "utf8")).toContain("## Feedback\n\nOnce more, please\n");
    const { entries } = await runCliJson<{ entries: { subject: string }[] }>(root, ["log", "a"]);
    expect(entries.length).toBeGreaterThan(6);
  });
});
