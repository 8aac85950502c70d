import { onTestFinished } from "vitest";
import { type Snapshot } from "../../../src/decide/snapshot.ts";
import { createObserver, type Observer } from "../../../src/observe/observer.ts";
import { type Board, openBoard } from "../../../src/observe/open-board.ts";
import { type Files, type Git, gitRepo } from "../../helpers/git-repo.ts";

/** A real repository with a board, an observer on it, and a clock that can be put forward. */
export type ObservedBoard = {
  root: string;
  git: Git;
  board: Board;
  observer: Observer;
  /** Looks at these paths, or at everything. */
  look(...paths: string[]): Promise<Snapshot>;
  /** Puts the observer's clock forward, in ms. */
  later(ms: number): void;
  lanes(snapshot: Snapshot): Record<string, string>;
};

/** Files older than any settling time: the clock of the observer starts an hour ahead. */
export async function observedBoard(files: Files): Promise<ObservedBoard> {
  const { root, git } = await gitRepo(files);
  return await observe(root, git);
}

/** An observer on a repository that is there already. */
export async function observe(root: string, git: Git): Promise<ObservedBoard> {
  const board = await openBoard(root);
  onTestFinished(() => board.close());
  const time = { aheadMs: 60_000 };
  const observer = createObserver({ ...board, clock: () => Date.now() + time.aheadMs });
  const extra = { jobs: [], isDraining: false };
  return {
    root,
    git,
    board,
    observer,
    look: (...paths) => observer.observe(paths.length === 0 ? "all" : { paths: new Set(paths) }, extra),
    later(ms) {
      time.aheadMs += ms;
    },
    lanes: (snapshot) => Object.fromEntries(snapshot.tasks.map(({ id, lane }) => [id, lane])),
  };
}
