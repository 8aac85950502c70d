// The leanest program that follows the output of runs: `lean-tail.mjs <folder of runs>`. Reads and parses every line, appends
// it to a file of the run, and prints at the end how many there were, how late its event loop was, and its memory at most.
import { appendFileSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

const EVERY_MS = 200;
const [runsDir] = process.argv.slice(2);
const copies = mkdtempSync(join(tmpdir(), "kanband-bench-lean-"));
const delay = monitorEventLoopDelay({ resolution: 5 });
const buffer = Buffer.alloc(256 * 1024);
const followed = new Map();
process.on("SIGUSR2", () => delay.enable());

const timer = setInterval(follow, EVERY_MS);
process.on("SIGTERM", () => {
  clearInterval(timer);
  follow();
  rmSync(copies, { recursive: true });
  const lines = Object.fromEntries([...followed].map(([runId, { count }]) => [runId, count]));
  const peakMb = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1000;
  process.stdout.write(`${JSON.stringify({ p99Ms: delay.percentile(99) / 1e6 - 5, peakMb, lines })}\n`);
});

function follow() {
  for (const runId of readdirSync(runsDir)) {
    if (runId.startsWith(".") || followed.has(runId)) continue;
    try {
      // What is open stays readable when the run's folder goes.
      followed.set(runId, { descriptor: openSync(join(runsDir, runId, "stdout")), rest: "", count: 0 });
    } catch {
      // It has said nothing yet.
    }
  }
  for (const [runId, it] of followed) {
    for (let size = -1; size !== 0; ) {
      size = readSync(it.descriptor, buffer);
      const lines = (it.rest + buffer.toString("utf8", 0, size)).split("\n");
      it.rest = lines.pop();
      it.count += lines.length;
      if (lines.length > 0) appendFileSync(join(copies, runId), lines.map((line) => `- ${textOf(line)}\n`).join(""));
    }
  }
}

function textOf(line) {
  try {
    return JSON.parse(line).text;
  } catch {
    return line;
  }
}
