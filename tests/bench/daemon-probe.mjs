// Runs a daemon in this process and prints, at the end, how late its event loop was: `daemon-probe.mjs <repository>`.
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

const dist = join(import.meta.dirname, "..", "..", process.env.KANBAND_DIST ?? "dist");
const { runDaemon } = await import(join(dist, "controller", "daemon.js"));
const { openBoard } = await import(join(dist, "observe", "open-board.js"));

const end = new AbortController();
process.on("SIGTERM", () => end.abort());
const delay = monitorEventLoopDelay({ resolution: 5 });
// Starting is another measurement: this one begins when told to.
process.on("SIGUSR2", () => delay.enable());
const board = await openBoard(process.argv[2]);
await runDaemon({
  board,
  watcher: "chokidar",
  pollMs: null,
  untilIdle: false,
  signal: end.signal,
  stopRuns: () => "leave",
});
await board.close();
process.stdout.write(`${JSON.stringify({ p99Ms: delay.percentile(99) / 1e6 - 5, maxMs: delay.max / 1e6 - 5 })}\n`);
