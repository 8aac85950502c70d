import { lstatSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { type Parse, SAID_NOTHING } from "./kept-open.ts";
import { noteHold, type RefHold, releaseDead } from "./ref-holds.ts";
import { checkRefName } from "./ref-name.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";

/** `null` stands for "does not exist". */
export type RefMove = { ref: string; from: string | null; to: string | null };

/**
 * Moves a ref from one id to another by compare-and-swap. Patient while somebody else holds the ref's lock.
 * Codes: REF_MOVED when it is not at `from`, GIT_LOCKED, GIT_FAILED.
 */
export async function updateRef(
  repo: Repository,
  { patienceMs = 5000, ...move }: RefMove & { patienceMs?: number },
): Promise<void> {
  await updateRefs(repo, [move], { patienceMs });
}

/**
 * The same for several refs at once: all of them are moved, or none. Should the machine fail in the midst of it, those that
 * stand first were moved first, and deletions come last. `isLogged`: git keeps a log of those that it makes, whatever they are.
 */
export async function updateRefs(
  repo: Repository,
  moves: readonly RefMove[],
  { patienceMs = 5000, isLogged = false }: { patienceMs?: number; isLogged?: boolean } = {},
): Promise<void> {
  const commands = commandsOf(repo, moves);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const failure = await repo.refMutex(() => transact(repo, commands, isLogged));
    if (failure === null) return;
    const seen = moves.map((it) => ({ ...it, now: refSha(repo, it.ref) }));
    // A process that was killed says nothing, and may have done its work before.
    const isDone = seen.every(({ from, to, now }) => now === to && now !== from);
    if (isDone && !failure.message.includes("cannot lock ref")) return;
    const moved = movedOf(repo, moves);
    if (moved !== null) throw moved;
    const lock = lockNamedIn(failure.message);
    if (lock === null && failure.message.endsWith(SAID_NOTHING) && Date.now() <= deadline) continue;
    if (lock === null) throw failure;
    if (moves.some(({ ref }) => isLeftBehind(ref, lock))) rmSync(lock, { force: true });
    if (Date.now() > deadline) throw new KanbandError("GIT_LOCKED", `${lock} is held by another git process`);
    await sleep(20 + Math.random() * 30);
  }
}

function movedOf(repo: Repository, moves: readonly RefMove[]): KanbandError | null {
  for (const { ref, from } of moves) {
    const now = refSha(repo, ref);
    if (now !== from)
      return new KanbandError("REF_MOVED", `${ref} is at ${now ?? "nothing"}, not at ${from ?? "nothing"}`);
  }
  return null;
}

// Git holds such a lock for a moment. On refs that are ours alone an old one was left by a git that was killed.
const LEFT_BEHIND_MS = 2000;

function isLeftBehind(ref: string, lock: string): boolean {
  const isOurs = /^refs\/(?:kanband|heads\/kanband(?:-cycle)?)\//.test(ref);
  const stat = lstatSync(lock, { throwIfNoEntry: false });
  return isOurs && stat !== undefined && Date.now() - stat.mtimeMs > LEFT_BEHIND_MS;
}

async function transact(repo: Repository, commands: readonly string[], isLogged: boolean): Promise<Error | null> {
  const updates = isLogged ? repo.loggedRefUpdates : repo.refUpdates;
  try {
    await updates.ask(`start\n${commands.join("\n")}\nprepare\ncommit\n`, parseLines(3));
    return null;
  } catch (error) {
    if (error instanceof KanbandError && error.code === "GIT_FAILED") return error;
    throw error;
  }
}

function parseLines(count: number): Parse<null> {
  const lines = new RegExp(`^(?:[^\\n]*\\n){${count}}`);
  return (bytes) => {
    const used = lines.exec(bytes.toString("latin1"))?.[0].length;
    return used === undefined ? { need: bytes.length + 1 } : { value: null, used };
  };
}

function commandsOf({ objectFormat }: Repository, moves: readonly RefMove[]): string[] {
  const none = "0".repeat(objectFormat === "sha1" ? 40 : 64);
  return moves.map(({ ref, from, to }) => {
    checkRefName(ref);
    return to === null ? `delete ${ref} ${from ?? none}` : `update ${ref} ${to} ${from ?? none}`;
  });
}

/**
 * Locks refs that must be at `from` for as long as `work` takes: all of them are moved to `to` when it calls `move`, else none.
 * The locks end with our process, too, with git where that is killed alone, and where all is killed at once with the next who
 * comes to them. Codes: REF_MOVED, GIT_LOCKED, GIT_FAILED.
 */
export async function withRefsHeld<T>(
  repo: Repository,
  moves: readonly RefMove[],
  work: (move: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const held = repo.refUpdates;
  return await repo.refMutex(() =>
    held.during(async () => {
      const hold = noteHold(repo, moves);
      let isOpen = false;
      const end = async (how: "commit" | "abort"): Promise<void> => {
        isOpen = false;
        await held.ask(`${how}\n`, parseLines(1));
      };
      const move = async (): Promise<void> => {
        await end("commit");
        // One that was begun anew meanwhile knows nothing of it, and says that all is well.
        const lost = moves.find(({ ref, from, to }) => from !== to && refSha(repo, ref) === from);
        if (lost !== undefined)
          throw new KanbandError("GIT_FAILED", `git update-ref ended before it moved ${lost.ref}`);
      };
      try {
        await prepare(repo, moves, hold);
        hold.markTaken();
        isOpen = true;
        return await work(move);
      } finally {
        // Its locks are not gone with it where it was killed, and one that was begun anew knows nothing of them.
        if (isOpen) await end("abort").catch(() => undefined);
        hold.end();
      }
    }),
  );
}

async function prepare(repo: Repository, moves: readonly RefMove[], hold: RefHold): Promise<void> {
  const commands = commandsOf(repo, moves);
  try {
    await repo.refUpdates.ask(`start\n${commands.join("\n")}\nprepare\n`, parseLines(2));
  } catch (error) {
    if (error instanceof Error && error.message.endsWith(SAID_NOTHING)) await hold.clearFailed();
    const moved = movedOf(repo, moves);
    if (moved !== null) throw moved;
    const lock = error instanceof Error ? lockNamedIn(error.message) : null;
    if (lock !== null && (await releaseDead(repo))) return await prepare(repo, moves, hold);
    throw lock === null ? error : new KanbandError("GIT_LOCKED", `${lock} is held by another git process`);
  }
}

/** The lock file that a message of git complains about; null when it is about something else. */
export function lockNamedIn(message: string): string | null {
  return /Unable to create '([^']+\.lock)': File exists/.exec(message)?.[1] ?? null;
}
