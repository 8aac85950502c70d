import { join } from "node:path";
import { pathInLane } from "../apply/lane-path.ts";
import type { Lane } from "../board/lane.ts";
import { readDaemon } from "../controller/control.ts";
import type { TaskView } from "../decide/snapshot.ts";
import { moveFileDurably } from "../files/durable.ts";
import type { Board } from "../observe/open-board.ts";
import { type Context, print, printJson } from "./context.ts";
import { paint } from "./paint.ts";

export type Move = { task: string; from: Lane; to: Lane; path: string };

/** Moves the file of a task to another lane, as `mv` would: the daemon, if one runs, takes it from there. Throws FILE_EXISTS. */
export function moveTask({ boardRoot }: Board, view: TaskView, to: Lane): Move {
  const path = pathInLane(view.path, to);
  if (path !== view.path) moveFileDurably(join(boardRoot, view.path), join(boardRoot, path));
  return { task: view.id, from: view.lane, to, path };
}

/** Says what was moved and what comes of it. */
export function reportMove(
  { out }: Context,
  { runtimeDir }: Board,
  move: Move,
  options: { json: boolean; next: string },
): void {
  const isDaemonAlive = readDaemon(runtimeDir)?.isAlive === true;
  if (options.json) return printJson(out, { ...move, isDaemonAlive });
  const way = move.from === move.to ? `was in ${move.to} already` : `${move.from} -> ${move.to}`;
  print(out, `${paint(out, "bold", move.task)}  ${way}  ${paint(out, "dim", move.path)}`);
  print(out, isDaemonAlive ? options.next : "No daemon is running: `kanband up` carries on from here.");
}
