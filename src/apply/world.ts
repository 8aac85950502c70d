import { join } from "node:path";
import { branchOf } from "../board/branch.ts";
import type { Settings } from "../config/settings.ts";
import type { Repository } from "../git/repository.ts";

/** Where a log line goes: the facts first, then a constant message. */
export type Log = Readonly<Record<"debug" | "info" | "warn" | "error", (facts: object, message: string) => void>>;

/** What every action is carried out upon. */
export type World = {
  /** The working tree that holds `board/`, `personas/` and `sessions/`. */
  boardRoot: string;
  layout: "inline" | "own-branch";
  boardRepo: Repository;
  codeRepo: Repository;
  /** `<git common dir of the board's repository>/kanband`: runs, logs, displaced files; evidence and caches only. */
  runtimeDir: string;
  /** The pool: `w1`, `w2`, … */
  worktreesDir: string;
  /** Ms since the epoch. */
  clock: () => number;
  /** The settings in force. */
  settings: () => Settings;
  log: Log;
};

/** Where the records of runs are. */
export function runsDirOf(world: World): string {
  return join(world.runtimeDir, "runs");
}

/** Where replaced inodes wait for a late write. */
export function displacedDirOf(world: World): string {
  return join(world.runtimeDir, "displaced");
}

/** The full ref of the branch that tasks start from and merge into. */
export function baseRefOf(world: World): string {
  return fullRef(world.settings().base);
}

/** The full ref of a task's branch. */
export function branchRefOf(taskId: string): string {
  return fullRef(branchOf(taskId));
}

/** `main` and `refs/heads/main` are the same branch. */
export function fullRef(branch: string): string {
  return branch.startsWith("refs/") ? branch : `refs/heads/${branch}`;
}

/** Top folders of the convention: no task branch may hold a change of them. */
export const CONVENTION_FOLDERS = ["board", "sessions", "personas"] as const;

/** The folders that task worktrees leave out: those of the convention, where board and code share a branch. */
export function excludedFolders(world: World): string[] {
  const isShared = world.layout === "inline" && world.codeRepo.commonDir === world.boardRepo.commonDir;
  return isShared ? [...CONVENTION_FOLDERS] : [];
}
