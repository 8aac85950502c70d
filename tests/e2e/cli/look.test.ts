import { utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitRepo, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { eventually, runCli, runCliJson, startCli } from "../../helpers/run-cli.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

type Check = {
  isOk: boolean;
  errorCount: number;
  findings: { path: string; line: number; code: string; message: string }[];
};
type Doctor = { isOk: boolean; checks: { name: string; state: string; message: string; hint: string | null }[] };

describe("kanband why", () => {
  it("says in one line why a task waits", async () => {
    const { root } = await boardRepo({
      "board/planned/a.md": shellTask("true", "dependencies: [b]\n"),
      "board/backlog/b.md": shellTask("true"),
    });

    const { exitCode, stdout } = await runCli(root, ["why", "a"]);

    expect(exitCode).toBe(0);
    expect(stdout.trim().split("\n")[0]).toMatch(/\bb\b/);
    expect(await runCliJson(root, ["why", "a"])).toMatchObject({ task: "a", lane: "planned" });
  });
});

describe("kanband show", () => {
  it("prints the facts, the sessions, the preserved work and the file", async () => {
    const { root, git } = await boardRepo({
      "board/blocked/a.md": "---\ntitle: Fix it\npriority: high\nblocked: no luck\n---\n\nDo it.\n",
      "sessions/a/engineer.md":
        "---\ntask: a\npersona: engineer\nagent: shell\nattempt: 2\nstate: failed\nreason: exit 1\n---\n\nSorry.\n",
    });
    for (const number of [1, 2, 10]) await git("update-ref", `refs/kanband/preserved/a/${number}`, "HEAD");

    const { stdout } = await runCli(root, ["show", "a"]);
    const facts = await runCliJson<{ preserved: { ref: string }[] }>(root, ["show", "a"]);

    for (const text of [
      "Fix it",
      "blocked",
      "high",
      "no luck",
      "sessions/a/engineer.md",
      "attempt 2",
      "exit 1",
      "Do it.",
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toContain("git switch -c rescue refs/kanband/preserved/a/1");
    expect(facts.preserved.map(({ ref }) => ref)).toEqual([1, 2, 10].map((it) => `refs/kanband/preserved/a/${it}`));
  });

  it("shows a broken file with path and line, and its text", async () => {
    const { root } = await boardRepo({ "board/planned/a.md": "---\ntitle: a\ntitle: b\n---\n\nStill here.\n" });

    const { exitCode, stdout } = await runCli(root, ["show", "a"]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/broken\s+board\/planned\/a\.md:[23]:/);
    expect(stdout).toContain("Still here.");
  });
});

describe("kanband log", () => {
  it("finds commits by trailer and by file, through every lane, newest first", async () => {
    const { root, git } = await boardRepo({ "board/planned/a.md": "x\n", "board/planned/a-b.md": "y\n" });
    await git("mv", "board/planned/a.md", "board/doing/a.md");
    await git("commit", "-qm", "By hand");
    await git("commit", "-q", "--allow-empty", "-m", "Assign a to slot A\n\nTask: a\nLane: planned..doing");
    await git("commit", "-q", "--allow-empty", "-m", "Assign another\n\nTask: a-b");

    const { stdout } = await runCli(root, ["log", "a"]);
    const { entries } = await runCliJson<{ entries: { subject: string; trailers: string[][] }[] }>(root, ["log", "a"]);

    expect(entries.map(({ subject }) => subject).sort()).toEqual(["Assign a to slot A", "By hand", "Seed the board"]);
    expect(stdout).toContain("Lane: planned..doing");
    expect(stdout).not.toContain("Assign another");
  });

  it("finds the commits on the branches of the cycles of a round-robin", async () => {
    const { root, git } = await boardRepo({ "board/doing/a b.md": "x\n" });
    for (const [branch, task] of [
      ["kanband-cycle/a%20b/0", "a b"],
      ["kanband-cycle/a%20b/10", "a b"],
      ["kanband-cycle/a/0", "a"],
    ]) {
      await git("checkout", "-q", "-b", branch ?? "", "main");
      await git("commit", "-q", "--allow-empty", "-m", `Work of ${branch}\n\nTask: ${task}`);
    }
    await git("checkout", "-q", "main");

    const { entries } = await runCliJson<{ entries: { subject: string }[] }>(root, ["log", "a b"]);

    const works = ["Work of kanband-cycle/a%20b/0", "Work of kanband-cycle/a%20b/10"];
    expect(entries.map(({ subject }) => subject).toSorted()).toEqual(["Seed the board", ...works]);
  });

  it("tells of a commit for several tasks only what it says of this one", async () => {
    const { root, git } = await boardRepo({ "board/planned/a.md": "x\n" });
    const trailers = "Task: b\nLane: backlog..doing\nTask: a\nLane: planned..doing\nSlot: A\nTask: c\nSlot: C";
    await git("commit", "-q", "--allow-empty", "-m", `Assign a and 2 more changes\n\n${trailers}`);

    const { stdout } = await runCli(root, ["log", "a"]);

    expect(stdout).toMatch(/· Lane: planned\.\.doing · Slot: A$/m);
    expect(stdout).not.toMatch(/backlog|Slot: C/);
  });

  it("says so when nothing is committed", async () => {
    const { root } = await boardRepo();
    writeFiles(root, { "board/planned/a.md": "Do it.\n" });

    expect((await runCli(root, ["log", "a"])).stdout).toContain("no history yet");
  });
});

describe("kanband check", () => {
  it("lets no name steer the terminal, and keeps to a line for each finding", async () => {
    const { root } = await boardRepo({ "board/backlog/a\u001B[31mb\nc.md": "x\n" });

    const { stdout } = await runCli(root, ["check"]);

    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(
      stdout
        .trim()
        .split("\n")
        .filter((it) => !it.startsWith("    ")),
    ).toHaveLength(1);
  });

  it("names path, line and code of what is wrong, one line each", async () => {
    const { root } = await boardRepo({
      "board/planned/broken.md": '---\ntitle: "open\n---\n',
      "board/planned/a.md": "---\ndependencies: [b]\n---\n",
      "board/planned/b.md": "---\ndependencies: [a]\n---\n",
      "board/planned/c.md": "---\ndependencies: [nowhere]\n---\n",
      "board/planned/twin.md": "one\n",
      "board/backlog/twin.md": "two\n",
    });

    const { exitCode, stdout } = await runCli(root, ["check"]);
    const { findings } = await runCliJson<Check>(root, ["check"]).catch(async () =>
      JSON.parse((await runCli(root, ["check", "--json"])).stdout),
    );

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^board\/planned\/broken\.md:\d+: error/m);
    const codes = findings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(["DEPENDENCY_CYCLE", "DEPENDENCY_UNKNOWN", "TASK_DUPLICATE"]));
  });

  it("names personas, workflows, agents and slots that are not there, and a model that nobody obeys", async () => {
    const { root } = await boardRepo({
      "board/backlog/a.md": "---\npersona: nobody\n---\n",
      "board/backlog/b.md": "---\nworkflow: waltz\n---\n",
      "board/backlog/c.md": "---\nagent: robot\n---\n",
      "board/backlog/d.md": "---\nslot: Z\n---\n",
      "board/backlog/e.md": "---\nmodel: sonnet\n---\n",
      "board/done/f.md": "---\npersona: nobody\n---\n",
    });

    const { exitCode, stdout } = await runCli(root, ["check"]);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/a\.md:2: error PERSONA_UNKNOWN names persona nobody/);
    expect(stdout).toMatch(/b\.md:2: error WORKFLOW_UNKNOWN names workflow waltz/);
    expect(stdout).toMatch(/c\.md:2: error AGENT_UNKNOWN names agent robot/);
    expect(stdout).toMatch(/d\.md:2: error TASK_INVALID names slot Z/);
    expect(stdout).toMatch(/e\.md:2: warning TASK_INVALID asks for model sonnet/);
    expect(stdout).not.toContain("f.md");

    const made = await runCli(root, ["new", "Something", "--persona", "nobody"]);
    expect(made).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toContain("warning it names persona nobody");
  });

  it.each(["doing", "for_review"])("with --ci, fails while a task is in %s/", async (lane) => {
    const { root } = await boardRepo({ [`board/${lane}/a.md`]: shellTask("true") });

    expect((await runCli(root, ["check"])).exitCode).toBe(0);
    const result = await runCli(root, ["check", "--ci"]);

    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain(`board/${lane}/a.md:1: error`);
  });

  it("with --ci, is content with a board at rest", async () => {
    const { root } = await boardRepo({ "board/done/a.md": "Do it.\n", "board/backlog/b.md": "Do it.\n" });

    expect(await runCli(root, ["check", "--ci"])).toMatchObject({ exitCode: 0, stdout: "ok 2 tasks, nothing wrong\n" });
  });
});

