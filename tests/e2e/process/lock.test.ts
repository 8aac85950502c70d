import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownIdentity, ownMachine } from "../../../src/process/identity.ts";
import { acquireLock, readLock } from "../../../src/process/lock.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";
import { until } from "./runs.ts";

function lockPath(): string {
  const dir = mkdtempSync(join(tmpdir(), "kanband-lock-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "lock");
}

function lockOf(identity: object): string {
  return JSON.stringify({ identity: { ...ownIdentity(), ...identity }, info: null });
}

/** Each is what a dead daemon may have left. */
const STALE: [string, () => string][] = [
  ["a process that is gone", () => lockOf({ pid: 999_999_999 })],
  ["another process with the same number", () => lockOf({ startTime: "1" })],
  ["a process of before the machine started", () => lockOf({ bootId: "an earlier boot" })],
  ["nobody: garbage", () => '{"identity":{"pid":'],
  ["nobody: an empty file", () => ""],
];

describe("acquireLock", () => {
  it("keeps others out until it is released", () => {
    const path = lockPath();
    const lock = acquireLock(path, { startedAt: 5 });
    expect(readLock(path)).toEqual({ identity: ownIdentity(), info: { startedAt: 5 } });
    expect(() => acquireLock(path)).toThrow(
      expect.objectContaining({ code: "DAEMON_RUNNING", message: expect.stringContaining(String(process.pid)) }),
    );
    lock.release();
    lock.release();
    expect(readLock(path)).toBeNull();
    acquireLock(path).release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it.each(STALE)("takes over the lock of %s", (_, content) => {
    const path = lockPath();
    writeFileSync(path, content());
    const lock = acquireLock(path);
    expect(readLock(path)?.identity).toEqual(ownIdentity());
    lock.release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it("respects the lock of another host, whose processes nobody here can see", () => {
    const path = lockPath();
    const theirs = lockOf({ pid: 999_999_999, host: `not-${hostname()}` });
    writeFileSync(path, theirs);
    expect(() => acquireLock(path)).toThrow(expect.objectContaining({ code: "DAEMON_RUNNING" }));
    expect(readFileSync(path, "utf8")).toBe(theirs);
  });

  it("does not release the lock of somebody else", () => {
    const path = lockPath();
    const lock = acquireLock(path);
    rmSync(path);
    const theirs = lockOf({ pid: 1, startTime: "0", ...ownMachine() });
    writeFileSync(path, theirs);
    lock.release();
    expect(readFileSync(path, "utf8")).toBe(theirs);
  });

  it("goes to exactly one of three who come at once, fifty times, with and without a stale lock", async () => {
    const path = lockPath();
    const contender = (name: string): string => `
      import { existsSync, writeFileSync } from "node:fs";
      import { acquireLock } from "./process/lock.js";
      const path = ${JSON.stringify(path)};
      for (let round = 0; round < 50; round++) {
        while (!existsSync(path + ".go" + round));
        let lock = null;
        try { lock = acquireLock(path, ${JSON.stringify(name)}); } catch (error) { if (error.code !== "DAEMON_RUNNING") throw error; }
        writeFileSync(path + ".result" + round + ".${name}", lock === null ? "lost" : "won");
        while (!existsSync(path + ".end" + round)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        lock?.release();
      }`;
    const names = ["a", "b", "c"];
    const contenders = names.map((name) => run(contender(name)).ended);
    for (let round = 0; round < 50; round++) {
      await until(() => !existsSync(path));
      if (round % 2 === 1) writeFileSync(path, STALE[round % STALE.length]?.[1]() ?? "");
      writeFileSync(`${path}.go${round}`, "");
      const results = names.map((name) => `${path}.result${round}.${name}`);
      await until(() => results.every((it) => existsSync(it) && readFileSync(it, "utf8") !== ""));
      expect(results.map((it) => readFileSync(it, "utf8")).sort()).toEqual(["lost", "lost", "won"]);
      writeFileSync(`${path}.end${round}`, "");
    }
    for (const { code } of await Promise.all(contenders)) expect(code).toBe(0);
    expect(readdirSync(join(path, "..")).filter((name) => !/go|result|end/.test(name))).toEqual([]);
  });

  it("is taken over from a daemon that died in the middle of taking it over", async () => {
    const path = lockPath();
    writeFileSync(path, STALE[0]?.[1]() ?? "");
    const code = `import { acquireLock } from "./process/lock.js"; acquireLock(${JSON.stringify(path)});`;
    // The second taking is that of the right to replace the stale lock.
    const { signal } = await run(code, { env: { KANBAND_FAILPOINTS: "process.lock.after-take=kill@1" } }).ended;
    expect(signal).toBe("SIGKILL");
    acquireLock(path).release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });
});
