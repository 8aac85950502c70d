import { LANES, type Lane } from "../../board/lane.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { ENTRIES_MAX, entriesOf, headOf, type LaneEntry, titleOf } from "./lane-entries.ts";
import { cut, type Line, pad, type Span, widthOf, wrap } from "./line.ts";
import { safe } from "./words.ts";

/** Narrower than this, lanes stand below each other. */
const SIDE_BY_SIDE = 100;
const GAP = 2;
const EMPTY_WIDTH = 10;
const NAMES: Readonly<Record<Lane, string>> = {
  backlog: "backlog",
  planned: "planned",
  doing: "doing",
  for_review: "for review",
  done: "done",
  blocked: "blocked",
};

/** The lanes with their tasks: side by side where the terminal is wide enough, else one below the other. */
export function drawLanes(snapshot: Snapshot, now: number, width: number): Line[] {
  const lanes = LANES.map((lane) => ({ lane, entries: entriesOf(snapshot, lane, now) }));
  return width >= SIDE_BY_SIDE ? drawSideBySide(lanes, width) : lanes.flatMap((it) => drawStacked(it, width));
}

type LaneEntries = { lane: Lane; entries: readonly LaneEntry[] };

function drawSideBySide(lanes: readonly LaneEntries[], width: number): Line[] {
  const widths = shareWidth(lanes, width - 1 - GAP * (lanes.length - 1));
  const blocks = lanes.map((it, at) => drawBlock(it, widths[at] ?? 0));
  const height = Math.max(...blocks.map((it) => it.length));
  const gap: Span = [" ".repeat(GAP)];
  return Array.from({ length: height }, (_, row) => [
    [" "],
    ...blocks.flatMap((block, at) => [...(at === 0 ? [] : [gap]), ...pad(block[row] ?? [], widths[at] ?? 0)]),
  ]);
}

/** Lanes with nothing in them give what their name does not need to the others. */
function shareWidth(lanes: readonly LaneEntries[], width: number): number[] {
  const even = Math.floor(width / lanes.length);
  const empty = Math.max(EMPTY_WIDTH, Math.floor(even / 3));
  const fullCount = lanes.filter((it) => it.entries.length > 0).length;
  if (fullCount === 0 || fullCount === lanes.length) return lanes.map(() => even);
  const full = Math.floor((width - empty * (lanes.length - fullCount)) / fullCount);
  return lanes.map((it) => (it.entries.length === 0 ? empty : full));
}

function drawBlock({ lane, entries }: LaneEntries, width: number): Line[] {
  const shown = entries.slice(0, ENTRIES_MAX[lane]);
  const rule: Line = [["─".repeat(width), "dim"]];
  const more: Line[] = entries.length > shown.length ? [[[`  and ${entries.length - shown.length} more`, "dim"]]] : [];
  return [heading(lane, entries.length), rule, ...shown.flatMap((entry) => drawEntry(entry, width)), ...more];
}

function drawEntry(entry: LaneEntry, width: number): Line[] {
  const title = titleOf(entry.view);
  const [mark, blank, [, style]] = headOf(entry) as [Span, Span, Span];
  const [first = "", ...rest] = wrap(safe(entry.view.id), width - 2, 2);
  const lines: Line[] = [[mark, blank, [first, style]], ...rest.map((it): Line => [["  "], [it, style]])];
  for (const line of title === null || width < 20 ? [] : wrap(title, width - 2, 2)) lines.push([["  "], [line, "dim"]]);
  return [...lines, ...drawNotes(entry, width, 2)];
}

function drawStacked({ lane, entries }: LaneEntries, width: number): Line[] {
  const top: Line = [[" "], ...heading(lane, entries.length)];
  const shown = entries.slice(0, ENTRIES_MAX[lane]);
  const idWidth = Math.min(Math.max(0, ...shown.map((it) => widthOf(headOf(it)))), Math.floor(width / 2));
  const lines = shown.flatMap((entry): Line[] => {
    const title = titleOf(entry.view);
    const words: Span[] = title === null ? [] : [["  "], [title, "dim"]];
    const head: Line = [["   "], ...pad(headOf(entry), idWidth), ...words];
    const whole: Line = [...head, ...entry.notes.flatMap((it): Span[] => [["  "], it])];
    return widthOf(whole) <= width ? [whole] : [cut(head, width), ...drawNotes(entry, width, 5)];
  });
  const more: Line[] =
    entries.length > shown.length ? [[[`     and ${entries.length - shown.length} more`, "dim"]]] : [];
  return [top, ...lines, ...more];
}

function drawNotes({ notes }: LaneEntry, width: number, indent: number): Line[] {
  return notes.flatMap(([text, style]) =>
    wrap(text, width - indent, NOTE_LINES).map((line): Line => [[" ".repeat(indent)], [line, style]]),
  );
}

const NOTE_LINES = 4;

function heading(lane: Lane, count: number): Line {
  return count === 0
    ? [[NAMES[lane], "dim"]]
    : [
        [NAMES[lane], "bold"],
        [` ${count}`, "dim"],
      ];
}
