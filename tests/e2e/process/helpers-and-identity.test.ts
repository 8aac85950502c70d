import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { groupCpuMs, identityOf, isAlive, ownIdentity } from "../../../src/process/identity.ts";
import { parsePs } from "../../../src/process/process-table.ts";
import { runCommand } from "../../../src/process/run-command.ts";
import { until } from "./runs.ts";

const PATH = process.env["PATH"] ?? "";

function sh(script: string, more: { stdin?: string; timeoutMs?: number; file?: string } = {}) {
  const { stdin = "", timeoutMs = 20_000, file = "sh" } = more;
  return runCommand({ file, args: ["-c", script], cwd: tmpdir(), env: { PATH }, stdin, timeoutMs });
}

describe("runCommand", () => {
  it("gives status and output, from exactly the given environment", async () => {
    const result = await sh("cat; echo oops >&2; env | grep -c GIT_CONFIG; exit 3", { stdin: "in\n" });
    expect(result).toEqual({ exitCode: 3, isTimedOut: false, stdout: "in\n0\n", stderr: "oops\n" });
  });

  it("does not mind a program that reads nothing of a large input", async () => {
    expect((await sh("exit 0", { stdin: "x".repeat(1_000_000) })).exitCode).toBe(0);
  });

  it("ends the whole group when the time is over", async () => {
    const { exitCode, isTimedOut, stdout } = await sh("trap '' TERM; sleep 300 & echo $!; wait", { timeoutMs: 300 });
    expect([exitCode, isTimedOut]).toEqual([null, true]);
    await until(() => identityOf(Number(stdout)) === null);
  });

  it("is over with its program, though a child holds the output; the child lives on", async () => {
    const { exitCode, stdout } = await sh("sleep 300 & echo $!");
    expect(exitCode).toBe(0);
    expect(identityOf(Number(stdout))).not.toBeNull();
    process.kill(Number(stdout), "SIGKILL");
  });

  it("keeps the first MiB of a torrent", async () => {
    const { stdout } = await sh("head -c 5000000 /dev/zero | tr '\\0' x");
    expect(stdout).toHaveLength(1024 * 1024);
  });

  it("says what could not be started", async () => {
    await expect(sh("", { file: "no-such-program" })).rejects.toMatchObject({ code: "SPAWN_FAILED" });
  });
});

describe("identity", () => {
  it("is alive while the very process is", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = identityOf(child.pid ?? 0);
    if (identity === null) throw new Error("no such process");
    expect([isAlive(identity), isAlive(ownIdentity())]).toEqual([true, true]);
    expect(isAlive({ ...identity, startTime: "1" })).toBe(false);
    expect(isAlive({ ...identity, bootId: "another boot" })).toBe(false);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("exit", resolve));
    expect(isAlive(identity)).toBe(false);
  });

  it("counts the CPU time of a group", async () => {
    const child = spawn("sh", ["-c", "while :; do :; done & wait"], { detached: true });
    const identity = identityOf(child.pid ?? 0);
    await until(() => identity !== null && groupCpuMs(identity) >= 50);
    process.kill(-(child.pid ?? 0), "SIGKILL");
  });

  it("reads the columns of ps where there is no /proc", () => {
    const text = [
      "    1     0     1 Ss   ??       0:12.34 Thu Nov 20 21:26:01 2026",
      "  501   500   500 Z    ttys001  1-02:03:04 Thu Nov 20 21:26:01 2026    ",
      "not a line",
    ].join("\n");
    const startTime = "Thu Nov 20 21:26:01 2026";
    expect(parsePs(text)).toEqual([
      { pid: 1, parent: 0, group: 1, startTime, isZombie: false, hasTerminal: false, cpuMs: 12_340 },
      { pid: 501, parent: 500, group: 500, startTime, isZombie: true, hasTerminal: true, cpuMs: 93_784_000 },
    ]);
  });
});
