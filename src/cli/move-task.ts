import { join } from "node:path";
import { pathInLane } from "../apply/lane-path.ts";
import type { Lane } from "../board/lane.ts";
import { readDaemon } from "../controller/control.ts";
import type { RepoView, TaskView } from "../decide/snapshot.ts";
import { moveFileDurably } from "../files/durable.ts";
import type { Board } from "../observe/open-board.ts";
import { type Context, print, printJson } from "./context.ts";
import { paint } from "./paint.ts";
import { placeOf } from "./place-of.ts";
import { safe } from "./status/words.ts";

/** `isMoved` false: it was there already. */
export type Move = { task: string; from: Lane; to: Lane; path: string; isMoved: boolean };

/** Moves the file of a task to another lane, as `mv` would: the daemon, if one runs, takes it from there. Throws FILE_EXISTS. */
export function moveTask({ boardRoot }: Board, view: TaskView, to: Lane): Move {
  const path = pathInLane(view.path, to);
  if (path !== view.path) moveFileDurably(join(boardRoot, view.path), join(boardRoot, path));
  return { task: view.id, from: view.lane, to, path, isMoved: path !== view.path };
}

/** Says what was moved and what comes of it. `repo`: as it was before; while it is not ready nothing comes of it yet. */
export function reportMove(
  context: Context,
  { boardRoot, runtimeDir }: Board,
  move: Move,
  options: { json: boolean; repo: RepoView; next: string; still?: string },
): void {
  const { out } = context;
  const { repo } = options;
  const isDaemonAlive = readDaemon(runtimeDir)?.isAlive === true;
  if (options.json) return printJson(out, { ...move, isDaemonAlive });
  const way = !move.isMoved ? `was in ${move.to} already` : `${move.from} -> ${move.to}`;
  print(out, `${paint(out, "bold", move.task)}  ${way}  ${paint(out, "dim", placeOf(context, boardRoot)(move.path))}`);
  if (!move.isMoved)
    print(out, options.still ?? `Nothing was changed; \`kanband why ${move.task}\` says how it stands.`);
  else if (!isDaemonAlive) print(out, "No daemon is running: `kanband up` carries on from here.");
  else print(out, repo.state === "ready" ? options.next : `That counts once the board goes on: ${safe(repo.detail)}.`);
}
