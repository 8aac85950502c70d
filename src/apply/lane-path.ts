import type { Lane } from "../board/lane.ts";

/** The path of a task's file in another lane. Folders below the lane are kept (an epic), but for the months of `done/`. */
export function pathInLane(path: string, lane: Lane): string {
  const [board = "board", from, ...rest] = path.split("/");
  const kept = from === "done" && lane !== "done" && isMonth(rest[0]) ? rest.slice(1) : rest;
  return [board, lane, ...kept].join("/");
}

/** Whether a folder of `done/` is one of its months: `2026-11`. */
export function isMonth(name: string | undefined): boolean {
  return name !== undefined && /^\d{4}-\d{2}$/.test(name);
}

/** The month of an instant in UTC: `2026-11`. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}
