import type { ParkedUntil, Session } from "../board/session.ts";
import type { Settings } from "../config/settings.ts";
import type { ActiveBoard } from "./board-index.ts";
import { agentName, type Parked, type ParkedAgents, parkKey } from "./choose-agent.ts";
import { formatSecond } from "./instant.ts";
import { oneLine } from "./one-line.ts";

/** Longer than any limit of a subscription lasts: who says more is not believed. */
const LONGEST_PARK_MS = 8 * 24 * 60 * 60 * 1000;

/**
 * The agents that no run is given for now. One whose provider refuses is passed over until it is to answer again; one that could
 * not even start is parked while the task that found out is in `blocked/`, or until the settings change. Every mark is in a
 * session file: that of the run that failed, and then that of the run which took its place.
 */
export function parkedAgents(board: ActiveBoard): ParkedAgents {
  const parked = new Map<string, Parked>();
  const blocked = new Set(board.byLane.blocked.map((it) => it.id));
  // Of thousands of sessions few have to do with this.
  const marked: Session[] = [];
  for (const sessions of board.snapshot.sessions.values()) {
    for (const session of sessions) {
      const { failure, parked: marks } = session;
      if (failure === "setup" || failure === "overloaded" || marks !== undefined) marked.push(session);
    }
  }
  for (const session of marked.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    for (const [key, it] of marksOf(session, blocked.has(session.taskId), board)) {
      const known = parked.get(key);
      if (known === undefined || isLonger(it, known)) parked.set(key, it);
    }
  }
  return parked;
}

/** What the run that takes the place of this one is to remember: the agents that are still parked because of it. */
export function parkedBy(session: Session, board: ActiveBoard): Readonly<Record<string, ParkedUntil>> {
  const own = ownMark(session, board.settings);
  const isSameSettings = session.settingsBlob === board.snapshot.settingsBlob;
  const kept = Object.entries(session.parked ?? {}).filter(([, until]) => {
    return until === "settings" ? isSameSettings : until > board.now;
  });
  return Object.fromEntries([...kept, ...(own === null ? [] : [own])]);
}

function* marksOf(session: Session, isBlocked: boolean, board: ActiveBoard): Iterable<readonly [string, Parked]> {
  const { now, settings, snapshot } = board;
  const isSameSettings = session.settingsBlob === snapshot.settingsBlob;
  for (const [key, until] of Object.entries(session.parked ?? {})) {
    if (until === "settings" ? isSameSettings : until > now) yield [key, markOf(key, until, null)];
  }
  const own = ownMark(session, settings);
  if (own === null) return;
  const [key, until] = own;
  if (until !== "settings" && until > now) yield [key, markOf(key, until, session.reason)];
  if (until !== "settings" || !isBlocked || !isSameSettings) return;
  const reason = session.reason ?? "its setup failed";
  const line = `agent "${key}" is parked since it failed on ${session.taskId} (in blocked/): ${reason}`;
  yield [key, { reason: oneLine(line), until: null }];
}

function markOf(key: string, until: ParkedUntil, reason: string | null): Parked {
  if (until === "settings") return { reason: `agent "${key}" is parked until board/board.md changes`, until: null };
  const why = reason === null ? "" : `: ${reason}`;
  return { reason: oneLine(`agent "${key}" is parked until ${formatSecond(until)}${why}`), until };
}

/** What this run itself says of its agent. */
function ownMark(session: Session, settings: Settings): readonly [string, ParkedUntil] | null {
  const { agent, failure, finishedAt, slot, model } = session;
  if (agent === null || session.state !== "failed") return null;
  const home = settings.slots.find(({ name }) => name === slot)?.home ?? null;
  if (failure === "setup") return [parkKey(unusable(session, agent, model), home), "settings"];
  if (failure !== "overloaded" || finishedAt === null) return null;
  const until = session.resetAt ?? finishedAt + settings.retry.maxMs;
  // Whatever time it names, it is not asked again in the same breath.
  const earliest = finishedAt + settings.retry.baseMs;
  return [parkKey(agent, home), Math.min(Math.max(until, earliest), finishedAt + LONGEST_PARK_MS)];
}

/** The whole program, or only one of its models where that is what is wrong: the others may well work. */
function unusable({ reason }: Session, agent: string, model: string | null): string {
  const name = agentName(agent);
  if (!/\bmodel\b/i.test(reason ?? "")) return name;
  return agent === name ? `${name}/${model ?? ""}` : agent;
}

function isLonger(one: Parked, other: Parked): boolean {
  if (other.until === null) return false;
  return one.until === null || one.until > other.until;
}
