import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** The agent's program, in a process group of its own, so that it can be ended with all that it started. */
export type AgentProcess = {
  stdin: Writable;
  stdout: Readable;
  /** One line on how it ended, with its last words. Resolves once it is gone and its output read. */
  ended: Promise<string>;
  /** Closes its input, waits `endMs`, then ends the whole group. */
  end(endMs: number): Promise<void>;
};

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts an agent in a folder. Rejects when there is no such program. What it prints on standard error is passed on. */
export async function startAgent([file = "", ...args]: readonly string[], cwd: string): Promise<AgentProcess> {
  const child = spawn(file, args, { cwd, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const ended = endOf(child, lastWordsOf(child.stderr));
  // One that goes away while it is spoken to is told by its end.
  child.stdin.on("error", () => undefined);
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  return { stdin: child.stdin, stdout: child.stdout, ended, end: (endMs) => endGroup(child, ended, endMs) };
}

const WORDS = 4000;
const HELD_MS = 500;
const TERM_MS = 500;

function lastWordsOf(stderr: Readable): () => string {
  let words = "";
  stderr.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    words = (words + chunk.toString("utf8")).slice(-WORDS);
  });
  return () => words.split("\n").findLast((line) => line.trim() !== "") ?? "";
}

function endOf(child: Child, lastWords: () => string): Promise<string> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      // A child of its own may hold its output open for ever.
      void Promise.race([closed, sleep(HELD_MS)]).then(() => {
        const words = lastWords();
        const how = signal === null ? `with exit ${String(code)}` : `by ${signal}`;
        resolve(words === "" ? `the agent ended ${how}` : `the agent ended ${how}: ${words}`);
      });
    });
  });
}

async function endGroup(child: Child, ended: Promise<unknown>, endMs: number): Promise<void> {
  child.stdin.end();
  await Promise.race([ended, sleep(endMs)]);
  if (signalGroup(child, "SIGTERM")) await Promise.race([ended, sleep(TERM_MS)]);
  signalGroup(child, "SIGKILL");
}

/** Whether anybody of the group was still there. */
function signalGroup({ pid }: Child, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
