import { lstatSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** What wakes the loop. A watcher only says where to look; one that says nothing costs time, never correctness. */
export type Watcher = {
  /** Called before each look: follows folders that were replaced since. */
  refresh(): void;
  close(): Promise<void>;
};

/** Starts watching; `onHint` gets a path relative to the board root, or null for "anywhere". */
export type WatchBoard = (boardRoot: string, onHint: (path: string | null) => void) => Watcher;

/** Lanes may hold folders (epics, months), and folders in these. */
const MOST_DEPTH = 4;

/** A watch is set within a few ms after a folder is seen; a copy of a folder with files in it may take a little longer. */
const NEW_FOLDER_MS = 200;

/** Watches the folders of the convention, never single files: as many watches as folders, whatever the number of tasks. */
export const watchWithChokidar: WatchBoard = (boardRoot, onHint) => {
  let stamp = folderStamp(boardRoot);
  let watcher = open(boardRoot, onHint);
  let closing: Promise<unknown> = Promise.resolve();

  return {
    // A folder that was removed and made anew is another inode, and the old watch is deaf: watch afresh.
    refresh() {
      const now = folderStamp(boardRoot);
      if (now === stamp) return;
      stamp = now;
      closing = Promise.all([closing, watcher.close()]);
      watcher = open(boardRoot, onHint);
      onHint(null);
    },
    async close() {
      await Promise.all([closing, watcher.close()]);
    },
  };
};

/** A watcher that hears nothing, for file systems without events: the loop then looks every `--poll`. */
export const watchNothing: WatchBoard = () => ({ refresh: () => {}, close: () => Promise.resolve() });

function open(boardRoot: string, onHint: (path: string | null) => void): FSWatcher {
  const watcher = watch([join(boardRoot, "board"), join(boardRoot, "personas")], {
    depth: MOST_DEPTH,
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (_path, stats) => stats !== undefined && !stats.isDirectory(),
  });
  // The raw event comes straight from the kernel, before chokidar reads the folder again.
  watcher.on("raw", (_event, name, details) => onHint(hintOf(boardRoot, name, details)));
  // What was written into a new folder before it was watched is heard of by nobody.
  watcher.on("addDir", (path) => {
    onHint(relative(boardRoot, path));
    setTimeout(() => onHint(relative(boardRoot, path)), NEW_FOLDER_MS).unref();
  });
  watcher.on("error", () => onHint(null));
  watcher.on("ready", () => onHint(null));
  return watcher;
}

function hintOf(boardRoot: string, name: unknown, details: unknown): string | null {
  if (typeof name !== "string" || name === "") return null;
  if (typeof details !== "object" || details === null || !("watchedPath" in details)) return null;
  const { watchedPath } = details;
  return typeof watchedPath === "string" ? relative(boardRoot, join(watchedPath, name)) : null;
}

function folderStamp(boardRoot: string): string {
  const folders = ["board", "personas", ...listFolders(join(boardRoot, "board")).map((it) => `board/${it}`)];
  return folders.map((it) => `${it}:${inodeOf(join(boardRoot, it))}`).join(" ");
}

function listFolders(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((it) => it.isDirectory())
      .map((it) => it.name);
  } catch {
    return [];
  }
}

function inodeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}
