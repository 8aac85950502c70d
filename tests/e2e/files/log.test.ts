import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLogger } from "../../../src/log.ts";

function logPath(): string {
  const dir = mkdtempSync(join(tmpdir(), "kanband-log-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "log", "kanband.log");
}

function lines(path: string): { msg: string; n: number; time: string }[] {
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("createLogger", () => {
  it("has written each line when the call returns", () => {
    const path = logPath();
    createLogger(path).info({ taskId: "a", n: 1 }, "task assigned");
    expect(lines(path)).toMatchObject([
      { level: 30, taskId: "a", n: 1, msg: "task assigned", time: expect.stringMatching(/Z$/) },
    ]);
  });

  it("keeps the newest five files, each below its size, and loses no line in between", () => {
    const path = logPath();
    // Two loggers one after the other, as a daemon that starts again.
    for (const half of [0, 1]) {
      const log = createLogger(path, { fileBytes: 2_000 });
      for (let n = 0; n < 100; n++) log.info({ n: half * 100 + n, text: "x".repeat(40) }, "filler");
    }
    const names = readdirSync(join(path, "..")).sort();
    expect(names).toEqual(["kanband.log", ...[1, 2, 3, 4].map((age) => `kanband.log.${age}`)]);
    const files = ["kanband.log.4", "kanband.log.3", "kanband.log.2", "kanband.log.1", "kanband.log"].map((it) =>
      join(path, "..", it),
    );
    for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(2_000);
    const numbers = files.flatMap(lines).map(({ n }) => n);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 200 - numbers.length + index));
  });

  it("says nothing anywhere without a path", () => {
    expect(() => createLogger(null).error({ n: 1 }, "nobody hears this")).not.toThrow();
  });
});
