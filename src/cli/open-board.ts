import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseSettings } from "../config/parse-settings.ts";
import type { Settings } from "../config/settings.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import { locateBoard } from "../observe/locate-board.ts";

/** A board and the repositories round it, open for reading. */
export type OpenBoard = {
  /** The working tree that holds `board/`, `personas/` and `sessions/`. */
  boardRoot: string;
  layout: "inline" | "own-branch";
  boardRepo: Repository;
  codeRepo: Repository;
  /** Runs, logs, locks: evidence and caches under the git common dir. */
  runtimeDir: string;
  /** Null while the settings file is broken. */
  settings: Settings | null;
  close(): Promise<void>;
};

/** Finds the board of a folder. Throws NO_BOARD, NOT_A_REPOSITORY, GIT_MISSING, GIT_TOO_OLD. */
export async function openBoard(dir: string): Promise<OpenBoard> {
  const { boardRoot, layout, repoTop } = await locateBoard(dir);
  const boardRepo = await openRepository(boardRoot);
  const { settings } = parseSettings("board/board.md", readIfThere(join(boardRoot, "board", "board.md")));
  const codeDir = settings?.code == null ? repoTop : resolve(boardRoot, settings.code);
  const codeRepo = codeDir === boardRoot ? boardRepo : await openRepository(codeDir);
  return {
    boardRoot,
    layout,
    boardRepo,
    codeRepo,
    runtimeDir: join(boardRepo.commonDir, "kanband"),
    settings,
    close: async () => {
      await boardRepo.close();
      if (codeRepo !== boardRepo) await codeRepo.close();
    },
  };
}

/** Opens the board, hands it to `use` and closes it again, whatever happens. */
export async function withBoard<Result>(dir: string, use: (board: OpenBoard) => Promise<Result>): Promise<Result> {
  const board = await openBoard(dir);
  try {
    return await use(board);
  } finally {
    await board.close();
  }
}

/** The runtime directory of the board of a folder; null where there is no board. */
export async function findRuntimeDir(dir: string): Promise<string | null> {
  return await withBoard(dir, (board) => Promise.resolve(board.runtimeDir)).catch(() => null);
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
