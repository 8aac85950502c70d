import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { buildEnvironment } from "../../../src/process/environment.ts";
import { onExit } from "../../../src/process/exits.ts";
import { listProcesses } from "../../../src/process/process-table.ts";
import { readRuns } from "../../../src/process/read-runs.ts";
import { removeRun, sweepRuns, voidRun } from "../../../src/process/remove-run.ts";
import { startRun } from "../../../src/process/start-run.ts";
import { SUPERVISOR } from "../../../src/process/supervisor.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";
import { itInTurn } from "../../helpers/today.ts";
import {
  AGENTS_DIR,
  cleanUpPlaces,
  ended,
  isRunning,
  look,
  output,
  place,
  request,
  start,
  stdout,
  until,
} from "./runs.ts";

// Half of them each day.
const it = itInTurn(0, 2);

cleanUpPlaces();
describe("a run", () => {
  it("gets its prompt, runs in its folder, and tells how it ended at once", async () => {
    const it = place();
    const runDir = await start(it, "echoes-prompt.sh", { stdin: "the prompt\n", record: { task: "a" } });
    await new Promise<void>((resolve) => onExit(look(runDir)?.runId ?? "", resolve));
    expect(look(runDir)).toMatchObject({
      state: "exited",
      record: { task: "a" },
      exit: { code: 0, signal: null, setupFailed: false, cause: "exit" },
      stdoutBytes: 11,
      stderrBytes: 0,
      cwd: it.worktree,
    });
    expect(stdout(runDir)).toBe("the prompt\n");
  });

  it.each([
    ["exits-1.sh", { code: 1, signal: null, cause: "exit" }],
    ["dies-by-sigsegv.sh", { code: 139, signal: "SIGSEGV", cause: "exit" }],
    ["no-such-program", { code: 127, signal: null, cause: "spawn" }],
    ["../agents", { code: 127, signal: null, cause: "spawn" }],
  ])("%s ends as it ends", async (agent, exit) => {
    expect((await ended(await start(place(), agent))).exit).toMatchObject(exit);
  });

  it("takes arguments as they are: blanks, quotes, options, nothing", async () => {
    const args = ["a b", "$HOME", "'\"", "-n", "", "*"];
    const runDir = await start(place(), "", { file: "printf", args: ["[%s]", ...args] });
    await ended(runDir);
    expect(stdout(runDir)).toBe(args.map((it) => `[${it}]`).join(""));
  });

  it("runs its setup first, in the same folder; the agent does not run when that fails", async () => {
    const it = place();
    const good = await ended(await start(it, "answers.sh", { setup: "pwd; echo made > made.txt" }));
    expect(good.exit).toMatchObject({ code: 0, cause: "exit" });
    expect(readFileSync(join(good.runDir, "setup.out"), "utf8")).toBe(`${it.worktree}\n`);
    expect(existsSync(join(it.worktree, "made.txt"))).toBe(true);
    const bad = await ended(await start(it, "answers.sh", { setup: "echo no >&2; exit 4" }));
    expect(bad.exit).toMatchObject({ code: 4, setupFailed: true, cause: "setup" });
    expect(existsSync(join(bad.runDir, "stdout"))).toBe(false);
  });

  it("is over when the agent is, though a child holds its output; nothing of its group is left", async () => {
    const held = await ended(await start(place(), "holds-stdout-open.sh"));
    expect(held.exit).toMatchObject({ code: 0 });
    const forked = await ended(await start(place(), "forks-child.sh"));
    // All of the group got one SIGKILL; they need not die in the same instant.
    await until(() => !isRunning(Number(stdout(forked.runDir))));
    await until(() => listProcesses().every((other) => other.group !== forked.identity?.pid || other.isZombie));
  });

  it("may delete its own folder", async () => {
    const it = place();
    const { exit, runDir } = await ended(await start(it, "deletes-worktree.sh"));
    expect(exit).toMatchObject({ code: 0 });
    expect(stdout(runDir)).toContain("deleted\n");
    expect(existsSync(it.worktree)).toBe(false);
  });

  it("does not start in a folder that is not there, and leaves no record", async () => {
    const it = place();
    rmSync(it.worktree, { recursive: true });
    await expect(start(it, "answers.sh")).rejects.toMatchObject({ code: "SPAWN_FAILED" });
    expect(readRuns(it.runsDir)).toEqual([]);
  });

  it("is never started twice under one id", async () => {
    const it = place();
    const asked = request(it, "never-exits.sh");
    await startRun(asked);
    await expect(startRun(asked)).rejects.toMatchObject({ code: "RUN_BROKEN" });
    expect(readdirSync(it.runsDir)).toEqual([asked.runId]);
  });
});

const ALLOWED = ["ALLOWED_KEY", "NPM_TOKEN", "NPM_CONFIG_REGISTRY"];

