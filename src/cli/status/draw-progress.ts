import type { Snapshot } from "../../decide/snapshot.ts";
import type { Line, Span } from "./line.ts";
import { countLanes, type Progress, progressOf } from "./progress-of.ts";
import { safe } from "./words.ts";

/** Title, branch, and how far the work has come. */
export function drawProgress(snapshot: Snapshot, width: number): Line {
  const progress = progressOf(snapshot);
  const label = labelOf(progress, snapshot.repo.state === "elsewhere");
  const branch = snapshot.repo.boardBranch === "" ? "" : ` on ${safe(snapshot.repo.boardBranch)}`;
  const title: Line = [[" "], ["kanband", "bold"], [branch, "dim"], ["  "]];
  const room = Math.min(40, width - 14 - branch.length - label.length);
  return room < 8 ? [...title, [label]] : [...title, ...bar(snapshot, progress, room), ["  "], [label]];
}

function labelOf({ total, done, accepted }: Progress, isElsewhere: boolean): string {
  if (total === 0) return isElsewhere ? "not checked out here" : "nothing planned";
  return `${done} of ${total} done${accepted === 0 ? "" : `, ${accepted} accepted`}`;
}

function bar(snapshot: Snapshot, { total, done, accepted }: Progress, width: number): Span[] {
  const { for_review: forReview, doing } = countLanes(snapshot);
  const parts: ReadonlyArray<readonly [number, string, NonNullable<Span[1]>]> = [
    [done, "█", "green"],
    [accepted, "▓", "green"],
    [forReview, "▓", "yellow"],
    [doing, "▒", "cyan"],
  ];
  const spans: Span[] = [];
  let filled = 0;
  let sum = 0;
  for (const [count, character, style] of parts) {
    sum += count;
    const end = total === 0 ? 0 : Math.round((sum / total) * width);
    spans.push([character.repeat(end - filled), style]);
    filled = end;
  }
  return [...spans, ["░".repeat(width - filled), "dim"]];
}
