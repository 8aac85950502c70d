import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { MAIN, makeRepository, quantile, scratch, startDaemon } from "./lib.mjs";

// The leanest reader: every file of every lane, and its front matter by gray-matter.
const READ_ALL = `
  const fs = require("node:fs"), path = require("node:path"), matter = require(${JSON.stringify(join(import.meta.dirname, "../../node_modules/gray-matter"))});
  const kept = [];
  for (const lane of fs.readdirSync("board", { withFileTypes: true })) {
    if (!lane.isDirectory()) continue;
    for (const name of fs.readdirSync(path.join("board", lane.name))) {
      if (name.endsWith(".md")) kept.push(matter(fs.readFileSync(path.join("board", lane.name, name), "utf8"), {}));
    }
  }
`;

/** \`up\` to ready on a large board. Lower bound: one process that reads and parses all files. */
export async function benchColdStart({ tasks = 10_000, rounds = 3 } = {}) {
  const { root, done } = scratch("start");
  try {
    makeRepository(root, { tasks, settings: "slots: 1\npaused: true\n" });
    const ours = [];
    const lean = [];
    for (let round = 0; round < rounds; round++) {
      lean.push(readAllMs(root));
      const daemon = await startDaemon(root);
      ours.push(daemon.readyMs);
      await daemon.stop();
    }
    return ratioOf(ours, lean);
  } finally {
    done();
  }
}

/** \`kanband status\` on a warm disk. Lower bound: \`node -e 0\` plus reading and parsing all files. */
export function benchStatus({ tasks = 1_000, rounds = 9 } = {}) {
  const { root, done } = scratch("status");
  try {
    makeRepository(root, { tasks, settings: "slots: 1\n" });
    const ours = [];
    const lean = [];
    for (let round = 0; round < rounds; round++) {
      lean.push(readAllMs(root));
      const startedAt = performance.now();
      execFileSync(process.execPath, [MAIN, "status"], { cwd: root, stdio: "ignore" });
      ours.push(performance.now() - startedAt);
    }
    return ratioOf(ours, lean);
  } finally {
    done();
  }
}

function readAllMs(root) {
  const startedAt = performance.now();
  execFileSync(process.execPath, ["-e", READ_ALL], { cwd: root, stdio: "ignore" });
  return performance.now() - startedAt;
}

function ratioOf(ours, lean) {
  const [oursMs, leanMs] = [quantile(ours, 0.5), quantile(lean, 0.5)];
  return { oursMs, leanMs, ratio: oursMs / leanMs };
}
