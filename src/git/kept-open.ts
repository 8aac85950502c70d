import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { KanbandError } from "../errors.ts";
import { type GitIdentity, type GitPlace, gitEnvironment, gitPrefix } from "./profile.ts";
import { startFailure } from "./run.ts";

/** Takes one answer off the front of what has arrived, or says how many bytes there must be to look again. */
export type Parse<T> = (bytes: Buffer) => { value: T; used: number } | { need: number };

export type KeptOpen = {
  /** Writes a request and reads its answer; requests are answered in order. Code: GIT_FAILED when the process ends. */
  ask<T>(request: string, parse: Parse<T>): Promise<T>;
  /** Keeps the process open for as long as `work` takes, also without requests: what it has begun would be lost. */
  during<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** How the error of a process ends that was killed, rather than ended with a complaint. */
export const SAID_NOTHING = "no message";

type Pending = { settle(bytes: Buffer): { used: number } | { need: number }; reject(error: Error): void };

const IDLE_MS = 30_000;

/**
 * A git process that stays open between requests: started on demand, closed after 30 s without work, started anew when
 * it died. It ends with us, because its standard input does. While idle it does not keep our own process alive.
 */
export function createKeptOpen(
  place: GitPlace,
  args: readonly string[],
  identity: GitIdentity | null,
  idleMs = IDLE_MS,
): KeptOpen {
  let current: Session | null = null;
  let wanted = 0;

  function ask<T>(request: string, parse: Parse<T>): Promise<T> {
    if (current === null || current.isOver()) {
      current = startSession(place, args, { identity, idleMs, isWanted: () => wanted > 0 });
    }
    return current.ask(request, parse);
  }

  async function during<T>(work: () => Promise<T>): Promise<T> {
    wanted++;
    try {
      return await work();
    } finally {
      wanted--;
      current?.rest();
    }
  }

  async function close(): Promise<void> {
    const session = current;
    current = null;
    await session?.close();
  }

  return { ask, during, close };
}

type Session = Pick<KeptOpen, "ask" | "close"> & { isOver(): boolean; rest(): void };

function startSession(
  place: GitPlace,
  args: readonly string[],
  { identity, idleMs, isWanted }: { identity: GitIdentity | null; idleMs: number; isWanted: () => boolean },
): Session {
  const env = gitEnvironment(place, identity);
  // A process group of its own: it ends by the end of its input, in the middle of nothing.
  const child = spawn("git", [...gitPrefix(place), ...args], { cwd: place.gitDir, env, detached: true });
  const queue: Pending[] = [];
  const arrived: Buffer[] = [];
  let arrivedLength = 0;
  let needed = 1;
  let said = "";
  let over = false;
  let idle: NodeJS.Timeout | null = null;

  function end(error: Error): void {
    over = true;
    if (idle !== null) clearTimeout(idle);
    for (const pending of queue.splice(0)) pending.reject(error);
  }

  function take(chunk: Buffer): void {
    arrived.push(chunk);
    arrivedLength += chunk.length;
    if (arrivedLength < needed) return;
    let bytes = arrived.length === 1 ? chunk : Buffer.concat(arrived);
    needed = 1;
    for (let head = queue[0]; head !== undefined && bytes.length > 0; head = queue[0]) {
      const step = head.settle(bytes);
      if ("need" in step) {
        needed = step.need;
        break;
      }
      queue.shift();
      bytes = bytes.subarray(step.used);
    }
    arrived.splice(0, arrived.length, bytes);
    arrivedLength = bytes.length;
    rest();
  }

  function rest(): void {
    if (over || queue.length > 0 || isWanted()) return;
    if (idle !== null) clearTimeout(idle);
    hold(child, false);
    idle = setTimeout(() => void close(), idleMs).unref();
  }

  function ask<T>(request: string, parse: Parse<T>): Promise<T> {
    if (idle !== null) clearTimeout(idle);
    hold(child, true);
    return new Promise<T>((resolve, reject) => {
      queue.push({
        settle(bytes) {
          const step = parse(bytes);
          if (!("need" in step)) resolve(step.value);
          return "need" in step ? step : { used: step.used };
        },
        reject,
      });
      child.stdin.write(request);
    });
  }

  function close(): Promise<void> {
    over = true;
    if (idle !== null) clearTimeout(idle);
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once("close", () => resolve());
      hold(child, true);
      child.stdin.end();
    });
  }

  child.stdout.on("data", take);
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-4000);
  });
  child.stdin.on("error", () => undefined);
  child.on("error", (cause) => end(startFailure(cause)));
  child.on("close", () => end(new KanbandError("GIT_FAILED", `git ${args[0]} ended: ${said.trim() || SAID_NOTHING}`)));
  return { ask, close, rest, isOver: () => over };
}

/** Whether the process and its pipes keep ours from ending. */
function hold(child: ChildProcessWithoutNullStreams, isHeld: boolean): void {
  const method = isHeld ? "ref" : "unref";
  child[method]();
  // Pipes of a child are sockets, which the types of node do not tell.
  for (const stream of [child.stdin, child.stdout, child.stderr] as Partial<Record<"ref" | "unref", () => unknown>>[]) {
    stream[method]?.();
  }
}
