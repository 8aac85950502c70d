import { LANES, type Lane } from "../../board/lane.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import type { Line, Span } from "./line.ts";
import { safe } from "./words.ts";

/** Counts of tasks by lane. */
export function countLanes({ tasks }: Snapshot): Record<Lane, number> {
  const counts = Object.fromEntries(LANES.map((lane) => [lane, 0])) as Record<Lane, number>;
  for (const { lane } of tasks) counts[lane] += 1;
  return counts;
}

/** Title, branch, and how far the work has come. What is parked in the backlog is no work yet. */
export function drawProgress(snapshot: Snapshot, width: number): Line {
  const counts = countLanes(snapshot);
  const total = LANES.reduce((sum, lane) => sum + (lane === "backlog" ? 0 : counts[lane]), 0);
  const label = total === 0 ? "nothing planned" : `${counts.done} of ${total} done`;
  const branch = snapshot.repo.boardBranch === "" ? "" : ` on ${safe(snapshot.repo.boardBranch)}`;
  const title: Line = [[" "], ["kanband", "bold"], [branch, "dim"], ["  "]];
  const room = Math.min(40, width - 14 - branch.length - label.length);
  return room < 8 ? [...title, [label]] : [...title, ...bar(counts, total, room), ["  "], [label]];
}

const PARTS: ReadonlyArray<readonly [Lane, string, NonNullable<Span[1]>]> = [
  ["done", "█", "green"],
  ["for_review", "▓", "yellow"],
  ["doing", "▒", "cyan"],
];

function bar(counts: Record<Lane, number>, total: number, width: number): Span[] {
  const spans: Span[] = [];
  let filled = 0;
  let sum = 0;
  for (const [lane, character, style] of PARTS) {
    sum += counts[lane];
    const end = total === 0 ? 0 : Math.round((sum / total) * width);
    spans.push([character.repeat(end - filled), style]);
    filled = end;
  }
  return [...spans, ["░".repeat(width - filled), "dim"]];
}
