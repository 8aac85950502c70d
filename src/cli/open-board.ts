import { join } from "node:path";
import { readDaemon } from "../controller/control.ts";
import { KanbandError } from "../errors.ts";
import { openRepository } from "../git/repository.ts";
import { type Board, openBoard } from "../observe/open-board.ts";

/** Opens the board of a folder, hands it to `use` and closes it again, whatever happens. Throws NO_BOARD and the like. */
export async function withBoard<Result>(dir: string, use: (board: Board) => Promise<Result>): Promise<Result> {
  const board = await openBoard(dir);
  try {
    return await use(board);
  } finally {
    await board.close();
  }
}

/**
 * Hands the runtime directory of a folder's board to `use`; of a board whose checkout is gone, that of its repository, when a
 * daemon still runs there. Throws NO_BOARD and the like.
 */
export async function withRuntime<Result>(dir: string, use: (runtimeDir: string) => Promise<Result>): Promise<Result> {
  let lost: KanbandError;
  try {
    return await withBoard(dir, ({ runtimeDir }) => use(runtimeDir));
  } catch (error) {
    if (!(error instanceof KanbandError && error.code === "NO_BOARD")) throw error;
    lost = error;
  }
  const { commonDir, close } = await openRepository(dir);
  try {
    const runtimeDir = join(commonDir, "kanband");
    if (readDaemon(runtimeDir)?.isAlive !== true) throw lost;
    return await use(runtimeDir);
  } finally {
    await close();
  }
}
