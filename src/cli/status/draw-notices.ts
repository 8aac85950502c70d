import type { Finding } from "../../board/finding.ts";
import type { Decision } from "../../decide/action.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import type { PlaceOf } from "../place-of.ts";
import { type Line, pad, type Span, widthOf, wrap } from "./line.ts";
import { DAY_IS_SPENT } from "./next-steps.ts";
import { safe } from "./words.ts";

const WAITING_MAX = 12;
const FINDINGS_MAX = 8;

/** Why nothing starts at all: the state of the repository, a pause, broken settings. */
export function drawAlerts(
  snapshot: Snapshot,
  { parked, waiting }: Pick<Decision, "parked" | "waiting">,
  width: number,
): Line[] {
  const { repo, settings } = snapshot;
  const alerts: Span[] = [];
  if (repo.state !== "ready")
    alerts.push([`${repo.state}: ${safe(repo.detail)}`, repo.state === "busy" ? "yellow" : "red"]);
  if (settings === null)
    alerts.push(["board/board.md is broken and there are no earlier settings: nothing starts", "red"]);
  else {
    if (snapshot.findings.some((it) => it.code === "SETTINGS_INVALID" && it.severity === "error"))
      alerts.push(["board/board.md is broken: the last good settings stay in force", "yellow"]);
    if (settings.paused !== false)
      alerts.push([settings.paused === true ? "paused" : `paused: ${safe(settings.paused)}`, "yellow"]);
  }
  if (snapshot.isDraining) alerts.push(["ending: nothing new starts", "yellow"]);
  const spent = [...waiting.values()].find((it) => it.startsWith(DAY_IS_SPENT));
  if (spent !== undefined) alerts.push([safe(spent), "yellow"]);
  for (const { reason } of parked.values()) alerts.push([safe(reason), "yellow"]);
  for (const { kind, taskId, problem } of snapshot.jobs) {
    const what = taskId === null ? kind : `${kind} of ${safe(taskId)}`;
    if (problem !== null) alerts.push([`${what} failed and is tried again: ${safe(problem)}`, "yellow"]);
  }
  return alerts.flatMap(([text, style = "yellow"]) =>
    wrap(text, width - 3, 4).map((line): Line => [[" "], [line, style]]),
  );
}

/** Why each waiting task waits. */
export function drawWaiting({ waiting }: Decision, width: number): Line[] {
  const shown = [...waiting].slice(0, WAITING_MAX);
  const idWidth = Math.min(Math.max(0, ...shown.map(([id]) => widthOf([[safe(id)]]))), Math.floor(width / 3));
  const rows = shown.flatMap(([id, reason]) => {
    const [first = "", ...rest] = wrap(safe(reason), Math.max(20, width - idWidth - 6), 3);
    const indent: Span = [" ".repeat(idWidth + 5)];
    return [
      [["   "], ...pad([[safe(id), "cyan"]], idWidth), ["  "], [first]] as Line,
      ...rest.map((line): Line => [indent, [line]]),
    ];
  });
  return withRest("waiting", rows, waiting.size - shown.length, "kanband why <task>");
}

/** What is wrong with files: where, and what. Errors first. */
export function drawFindings(findings: readonly Finding[], width: number, placeOf: PlaceOf): Line[] {
  const all = [...new Map(findings.map((it) => [[it.path, it.line, it.message].join("\0"), it])).values()];
  const sorted = all.toSorted(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error") || (a.path < b.path ? -1 : 1),
  );
  const shown = sorted.slice(0, FINDINGS_MAX);
  const rows = shown.flatMap((it) => {
    const place = `${placeOf(it.path)}:${it.line ?? 1}: `;
    const [first = "", ...rest] = wrap(place + safe(it.message), width - 6, 3);
    const cutAt = Math.min(place.length, first.length);
    const head: Line = [
      ["   "],
      [first.slice(0, cutAt), it.severity === "error" ? "red" : "yellow"],
      [first.slice(cutAt)],
    ];
    return [head, ...rest.map((line): Line => [["     "], [line]])];
  });
  return withRest("findings", rows, all.length - shown.length, "kanband check");
}

function withRest(title: string, rows: readonly Line[], restCount: number, command: string): Line[] {
  if (rows.length === 0) return [];
  const rest: Line[] = restCount > 0 ? [[[`   and ${restCount} more: ${command}`, "dim"]]] : [];
  return [[[" "], [title, "bold"]], ...rows, ...rest];
}
