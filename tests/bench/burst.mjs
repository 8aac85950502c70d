import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { git, makeRepository, scratch, sleep, startDaemon, until } from "./lib.mjs";

/** 1,000 files moved between lanes at once -> all seen and committed. Lower bound: read and hash them, and one commit. */
export async function benchBurst({ files = 1_000, rounds = 3 } = {}) {
  const ours = [];
  const lean = [];
  const { root, done } = scratch("burst");
  try {
    makeRepository(root, { tasks: files, settings: "slots: 1\npaused: true\n" });
    const daemon = await startDaemon(root);
    await sleep(2_000);
    for (let round = 0; round < rounds; round++) {
      const [from, to] = countAt(root, "backlog") >= files ? ["backlog", "blocked"] : ["blocked", "backlog"];
      const startedAt = performance.now();
      moveAll(root, from, to);
      await until("all are committed", () => countAt(root, to) >= files, { everyMs: 20 });
      ours.push(performance.now() - startedAt);
      await sleep(500);
    }
    await daemon.stop();
    for (let round = 0; round < rounds; round++) {
      const [from, to] = countAt(root, "backlog") >= files ? ["backlog", "blocked"] : ["blocked", "backlog"];
      const startedAt = performance.now();
      moveAll(root, from, to);
      for (const name of readdirSync(join(root, "board", to)))
        createHash("sha1")
          .update(readFileSync(join(root, "board", to, name)))
          .digest();
      git(root, "add", "--all", "board");
      git(root, "commit", "--quiet", "--only", "--message", "Burst", "--", "board");
      lean.push(performance.now() - startedAt);
    }
    const [best, bound] = [Math.min(...ours), Math.min(...lean)];
    return { oursMs: best, leanMs: bound, ratio: best / bound };
  } finally {
    done();
  }
}

function moveAll(root, from, to) {
  for (const name of readdirSync(join(root, "board", from))) {
    if (name.endsWith(".md")) renameSync(join(root, "board", from, name), join(root, "board", to, name));
  }
}

function countAt(root, lane) {
  return git(root, "ls-tree", "--name-only", "HEAD", `board/${lane}/`)
    .split("\n")
    .filter((it) => it.endsWith(".md")).length;
}
