import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyEffect } from "../../../src/apply/effect.ts";
import { processesOf } from "../../helpers/live-board.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";
import { untilFile } from "./until.ts";

const worktree = (board: ApplyBoard, name = "w1") => join(board.root, ".kanband/worktrees", name);

describe("launching", () => {
  it("starts one run however often it is asked, with exactly the session files that may be read", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask("sleep 300"),
      "personas/engineer.md": "---\nmutates: true\nreads: [scope]\n---\nYou build.\n",
      "sessions/a/scope.md": "---\nstate: done\n---\n\nThe scope.\n",
      "sessions/a/findings/cold.md": "---\nstate: done\n---\n\nCold.\n",
    });
    await board.run(launchOf("a"));
    await board.run(launchOf("a"));

    expect(board.runs()).toHaveLength(1);
    expect(existsSync(join(worktree(board), ".session/scope.md"))).toBe(true);
    expect(existsSync(join(worktree(board), ".session/findings/cold.md"))).toBe(false);
    expect(existsSync(join(worktree(board), "board"))).toBe(false);
    expect(board.read("sessions/a/engineer.md")).toMatch(/state: running/);
    expect(board.read("sessions/a/engineer.md")).toMatch(
      /^prompt: \{ persona: 10, rules: \d+, task: \d+, scope\.md: \d+, output: \d+ \}$/m,
    );
    expect(board.read("sessions/a/context.md")).toMatch(
      /## Attempt 1\n[\s\S]*Prompt: \d+ bytes \(persona 10, .*scope\.md \d+, output \d+\)\n- Trust phase: approve/,
    );
  });

  it("two launches at once get two worktrees", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask("true"),
      "board/doing/b.md": claimedTask("true"),
    });
    // As a daemon does, which looks once and then starts all.
    const snapshot = await board.look();
    const launches = [launchOf("a"), launchOf("b", { slot: "B" })];
    await Promise.all(launches.map((it) => applyEffect(board.world, it, snapshot)));
    await board.over();
    const facts = board.runs().map(({ record }) => record as { worktree: string; taskId: string });
    expect(facts).toHaveLength(2);
    expect(new Set(facts.map((it) => it.worktree)).size).toBe(2);
  });

  it.each([
    ["an unknown agent", { agent: "nobody" }, /no agent 'nobody'/],
    ["a task without commands", {}, /no ```sh block/],
  ])("%s is a failed session of class setup", async (_, facts, reason) => {
    const board = await applyBoard({ "board/doing/a.md": "---\nassigned: A\nattempt: 1\n---\n# Nothing to run\n" });
    await board.run(launchOf("a", facts));
    const session = board.read("sessions/a/engineer.md");
    expect(session).toMatch(/state: failed[\s\S]*failure: setup/);
    expect(session).toMatch(reason);
    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({
      state: "failed",
      failure: "setup",
      attempt: 1,
    });
  });

  it("a base that does not exist is a failed session too", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("true", "base: nowhere\n") });
    await board.run(launchOf("a"));
    expect((await board.look()).sessions.get("a")?.[0]?.reason).toMatch(/base 'nowhere' of a does not exist/);
  });

  it("copies the files of worktree.copy, runs the setup once, and commits neither", async () => {
    const board = await applyBoard(
      { "board/doing/a.md": claimedTask("cat .env.local conf/x.env setup.log\nrm setup.log") },
      { settings: { worktree: { copy: [".env*", "conf/*.env"], setup: ["echo set up >> setup.log"], pool: 2 } } },
    );
    board.write(".env.local", "SECRET=1\n");
    board.write("conf/x.env", "X=1\n");
    await runToEnd(board, launchOf("a"));

    expect(board.read("sessions/a/engineer.md")).toMatch(/state: done[\s\S]*SECRET=1\nX=1\nset up/);
    expect(await board.git("ls-tree", "-r", "--name-only", "kanband/a", "--", ".env.local", "conf", "setup.log")).toBe(
      "",
    );
  });

  it("a failing setup is no failure of the agent", async () => {
    const board = await applyBoard(
      { "board/doing/a.md": claimedTask("echo never") },
      { settings: { worktree: { copy: [], setup: ["echo no such package >&2; exit 3"], pool: 2 } } },
    );
    await runToEnd(board, launchOf("a"));
    const session = (await board.look()).sessions.get("a")?.[0];
    expect(session).toMatchObject({
      state: "failed",
      failure: "setup",
      agent: null,
      reason: expect.stringContaining("no such package"),
    });
    expect(board.read("sessions/a/context.md")).toContain("no such package");
  });

  it("gives a run nothing but its allowlist, and no way to push", async () => {
    process.env["KANBAND_TEST_SECRET"] = "s3cret";
    process.env["KANBAND_TEST"] = "";
    const board = await applyBoard({
      "board/doing/a.md": claimedTask(
        "env | sort\ngit push origin HEAD:refs/heads/x || echo refused\ngit push ../../.. HEAD:y || echo refused",
      ),
    });
    await board.git("remote", "add", "origin", board.root);
    await runToEnd(board, launchOf("a"));
    const session = board.read("sessions/a/engineer.md");
    expect(session).not.toContain("s3cret");
    expect(session.match(/^refused$/gm)).toHaveLength(2);
    expect(await board.git("branch", "--list", "x", "y")).toBe("");
  });
});

describe("collecting", () => {
  it("commits leftovers, finishes the session, and does the same when repeated", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask("echo new > new.txt\necho odd > git~1\necho 'verdict: must-fix'"),
    });
    await runToEnd(board, launchOf("a"));
    const first = board.read("sessions/a/engineer.md");

    expect(first).toMatch(/state: done\nverdict: must-fix[\s\S]*Committed by the daemon: `new\.txt`/);
    expect(await board.git("show", "kanband/a:new.txt")).toBe("new");
    expect(first).toContain("What no commit can hold is kept as it was: `.kanband/kept/a/1/git~1`.");
    expect(board.read(".kanband/kept/a/1/git~1")).toBe("odd\n");
    expect(board.runs()).toEqual([]);
    await collectAll(board);
    expect(board.read("sessions/a/engineer.md")).toBe(first);
  });

  it("a failed run's work is set aside and the branch goes back", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask(
        "echo new > new.txt\ngit add new.txt\ngit commit -qm mine\necho more > more.txt\necho odd > git~1\nexit 3",
      ),
    });
    await runToEnd(board, launchOf("a"));
    const session = (await board.look()).sessions.get("a")?.[0];

    expect(session).toMatchObject({ state: "failed", failure: "agent", exitCode: 3 });
    expect(await board.git("rev-parse", "kanband/a")).toBe(await board.git("rev-parse", "main"));
    const refs = (await board.git("for-each-ref", "--format=%(refname)", "refs/kanband/preserved")).split("\n");
    expect(refs[0]).toBe("refs/kanband/preserved/a/1");
    expect(await board.git("show", `${refs[0]}:new.txt`)).toBe("new");
    expect(await board.git("show", `${refs[0]}:more.txt`)).toBe("more");
    expect(board.read("sessions/a/engineer.md")).toMatch(
      /`\.kanband\/kept\/a\/1\/git~1`[^]*refs\/kanband\/preserved\/a\/1/,
    );
    // The next attempt starts afresh.
    board.write("board/doing/a.md", claimedTask("ls"));
    await board.commit();
    await runToEnd(board, launchOf("a", { attempt: 2, cause: "retry", retries: 1 }));
    expect(board.read("sessions/a/engineer.md").replace(/^touched:.*/m, "")).not.toMatch(/new\.txt|more\.txt|^git~1/m);
  });

  it("a stopped run keeps what it did on its branch, and the next attempt counts it", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("echo half > half.txt\nsleep 300") });
    await board.run(launchOf("a"));
    const [run] = board.runs();
    await untilFile(join(worktree(board), "half.txt"));
    await board.run({ kind: "stop", taskId: "a", runId: run?.runId ?? "", reason: "person" });
    await collectAll(board);

    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "stopped", failure: "stopped" });
    expect(await board.git("show", "kanband/a:half.txt")).toBe("half");
    board.write("board/doing/a.md", claimedTask("true"));
    await board.commit();
    await runToEnd(board, launchOf("a", { attempt: 2, cause: "stopped" }));
    await board.commit();
    await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 2 });
    expect(board.read("sessions/a/checks.md")).toMatch(/verdict: clean/);
  });

  it("a run whose supervisor is gone is lost, and counted", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("echo half > half.txt\nsleep 300") });
    await board.run(launchOf("a", { losses: 1, cause: "lost", attempt: 2 }));
    await untilFile(join(worktree(board), "half.txt"));
    const pid = board.runs()[0]?.identity?.pid ?? 0;
    process.kill(-pid, "SIGKILL");
    await board.over();
    await collectAll(board);

    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({
      state: "stopped",
      reason: expect.stringMatching(/^lost 2: /),
    });
    expect(await board.git("show", "kanband/a:half.txt")).toBe("half");
    expect(processesOf(worktree(board))).toEqual([]);
  });

  it("nothing of a run outlives its collection", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("setsid sleep 300 >/dev/null 2>&1 &\necho ok") });
    await runToEnd(board, launchOf("a"));
    expect(processesOf(worktree(board))).toEqual([]);
    expect(board.read("sessions/a/engineer.md")).toContain("state: done");
  });

  it.each([
    ["deletes its worktree", 'cd / && rm -rf "$OLDPWD"'],
    ["deletes .git", "rm -rf .git\necho new > new.txt"],
    ["switches its branch", "git checkout -qb elsewhere\necho new > new.txt\ngit add .\ngit commit -qm x"],
    ["detaches", "git checkout -q --detach\necho new > new.txt\ngit add .\ngit commit -qm x"],
  ])("an agent that %s does no lasting harm", async (_, script) => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask(script) });
    await runToEnd(board, launchOf("a"));
    const state = (await board.look()).sessions.get("a")?.[0]?.state;
    expect(["done", "failed"]).toContain(state);
    expect(board.runs()).toEqual([]);
    // The next attempt works as ever.
    board.write("board/doing/a.md", claimedTask("echo fine > fine.txt"));
    await board.commit();
    await runToEnd(board, launchOf("a", { attempt: 2, cause: "feedback" }));
    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "done", attempt: 2 });
    expect(await board.git("show", "kanband/a:fine.txt")).toBe("fine");
    expect(await board.git("fsck", "--strict", "--no-dangling")).toBe("");
  });
});
