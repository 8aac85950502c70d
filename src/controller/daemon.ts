import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { giveBackLast, giveBackLateWrites, LATE_WRITES_MS } from "../apply/late-writes.ts";
import { settleBase, takeLatecomersAlong } from "../apply/settle-advances.ts";
import { voidUnstartedRuns } from "../apply/void-runs.ts";
import type { World } from "../apply/world.ts";
import { DEFAULTS } from "../config/defaults.ts";
import type { Decision } from "../decide/action.ts";
import { isLive } from "../decide/board-index.ts";
import type { RunView, Snapshot } from "../decide/snapshot.ts";
import { createLogger } from "../log.ts";
import { createObserver } from "../observe/observer.ts";
import type { Board } from "../observe/open-board.ts";
import { ownIdentity } from "../process/identity.ts";
import { loadExeca } from "../process/load-execa.ts";
import { acquireLock } from "../process/lock.ts";
import { untilOrphansEnd } from "../process/orphans.ts";
import { untilCalm } from "./calm.ts";
import { clearReady, lockPathOf, markReady } from "./control.ts";
import { keepHeapSmall } from "./heap.ts";
import { createHints } from "./hints.ts";
import { isBusy } from "./is-busy.ts";
import { createJobs } from "./jobs.ts";
import { createLateLook, createRepeatedLook } from "./late-look.ts";
import { startLoop } from "./loop.ts";
import { noteGone } from "./note-gone.ts";
import { prepareRuntime, sweepUnfinished } from "./prepare-runtime.ts";
import { createPulse } from "./pulse.ts";
import { isIdle, requeueAfterMs } from "./rest.ts";
import { createRestingNote } from "./resting-note.ts";
import { createRests } from "./rests.ts";
import { createExitWatch, stopAllRuns, syncRuns } from "./runs.ts";
import { type Seen, tick } from "./tick.ts";
import { type WatchBoard, watchNothing, watchWithChokidar } from "./watch.ts";

export type DaemonOptions = {
  /** Opened by the caller, and closed by it afterwards. */
  board: Board;
  /** A function stands for a watcher of the caller's. */
  watcher: "chokidar" | "none" | WatchBoard;
  /** Look at least this often, ms; null: every 30 s, as a safety net. */
  pollMs: number | null;
  /** End when nothing is left to do. */
  untilIdle: boolean;
  onTick?: (snapshot: Snapshot, decision: Decision) => void;
  onReady?: () => void;
  /** Ends the daemon. */
  signal: AbortSignal;
  /** What becomes of the runs in progress then. */
  stopRuns: () => "leave" | "wait" | "stop";
};

export type DaemonEnd = { reason: "idle" | "signal" };

const PULSE_MS = 200;
/** A supervisor that has not said a word for so long was never started. */
const START_WITHIN_MS = 60_000;
const ORPHANS_MS = 30_000;
/** When whoever wrote into a file that a merge replaced is looked for: when it is watched no longer, and a little. */
const LATE_MS = LATE_WRITES_MS + 500;
/** How soon after a long switch to the base its files follow: until then the next commit there would take merges back. */
const FOLLOW_MS = 500;

/**
 * The daemon of one board, from start to end. Throws DAEMON_RUNNING when the board has one. Whatever ends it, also SIGKILL:
 * the next one reads the repository and goes on.
 */
export async function runDaemon(options: DaemonOptions): Promise<DaemonEnd> {
  const { runtimeDir, boardRoot } = options.board;
  mkdirSync(runtimeDir, { recursive: true });
  const lock = acquireLock(lockPathOf(runtimeDir), { startedAt: Date.now(), boardRoot });
  try {
    return await serve(options.board, options);
  } finally {
    clearReady(runtimeDir);
    lock.release();
  }
}

