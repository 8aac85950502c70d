import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseSettings } from "../config/parse-settings.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import { SETTINGS_PATH } from "./board-disk.ts";
import { type BoardPlace, locateBoard } from "./locate-board.ts";

/** A board and the repositories round it. */
export type Board = BoardPlace & {
  boardRepo: Repository;
  /** Where tasks are worked on; usually the same repository, then the same object or one with the same common dir. */
  codeRepo: Repository;
  /** Runs, logs, locks: evidence and caches under the git common dir of the board's repository. */
  runtimeDir: string;
  close(): Promise<void>;
};

/** Finds and opens the board of a folder. Codes: NO_BOARD, NOT_A_REPOSITORY, GIT_MISSING, GIT_TOO_OLD. */
export async function openBoard(dir: string): Promise<Board> {
  const place = await locateBoard(dir);
  const codeDir = codeDirOf(place);
  const [boardRepo, otherRepo] = await Promise.all([
    openRepository(place.boardRoot),
    codeDir === place.boardRoot ? null : openRepository(codeDir),
  ]);
  return {
    ...place,
    boardRepo,
    codeRepo: otherRepo ?? boardRepo,
    runtimeDir: join(boardRepo.commonDir, "kanband"),
    close: async () => {
      await Promise.all([boardRepo.close(), otherRepo?.close()]);
    },
  };
}

// `code:` is read once: moving to another repository needs a new start. A broken file is told by whoever reads it next.
function codeDirOf({ boardRoot, repoTop }: BoardPlace): string {
  const file = join(boardRoot, SETTINGS_PATH);
  const { settings } = parseSettings(SETTINGS_PATH, existsSync(file) ? readFileSync(file) : null, boardRoot);
  const code = settings?.code ?? null;
  return code === null ? repoTop : resolve(boardRoot, code);
}