describe("kanband doctor", () => {
  it("looks over everything and finds a fresh board well", async () => {
    const { root } = await boardRepo({ "board/planned/a.md": "Do it.\n" });

    const { isOk, checks } = await runCliJson<Doctor>(root, ["doctor"]);

    const wanted = ["node", "git", "disk", "board", "files", "repository", "base", "locks", "agent shell", "isolation"];
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining([...wanted, "worktrees", "runs", "daemon"]));
    expect(checks.filter(({ state }) => state === "fail")).toEqual([]);
    expect(isOk).toBe(true);
  });

  it("names what is wrong, with what to do about it", async () => {
    const { root, git } = await boardRepo({
      "board/planned/a.md": "---\n- x\n---\n",
      "board/board.md": "---\nagent: nobody\nbase: gone\n---\n",
    });
    await git("checkout", "-q", "--detach");
    writeFiles(root, { ".git/index.lock": "" });
    utimesSync(join(root, ".git/index.lock"), 1, 1);

    const { exitCode, stdout } = await runCli(root, ["doctor", "--json"]);
    const { checks }: Doctor = JSON.parse(stdout);

    expect(exitCode).toBe(1);
    const bad = Object.fromEntries(checks.filter(({ state }) => state !== "ok").map((it) => [it.name, it]));
    expect(Object.keys(bad)).toEqual(expect.arrayContaining(["files", "repository", "base", "locks", "agent nobody"]));
    expect(Object.values(bad).filter(({ hint }) => hint === null)).toEqual([]);
  });

  it("names a filter of the user's that is not run, where the base has files for it", async () => {
    const { root, git } = await boardRepo({ "secret.txt": "x\n" });
    await git("config", "filter.crypt.clean", "cat");
    const before = await runCliJson<Doctor>(root, ["doctor"]);
    expect(before.checks.filter(({ name }) => name === "filters")).toEqual([]);
    writeFiles(root, { ".gitattributes": "secret.txt filter=crypt\n" });
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "Encrypt");

    const { isOk, checks } = await runCliJson<Doctor>(root, ["doctor"]);

    const found = { state: "warn", message: expect.stringMatching(/^crypt: .*secret\.txt$/) };
    expect(checks.find(({ name }) => name === "filters")).toMatchObject(found);
    expect(isOk).toBe(true);
  });

  it("has something to say without a board, and without a repository", async () => {
    const { root } = await gitRepo({});

    const here = await runCli(root, ["doctor"]);
    const nowhere = await runCli(tempFolder(), ["doctor"]);

    expect(here).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("kanband init") });
    expect(nowhere).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("git init") });
  });
});