async function serve(board: Board, options: DaemonOptions): Promise<DaemonEnd> {
  const log = createLogger(join(board.runtimeDir, "log", "kanband.log"));
  const seen: Seen = { snapshot: null };
  const world: World = {
    boardRoot: board.boardRoot,
    layout: board.layout,
    boardRepo: board.boardRepo,
    codeRepo: board.codeRepo,
    runtimeDir: board.runtimeDir,
    worktreesDir: join(board.codeRepo.top, ".kanband", "worktrees"),
    clock: Date.now,
    settings: () => seen.snapshot?.settings ?? DEFAULTS,
    log,
  };
  // Of a daemon that was killed, its git may still be at work.
  for (const { commonDir } of new Set([board.boardRepo, board.codeRepo])) {
    await untilOrphansEnd("GIT_COMMON_DIR", commonDir, ORPHANS_MS);
  }
  await prepareRuntime(world);
  const end = new AbortController();
  const hints = createHints();
  const late = createLateLook(LATE_MS, () => giveBackLateWrites(world));
  const following = createRepeatedLook(FOLLOW_MS, () => takeLatecomersAlong(world));
  const jobs = createJobs({
    clock: Date.now,
    onEnd: (job, error) => {
      if (job.kind === "merge") {
        late.soon();
        following.soon();
      }
      if (error !== null) log.error({ kind: job.kind, taskId: job.taskId, err: error }, "action failed");
      // What a job did may have been taken back since then, so that all but the place of the file is as before.
      for (const it of seen.snapshot?.tasks ?? []) if (it.id === job.taskId) hints.add(it.path);
      loop.wake();
    },
  });
  const wake = (): void => loop.wake();
  const isEnding = (): boolean => options.signal.aborted;
  const observer = createObserver({ ...board, clock: Date.now, noteGone });
  const rests = createRests(Date.now, (afterMs) => setTimeout(wake, afterMs + 1).unref());
  const resting = createRestingNote(board.runtimeDir);
  const context = { world, observer, hints, jobs, rests, seen, isDraining: isEnding };
  const pulse = createPulse(
    PULSE_MS,
    () => {
      if (syncRuns(world, seen.snapshot)) wake();
    },
    (error) => log.warn({ err: error }, "output not read yet"),
  );
  const watchExits = createExitWatch(wake);
  const watcher = watchOf(options.watcher)(board.boardRoot, (path) => {
    hints.add(path);
    wake();
  });
  let sweptAt = 0;

  const loop = startLoop({
    signal: end.signal,
    onError: (error) => {
      log.error({ err: error }, "tick failed");
      hints.add(null);
      if (seen.snapshot !== null) endIfAsked(seen.snapshot, isLive);
      return { requeueAfterMs: 1_000 };
    },
    tick: async () => {
      await untilCalm(hints.count);
      const now = Date.now();
      watcher.refresh();
      const sweepMs = options.pollMs ?? SWEEP_MS;
      if (now - sweptAt >= sweepMs) {
        hints.add(null);
        sweptAt = now;
        await voidUnstartedRuns(world, { olderThanMs: START_WITHIN_MS });
        await settleBase(world);
        following.soon();
      }
      const isFirst = seen.snapshot === null;
      const result = await tick(context);
      resting.set([...jobs.list(), ...rests.list()]);
      watchExits(result.snapshot.runs);
      pulse.set(result.snapshot.runs.length > 0);
      options.onTick?.(result.snapshot, result.decision);
      if (isFirst) {
        jobs.start({ kind: "sweep", taskId: null }, async () => {
          await loadExeca();
          await sweepUnfinished(world);
        });
        markReady(board.runtimeDir, ownIdentity());
        options.onReady?.();
        keepHeapSmall();
      }
      endIfAsked(result.snapshot);
      if (options.untilIdle && isIdle(result, jobs.list())) end.abort();
      return { requeueAfterMs: requeueAfterMs(result, { now: Date.now(), sweepAt: sweptAt + sweepMs }) };
    },
  });

  // Whether or not the last pass went well: a board that cannot be written to must still be left. What it could not collect
  // the next daemon does.
  function endIfAsked(snapshot: Snapshot, holds: (run: RunView) => boolean = () => true): void {
    if (!isEnding()) return;
    const how = options.stopRuns();
    if (how === "stop") stopAllRuns(world, jobs, snapshot);
    if (how === "leave" || !isBusy(snapshot.runs.filter(holds), jobs.list())) end.abort();
  }
  options.signal.addEventListener("abort", wake, { once: true });
  await loop.done;
  pulse.set(false);
  await watcher.close();
  await jobs.drained();
  await late.close();
  await following.close();
  await giveBackLast(world);
  return { reason: isEnding() ? "signal" : "idle" };
}

/** The safety net: everything is looked at again this often, whatever the watcher heard. */
const SWEEP_MS = 30_000;

function watchOf(watcher: DaemonOptions["watcher"]): WatchBoard {
  if (typeof watcher === "function") return watcher;
  return watcher === "chokidar" ? watchWithChokidar : watchNothing;
}
