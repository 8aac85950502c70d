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