describe("kanband status", () => {
  it("shows the board, and says that no daemon is running only where that matters", async () => {
    const { root } = await boardRepo({ "board/planned/fix-login.md": shellTask("true"), "board/done/b.md": "Done.\n" });

    const { exitCode, stdout } = await runCli(root, ["status"]);
    const facts = await runCliJson(root, ["status"]);
    writeFiles(root, { "board/backlog/x.md": "" });
    await runCli(root, ["move", "fix-login", "backlog"]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/fix-login/);
    expect(stdout).toContain("No daemon is running");
    expect(facts).toMatchObject({ daemon: null });
    expect((await runCli(root, ["status"])).stdout).not.toContain("No daemon is running");
  });

  it("with --watch prints each new state until it is interrupted", async () => {
    const { root } = await boardRepo({ "board/planned/fix-login.md": shellTask("true") });
    const running = startCli(root, ["status", "--watch"]);
    await eventually("the first state", () => running.output().includes("fix-login"));

    writeFiles(root, { "board/planned/fix-logout.md": shellTask("true") });
    await eventually("the next one", () => running.output().includes("fix-logout"));
    running.kill("SIGINT");

    expect((await running.ended).exitCode).toBe(0);
  });

  it("with --watch --json prints one object a line, only when something changed", async () => {
    const { root } = await boardRepo({ "board/planned/fix-login.md": shellTask("true") });
    const running = startCli(root, ["status", "--watch", "--json"]);
    await eventually("the first state", () => running.output().includes("fix-login"));
    writeFiles(root, { "board/planned/fix-logout.md": shellTask("true") });
    await eventually("the next one", () => running.output().includes("fix-logout"));
    running.kill("SIGTERM");

    const lines = (await running.ended).stdout.trim().split("\n");
    const states = lines.map((line) => JSON.parse(line));
    const timeless = states.map((it) => JSON.stringify({ ...it, observedAt: "" }));
    expect(new Set(timeless).size).toBe(states.length);
    expect(states.at(-1).counts).toMatchObject({ planned: 2 });
  });
});
