import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { listProcesses } from "../../../src/process/process-table.ts";
import { startRun } from "../../../src/process/start-run.ts";
import { requestStop, stopRun } from "../../../src/process/stop-run.ts";
import { sweepProcesses } from "../../../src/process/sweep.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";
import { childPid, cleanUpPlaces, ended, isRunning, look, output, place, request, start, until } from "./runs.ts";

cleanUpPlaces();

function groupOf(pid: number | undefined): number[] {
  return listProcesses().flatMap((it) => (it.group === pid && !it.isZombie ? [it.pid] : []));
}

describe("stopRun", () => {
  it.each([
    ["exits-on-sigterm.sh", "waiting", { code: 0, signal: null }],
    ["never-exits.sh", "waiting", { code: 143, signal: "SIGTERM" }],
    ["ignores-sigterm.sh", "ignoring", { code: 137, signal: "SIGKILL" }],
  ])("ends %s, and its status is recorded all the same", async (agent, sign, exit) => {
    const it = place();
    const runDir = await start(it, agent);
    await output(runDir, sign);
    requestStop(runDir, "person");
    requestStop(runDir, "shutdown");
    await stopRun({ runDir, graceMs: 150, worktreePath: it.worktree });
    expect(look(runDir)).toMatchObject({
      state: "exited",
      exit: { ...exit, cause: "exit" },
      stop: { reason: "person" },
    });
    expect(groupOf(look(runDir)?.identity?.pid)).toEqual([]);
  });

  it("ends what left the group for a session of its own, while the agent still runs", async () => {
    const it = place();
    const runDir = await start(it, "forks-setsid-child-and-waits.sh");
    const child = await childPid(it.worktree);
    await stopRun({ runDir, graceMs: 100, worktreePath: it.worktree });
    expect([look(runDir)?.state, isRunning(child)]).toEqual(["exited", false]);
  });

  it.each(["forks-setsid-child.sh", "forks-anonymous-child.sh"])(
    "ends what %s left behind after its own end",
    async (agent) => {
      const it = place();
      const runDir = await start(it, agent);
      await ended(runDir);
      const child = await childPid(it.worktree);
      expect(isRunning(child)).toBe(true);
      await stopRun({ runDir, graceMs: 100, worktreePath: it.worktree });
      expect(isRunning(child)).toBe(false);
    },
  );

  it("is done again without harm, and on a run that is over", async () => {
    const it = place();
    const runDir = await start(it, "answers.sh");
    const before = await ended(runDir);
    for (let time = 0; time < 2; time++) await stopRun({ runDir, graceMs: 50, worktreePath: null });
    expect(look(runDir)).toEqual(before);
  });

  it("decides that a run which was recorded and not started never starts", async () => {
    const it = place();
    const asked = request(it, "never-exits.sh");
    const code = `import { startRun } from "./process/start-run.js"; await startRun(${JSON.stringify(asked)});`;
    await run(code, { env: { KANBAND_FAILPOINTS: "process.start.before-spawn=kill" } }).ended;
    const runDir = join(it.runsDir, asked.runId);
    await stopRun({ runDir, graceMs: 50, worktreePath: null });
    expect(look(runDir)).toBeNull();
  });

  it("is taken up by another process after a crash in the middle", async () => {
    const it = place();
    const asked = request(it, "ignores-sigterm.sh");
    await startRun(asked);
    const runDir = join(it.runsDir, asked.runId);
    await output(runDir, "ignoring");
    const code = `
      import { requestStop, stopRun } from "./process/stop-run.js";
      const runDir = ${JSON.stringify(runDir)};
      requestStop(runDir, "timeout");
      await stopRun({ runDir, graceMs: 100, worktreePath: null });`;
    expect((await run(code, { env: { KANBAND_FAILPOINTS: "process.stop.after-term=kill" } }).ended).signal).toBe(
      "SIGKILL",
    );
    expect(look(runDir)).toMatchObject({ state: "running", stop: { reason: "timeout" } });
    await stopRun({ runDir, graceMs: 100, worktreePath: null });
    expect(look(runDir)).toMatchObject({ state: "exited", exit: { signal: "SIGKILL" } });
  });

  it("counts a run whose supervisor was killed with the rest as stopped, not as lost", async () => {
    const it = place();
    const runDir = await start(it, "ignores-sigterm.sh");
    await output(runDir, "ignoring");
    requestStop(runDir, "shutdown");
    process.kill(-(look(runDir)?.identity?.pid ?? 0), "SIGKILL");
    await until(() => look(runDir)?.state === "exited");
    expect(look(runDir)?.exit).toEqual({ code: null, signal: "SIGKILL", setupFailed: false, cause: "stop" });
  });
});

describe("sweepProcesses", () => {
  it("leaves a person's own programs in the worktree alone", async () => {
    const { worktree } = place();
    const person = spawn("sleep", ["60"], { cwd: worktree, stdio: "ignore" });
    onTestFinished(() => void person.kill());
    expect(await sweepProcesses({ cwdUnder: worktree })).toEqual([]);
    expect(isRunning(person.pid ?? 0)).toBe(true);
  });

  it("leaves alone what a person's terminal started to run on by itself, as the server of a tmux does", async () => {
    const { worktree } = place();
    const env = (more: string): string =>
      `env -i PATH="$PATH" TERM=xterm ${more} setsid sleep 60 > /dev/null 2>&1 & echo $!`;
    const startFrom = (more: string): number =>
      Number(execFileSync("sh", ["-c", env(more)], { cwd: worktree, encoding: "utf8" }));
    const person = startFrom("");
    const agent = startFrom("KANBAND_TASK=a");
    onTestFinished(() => void process.kill(person, "SIGKILL"));
    await until(() => isRunning(person) && isRunning(agent));
    expect(await sweepProcesses({ cwdUnder: worktree })).toEqual([agent]);
    expect(isRunning(person)).toBe(true);
  });

  it("takes a folder for itself, not for others whose names begin alike", async () => {
    const it = place();
    const near = `${it.worktree}-2`;
    mkdirSync(near);
    const runDir = await start({ ...it, worktree: near }, "forks-anonymous-child.sh");
    await ended(runDir);
    const child = await childPid(near);
    expect(await sweepProcesses({ cwdUnder: it.worktree })).toEqual([]);
    expect(await sweepProcesses({ cwdUnder: near })).toEqual([child]);
  });

  it("keeps the runs of others: a tag is a whole run id", async () => {
    const it = place();
    const runDir = await start(it, "never-exits.sh");
    await output(runDir, "waiting");
    const { runId } = look(runDir) ?? { runId: "" };
    expect(await sweepProcesses({ tag: runId.slice(0, -1) })).toEqual([]);
    expect((await sweepProcesses({ tag: runId })).length).toBeGreaterThan(1);
  });
});
