import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The program that is measured; `KANBAND_DIST` names another build. */
export const MAIN = join(import.meta.dirname, "..", "..", process.env.KANBAND_DIST ?? "dist", "bin/kanband.js");

/** What git sees of the machine: nothing. */
export const GIT_ENV = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Bench",
  GIT_AUTHOR_EMAIL: "bench@example.invalid",
  GIT_COMMITTER_NAME: "Bench",
  GIT_COMMITTER_EMAIL: "bench@example.invalid",
};

/** Runs git in a folder; answers what it printed. */
export function git(cwd, ...args) {
  return execFileSync("git", args, { cwd, env: GIT_ENV, encoding: "utf8", maxBuffer: 1 << 28 });
}

/** A temporary folder; `done` removes it. */
export function scratch(name) {
  const root = mkdtempSync(join(tmpdir(), `kanband-bench-${name}-`));
  return { root, done: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A repository with a board of `tasks` parked tasks and `files` code files, all committed. */
export function makeRepository(root, { tasks, files = 20, settings }) {
  git(root, "init", "--quiet", "--initial-branch=main");
  git(root, "config", "gc.auto", "0");
  git(root, "config", "user.name", "Bench");
  git(root, "config", "user.email", "bench@example.invalid");
  for (let index = 0; index < files; index++) {
    write(root, `src/part${index % 100}/file${index}.txt`, `line ${index}\n`.repeat(20));
  }
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", "Code");
  execFileSync(process.execPath, [MAIN, "init"], { cwd: root });
  write(root, "board/board.md", `---\n${settings}---\n`);
  for (let index = 0; index < tasks; index++)
    write(root, `board/backlog/parked-${index}.md`, taskText(`Parked ${index}`));
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", "Board");
}

/** A task file of about 1.1 kB, the size of real ones. */
export function taskText(title) {
  return `---\ntitle: ${title}\npriority: normal\nlabels: [bench, sample]\n---\n# ${title}\n\n${"What is wanted, in a few words. ".repeat(30)}\n`;
}

export function write(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Starts the daemon and waits until it is ready. `stop` ends it. */
export async function startDaemon(root) {
  const child = spawn(process.execPath, [MAIN, "up"], { cwd: root, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const ready = join(root, ".git/kanband/ready.json");
  const startedAt = performance.now();
  while (!existsSync(ready)) {
    if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}`);
    await sleep(2);
  }
  const readyMs = performance.now() - startedAt;
  return {
    pid: child.pid,
    readyMs,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

export async function sleep(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `condition` holds; looks every `everyMs`. */
export async function until(what, condition, { withinMs = 120_000, everyMs = 5 } = {}) {
  const startedAt = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`waited in vain: ${what}`);
    await sleep(everyMs);
  }
}

/** Resolves with the time at which a file of this name appears in a folder. */
export function appearance(folder, name) {
  return new Promise((resolve) => {
    const watcher = watch(folder, (_event, file) => {
      if (file !== name) return;
      const at = performance.now();
      watcher.close();
      resolve(at);
    });
  });
}

/** The value below which a share of the samples lies. */
export function quantile(samples, share) {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
