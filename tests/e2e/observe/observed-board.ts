import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { noteGone } from "../../../src/controller/note-gone.ts";
import type { Change, Snapshot, TaskView } from "../../../src/decide/snapshot.ts";
import { createObserver, type Observer } from "../../../src/observe/observer.ts";
import { type Board, openBoard } from "../../../src/observe/open-board.ts";
import { type Files, type Git, gitRepo, tempFolder, writeFiles } from "../../helpers/git-repo.ts";

/** A real repository with a board, an observer on it, and a clock that can be put forward. */
export type ObservedBoard = {
  root: string;
  git: Git;
  board: Board;
  observer: Observer;
  /** Full path of a path of the board. */
  at(path: string): string;
  write(files: Files): void;
  /** Looks at these paths, or at everything. */
  look(...paths: string[]): Promise<Snapshot>;
  /** The observer's clock, which stands still... */
  now(): number;
  /** ...but for this, in ms. */
  later(ms: number): void;
};

const LANES = ["backlog", "planned", "doing", "for_review", "done", "blocked"];
const KEPT = Object.fromEntries(LANES.map((lane) => [`board/${lane}/.gitkeep`, ""]));

/**
 * A board of these files, committed. The observer's clock is so far ahead that everything has settled, unless `aheadMs`
 * says otherwise.
 */
export async function observedBoard(files: Files = {}, { aheadMs = 60_000 } = {}): Promise<ObservedBoard> {
  const { root, git } = await gitRepo({ ...KEPT, ...files });
  const board = await openBoard(root);
  onTestFinished(() => board.close());
  mkdirSync(board.runtimeDir, { recursive: true });
  const time = { now: Date.now() + aheadMs };
  const observer = createObserver({ ...board, clock: () => time.now, noteGone });
  return {
    root,
    git,
    board,
    observer,
    at: (path) => join(root, path),
    write: (more) => {
      for (const path of Object.keys(more)) mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFiles(root, more);
    },
    look: (...paths) => {
      return observer.observe(paths.length === 0 ? "all" : { paths: new Set(paths) }, { jobs: [], isDraining: false });
    },
    now: () => time.now,
    later(ms) {
      time.now += ms;
    },
  };
}

/** The snapshot of a second observer that has never looked before. */
export async function lookAfresh({ board }: ObservedBoard, aheadMs = 60_000): Promise<Snapshot> {
  const observer = createObserver({ ...board, clock: () => Date.now() + aheadMs });
  return await observer.observe("all", { jobs: [], isDraining: false });
}

/** Task id to lane. */
export function lanesOf({ tasks }: Snapshot): Record<string, string> {
  return Object.fromEntries(tasks.map(({ id, lane }) => [id, lane]));
}

/** The one task with this id. */
export function taskOf({ tasks }: Snapshot, id: string): TaskView {
  const found = tasks.filter((it) => it.id === id);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} tasks with the id ${id}`);
  return found[0];
}

/** Path to what happened to it, sorted. */
export function changesOf({ uncommitted }: Snapshot): string[] {
  return uncommitted.map(wordsOf).toSorted();
}

function wordsOf({ path, blobSha, headSha }: Change): string {
  if (blobSha === null) return `${path} removed`;
  return `${path} ${headSha === null ? "new" : "edited"}`;
}

/** Puts a git before the real one that keeps count of its calls. */
export function countGit(): () => number {
  const dir = tempFolder();
  const path = process.env["PATH"] ?? "";
  const real = path.split(":").find((it) => existsSync(join(it, "git")));
  writeFileSync(join(dir, "git"), `#!/bin/sh\necho x >> '${dir}/calls'\nexec '${real}/git' "$@"\n`);
  chmodSync(join(dir, "git"), 0o755);
  process.env["PATH"] = `${dir}:${path}`;
  onTestFinished(() => {
    process.env["PATH"] = path;
  });
  return () => (existsSync(join(dir, "calls")) ? readFileSync(join(dir, "calls"), "utf8").length : 0);
}
