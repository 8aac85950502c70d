import type { Decision } from "../../decide/action.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import type { PlaceOf } from "../place-of.ts";
import { drawLanes } from "./draw-lanes.ts";
import { drawAlerts, drawFindings, drawWaiting } from "./draw-notices.ts";
import { drawProgress } from "./draw-progress.ts";
import { drawSlots } from "./draw-slots.ts";
import { cut, type Line, print } from "./line.ts";
import { safe } from "./words.ts";

export type BoardOptions = {
  /** Ms since the epoch: elapsed times go on between looks. */
  now: number;
  /** Cells of the terminal. */
  columns: number;
  hasColor: boolean;
  /** What paths of the board are called where the person stands. */
  place?: PlaceOf;
};

const COLUMNS_MIN = 40;
// Longer lines are hard to read, however wide the screen.
const COLUMNS_MAX = 240;

/** The board for a terminal: progress, slots, lanes, why tasks wait, what is wrong. Ends with a line end. */
export function renderBoard(
  snapshot: Snapshot,
  decision: Decision,
  { now, columns, hasColor, place = safe }: BoardOptions,
): string {
  const width = Math.min(Math.max(columns, COLUMNS_MIN), COLUMNS_MAX);
  const parts = [
    [drawProgress(snapshot, width)],
    drawAlerts(snapshot, decision, width),
    drawSlots(snapshot, now, width),
    drawLanes(snapshot, now, width),
    drawWaiting(decision, width),
    drawFindings(snapshot.findings, width, place),
  ];
  const lines = parts.filter((part) => part.length > 0).flatMap((part): Line[] => [...part, []]);
  return lines
    .slice(0, -1)
    .map((line) => `${print(cut(line, width), hasColor)}\n`)
    .join("");
}
