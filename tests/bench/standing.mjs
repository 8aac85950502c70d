import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { git, makeRepository, scratch, sleep, startDaemon, until } from "./lib.mjs";

const TICKS_PER_SECOND = 100;

/** An idle minute on a large board: processes started by the daemon, and its share of one core. */
export async function benchIdle({ tasks = 10_000, seconds = 60 } = {}) {
  const { root, done } = scratch("idle");
  try {
    makeRepository(root, { tasks, settings: "slots: 1\npaused: true\n" });
    const daemon = await startDaemon(root);
    // Helpers that git keeps open for it end after half a minute.
    await sleep(40_000);
    const seen = new Set(childrenOf(daemon.pid));
    const before = seen.size;
    const cpuBefore = cpuTicks(daemon.pid);
    const until = performance.now() + seconds * 1_000;
    while (performance.now() < until) {
      for (const pid of childrenOf(daemon.pid)) seen.add(pid);
      await sleep(20);
    }
    const cpu = (cpuTicks(daemon.pid) - cpuBefore) / TICKS_PER_SECOND / seconds;
    await daemon.stop();
    return { started: seen.size - before, cpuShare: cpu };
  } finally {
    done();
  }
}

/** Memory after a start with a large board and 1,000 transitions, and its growth over 5,000 more. */
export async function benchMemory({ tasks = 10_000, first = 1_000, more = 5_000 } = {}) {
  const { root, done } = scratch("memory");
  try {
    makeRepository(root, { tasks, settings: "slots: 1\npaused: true\n" });
    const lean = Number(
      execFileSync(process.execPath, ["--expose-gc", "-e", KEEP_ALL], { cwd: root, encoding: "utf8" }),
    );
    const daemon = await startDaemon(root);
    await shuffle(root, first);
    const after = await settledRss(daemon.pid);
    await shuffle(root, more);
    const later = await settledRss(daemon.pid);
    await daemon.stop();
    return { oursMb: after / 1e6, leanMb: lean / 1e6, ratio: after / lean, growth: later / after - 1 };
  } finally {
    done();
  }
}

const KEEP_ALL = `
  const fs = require("node:fs"), path = require("node:path"), matter = require(${JSON.stringify(join(import.meta.dirname, "../../node_modules/gray-matter"))});
  globalThis.kept = [];
  for (const lane of fs.readdirSync("board", { withFileTypes: true })) {
    if (!lane.isDirectory()) continue;
    for (const name of fs.readdirSync(path.join("board", lane.name))) {
      if (name.endsWith(".md")) kept.push(matter(fs.readFileSync(path.join("board", lane.name, name), "utf8"), {}));
    }
  }
  process.stdout.write(String(process.memoryUsage().rss));
`;

/** Moves `count` files between two lanes, a hundred at a time, each batch seen and committed before the next. */
async function shuffle(root, count) {
  for (let moved = 0; moved < count; moved += 100) {
    const head = git(root, "rev-parse", "HEAD");
    const toBlocked = readdirSync(join(root, "board/blocked")).length < 100;
    const [from, to] = toBlocked ? ["backlog", "blocked"] : ["blocked", "backlog"];
    const names = readdirSync(join(root, "board", from))
      .filter((it) => it.endsWith(".md"))
      .slice(0, 100);
    for (const name of names) renameSync(join(root, "board", from, name), join(root, "board", to, name));
    await until(
      "the batch is committed",
      () => git(root, "rev-parse", "HEAD") !== head && git(root, "status", "--porcelain", "--", "board") === "",
      { everyMs: 30 },
    );
  }
}

async function settledRss(pid) {
  await sleep(3_000);
  return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((it) => it !== "");
}

function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
