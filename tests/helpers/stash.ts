import { setTimeout as sleep } from "node:timers/promises";
import { describeBoard, soon } from "./board-watch.ts";
import type { LiveBoard } from "./live-board.ts";

const TRIES = 400;
const PAUSE_MS = 50;

/** `git stash` of everything there is to stash, by a person who tries again when another git is in the way. */
export async function stashAll(board: LiveBoard): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const failure = await failureOf(board, "stash", "--quiet");
    if (failure === null) return;
    // Git keeps the stash first; when it cannot clear the working tree then, it says so and leaves that to the person.
    if ((await board.git("stash", "list")) !== "") {
      await soon(board, "what is stashed is cleared", async () => {
        return (await failureOf(board, "reset", "--hard", "--quiet")) === null;
      });
      return;
    }
    await sleep(PAUSE_MS);
  }
  throw new Error(`git stash never succeeded\n${await describeBoard(board)}`);
}

/**
 * `git stash pop`, tried again while the board has changes of its own under way. After a conflict, which can only be the
 * board's, it waits until the daemon has settled it, and drops the stash that git kept. Answers whether there was one.
 */
export async function popAll(board: LiveBoard): Promise<boolean> {
  let last = "";
  for (let tries = 0; tries < TRIES; tries += 1) {
    const failure = await failureOf(board, "stash", "pop", "--quiet");
    if (failure === null) return false;
    last = failure;
    if ((await board.git("ls-files", "--unmerged")) !== "") {
      await soon(board, "conflicts are settled", async () => (await board.git("ls-files", "--unmerged")) === "");
      await board.git("stash", "drop", "--quiet");
      await soon(
        board,
        "nothing is staged",
        async () => (await failureOf(board, "reset", "--quiet", "--", "*.txt")) === null,
      );
      return true;
    }
    await sleep(PAUSE_MS);
  }
  throw new Error(`git stash pop never succeeded: ${last}\n${await describeBoard(board)}`);
}

async function failureOf(board: LiveBoard, ...args: string[]): Promise<string | null> {
  return await board.git(...args).then(
    () => null,
    (error: unknown) => String(error),
  );
}