describe("the environment of a run", () => {
  it("holds what the allowlist names and nothing else of the daemon's", async () => {
    const canaries = {
      CANARY_SECRET: "canary",
      GIT_DIR: "canary",
      GIT_AUTHOR_NAME: "canary",
      NODE_OPTIONS: "--no-warnings",
      npm_config_registry: "canary",
      NPM_CONFIG_REGISTRY: "allowed",
      NPM_TOKEN: "allowed",
      SSH_AUTH_SOCK: "canary",
      LC_CANARY: "allowed",
      ALLOWED_KEY: "allowed",
    };
    Object.assign(process.env, canaries);
    const env = buildEnvironment({
      allow: [...ALLOWED, "NODE_OPTIONS", "GIT_AUTHOR_NAME", "npm_config_registry", "MISSING"],
      set: { SET: "by us" },
      home: "/nonexistent/home",
    });
    for (const name of Object.keys(canaries)) delete process.env[name];
    const runDir = await start(place(), "prints-environment.sh", { env });
    await ended(runDir);
    expect(stdout(runDir)).not.toContain("canary");
    const names = stdout(runDir)
      .split("\n")
      .flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    // The shell that stands between may add its own folder and depth.
    const known =
      /^(PATH|HOME|LANG|LC_\w+|TERM|TMPDIR|USER|SHELL|ALLOWED_KEY|NPM_\w+|SET|KANBAND_RUNS?|PWD|OLDPWD|SHLVL|_)$/;
    expect(names.filter((name) => !known.test(name))).toEqual([]);
    expect(stdout(runDir)).toContain("HOME=/nonexistent/home\n");
    expect(names).toEqual(
      expect.arrayContaining([...ALLOWED, "SET", "LC_CANARY", "PATH", "KANBAND_RUN", "KANBAND_RUNS"]),
    );
  });
});

describe("the supervisor", () => {
  it("goes on when the process that started it is killed, and another one reads how it ended", async () => {
    const it = place();
    const asked = request(it, "exits-on-sigterm.sh");
    const daemon = run(`
      import { startRun } from "./process/start-run.js";
      await startRun(${JSON.stringify(asked)});
      console.log("started");
      setInterval(() => undefined, 1000);`);
    await until(() => daemon.stdout().includes("started"));
    process.kill(daemon.pid, "SIGKILL");
    expect((await daemon.ended).signal).toBe("SIGKILL");
    const runDir = join(it.runsDir, asked.runId);
    await output(runDir, "waiting");
    const found = look(runDir);
    expect(found).toMatchObject({ state: "running", record: { agent: "exits-on-sigterm.sh" } });
    process.kill(-(found?.identity?.pid ?? 0), "SIGTERM");
    expect((await ended(runDir)).exit).toMatchObject({ code: 0, signal: null, cause: "exit" });
    expect(stdout(runDir)).toContain("tidied up");
  });

  it("ends a run that writes without end, soon after its cap", async () => {
    const runDir = await start(place(), "writes-1gb.sh", { limits: { wallMs: null, outputBytes: 8_000_000 } });
    const { exit, stdoutBytes } = await ended(runDir);
    expect(exit).toMatchObject({ signal: "SIGTERM", cause: "output" });
    expect(stdoutBytes).toBeLessThan(1_000_000_000);
  });

  it("ends a run at its wall time, by force if need be", async () => {
    const limits = { wallMs: 1_000, outputBytes: 1_000_000 };
    const [polite, deaf] = await Promise.all([
      start(place(), "never-exits.sh", { limits }).then(ended),
      start(place(), "ignores-sigterm.sh", { limits }).then(ended),
    ]);
    expect(polite.exit).toMatchObject({ signal: "SIGTERM", cause: "wall" });
    expect(deaf.exit).toMatchObject({ signal: "SIGKILL", cause: "wall" });
  });

  it("ends a setup that hangs, too", async () => {
    const limits = { wallMs: 1_000, outputBytes: 1_000_000 };
    const { exit } = await ended(await start(place(), "answers.sh", { setup: "sleep 300", limits }));
    expect(exit).toMatchObject({ cause: "wall" });
  });

  it("calls a short run that printed too much by its name", async () => {
    const limits = { wallMs: null, outputBytes: 3 };
    const { exit } = await ended(await start(place(), "answers.sh", { limits }));
    expect(exit).toMatchObject({ code: 0, cause: "output" });
  });

  it("leaves nothing running when its folder is deleted", async () => {
    const runDir = await start(place(), "ignores-sigterm.sh");
    await output(runDir, "ignoring");
    const group = look(runDir)?.identity?.pid;
    rmSync(runDir, { recursive: true });
    await until(() => listProcesses().every((it) => it.group !== group || it.isZombie));
  });

  it("is missed when it is killed: the run is lost, and its agent does not outlive it", async () => {
    const runDir = await start(place(), "ignores-sigterm.sh");
    await output(runDir, "ignoring");
    const pid = look(runDir)?.identity?.pid ?? 0;
    process.kill(pid, "SIGKILL");
    await until(() => look(runDir)?.state === "lost");
    expect(look(runDir)).toMatchObject({ exit: null, endedAt: null });
    await until(() => listProcesses().every((it) => it.group !== pid || it.isZombie));
  });

  it.each(["/bin/sh", "bash"])("runs in %s", async (shell) => {
    const runDir = await start(place(), "exits-1.sh");
    await ended(runDir);
    for (const name of readdirSync(runDir).filter((it) => /^(exit|std(out|err)|started)/.test(it)))
      rmSync(join(runDir, name));
    const args = ["-c", SUPERVISOR, "kanband-run", runDir, "5", "1000", "1", join(AGENTS_DIR, "exits-1.sh")];
    const posix = shell === "bash" ? ["--posix"] : [];
    const child = spawn(shell, [...posix, ...args], { detached: true, stdio: "ignore" });
    await new Promise((resolve) => child.on("exit", resolve));
    expect((await ended(runDir)).exit).toMatchObject({ code: 1, cause: "exit" });
    expect(stdout(runDir)).toBe("working\n");
    expect(readFileSync(join(runDir, "stderr"), "utf8")).toBe("it went wrong\n");
  });

  it("never signals a group that is not its own", () => {
    const it = place();
    mkdirSync(join(it.runsDir, "r"), { recursive: true });
    const script = `sh -c "$0" kanband-run ${join(it.runsDir, "r")} 0 1 1 true; echo "exit $?"`;
    const child = spawn("sh", ["-c", script, SUPERVISOR]);
    return expect(
      new Promise((resolve) => {
        let text = "";
        child.stdout.on("data", (chunk) => (text += String(chunk)));
        child.on("close", () => resolve(text));
      }),
    ).resolves.toBe("exit 70\n");
  });
});

