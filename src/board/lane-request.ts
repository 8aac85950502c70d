import type { Finding } from "./finding.ts";
import { isLane, LANES, type Lane } from "./lane.ts";
import { didYouMean } from "./suggest.ts";
import { oneLine } from "./text.ts";

/** What other boards call their lanes. */
const OTHER_WORDS: ReadonlyMap<string, Lane> = new Map(
  Object.entries({
    backlog: ["icebox", "someday", "later"],
    planned: ["todo", "to_do", "ready", "next", "open", "queued"],
    doing: ["in_progress", "active", "started", "wip"],
    for_review: ["review", "in_review"],
    done: ["complete", "completed", "closed", "finished", "merged", "approved"],
    blocked: ["waiting", "on_hold", "stuck"],
  } satisfies Record<Lane, string[]>).flatMap(([lane, words]) =>
    isLane(lane) ? words.map((it) => [it, lane] as const) : [],
  ),
);

/** A warning (LANE_UNKNOWN) for a `lane:` that names no lane, with the one that was most likely meant; null when it names one. */
export function findUnknownLane(path: string, line: number | null, lane: string): Finding | null {
  if (isLane(lane)) return null;
  const message = `no lane "${oneLine(lane, 40)}"${laneSuggestion(lane)}`;
  return { path, line, severity: "warning", code: "LANE_UNKNOWN", message, hint: `Lanes: ${LANES.join(", ")}.` };
}

/** `; did you mean "doing"?`, or nothing: for every place where a person names a lane. */
export function laneSuggestion(word: string): string {
  const other = OTHER_WORDS.get(
    word
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_"),
  );
  return other === undefined ? didYouMean(word, LANES) : `; did you mean "${other}"?`;
}