describe("a recorded run that has not started", () => {
  it("starts, or is void, and never both, whoever is first", async () => {
    const it = place();
    const outcomes = new Set<string>();
    for (let trial = 0; trial < 60; trial++) {
      const mark = join(it.worktree, `ran-${trial}`);
      const asked = request(it, "", { file: "touch", args: [mark] });
      await startRun(asked);
      const runDir = join(it.runsDir, asked.runId);
      for (const until = performance.now() + (trial % 12) / 2; performance.now() < until; );
      const isVoid = voidRun(runDir);
      const over = new Promise<void>((resolve) => onExit(asked.runId, resolve));
      await over;
      expect(existsSync(mark)).toBe(!isVoid);
      expect(look(runDir)?.state ?? "void").toBe(isVoid ? "void" : "exited");
      outcomes.add(isVoid ? "void" : "ran");
      await removeRun(runDir);
    }
    expect([...outcomes].sort()).toEqual(["ran", "void"]);
  });

  it("is there whole or not at all when the daemon dies", async () => {
    const it = place();
    const asked = request(it, "answers.sh");
    const died = async (point: string): Promise<void> => {
      const code = `import { startRun } from "./process/start-run.js"; await startRun(${JSON.stringify(asked)});`;
      expect((await run(code, { env: { KANBAND_FAILPOINTS: `${point}=kill` } }).ended).signal).toBe("SIGKILL");
    };
    const runDir = join(it.runsDir, asked.runId);
    await died("process.start.before-record");
    expect(readRuns(it.runsDir)).toEqual([]);
    await died("process.start.after-record");
    expect(readRuns(it.runsDir)).toMatchObject([{ state: "starting", record: { agent: "answers.sh" } }]);
    expect(voidRun(runDir)).toBe(true);
    expect(voidRun(runDir)).toBe(true);
    expect(readRuns(it.runsDir)).toEqual([]);
    sweepRuns(it.runsDir);
    expect(readdirSync(it.runsDir)).toEqual([]);
    await died("process.start.after-spawn");
    expect((await ended(runDir)).exit).toMatchObject({ code: 0 });
  });
});

describe("readRuns", () => {
  it("takes a folder whose record was torn for a lost run, and others' files for none", () => {
    const it = place();
    mkdirSync(join(it.runsDir, "torn"), { recursive: true });
    writeFileSync(join(it.runsDir, "torn", "record.json"), '{"runId": "to');
    writeFileSync(join(it.runsDir, "torn", "started"), "1 0\n");
    writeFileSync(join(it.runsDir, "note.txt"), "");
    expect(readRuns(it.runsDir)).toMatchObject([{ runId: "torn", record: null, state: "lost" }]);
    expect(readRuns(join(it.runsDir, "missing"))).toEqual([]);
  });
});
