import type { Lane } from "../board/lane.ts";
import { lastEntered } from "../git/history.ts";
import type { Repository } from "../git/repository.ts";
import type { BoardIndex } from "./board-index.ts";
import { idOfPath } from "./board-index.ts";
import { laneOfPath } from "./task-view.ts";

/** `inHead` is where the last commit had the task when it was looked. */
type Entry = { lane: Lane; at: number | null; inHead: readonly Lane[] };

/** When tasks came into their lanes: seen to move, or, for those that were there at the start, read from git once. */
export type EnteredPart = {
  readonly entered: Map<string, Entry>;
  /** Paths to instants, once git has answered; until then null. */
  fromGit: ReadonlyMap<string, number> | null;
  state: "first-look" | "asking" | "answered" | "over";
  /** When it was looked last, by a clock that may be put back. */
  lookedAt: number;
};

/** The lanes in which time matters; in `done/` only of tasks of which more than the name is read. */
const LANES_ASKED: readonly Lane[] = ["planned", "doing", "for_review", "blocked", "done"];

export function createEnteredPart(): EnteredPart {
  return { entered: new Map(), fromGit: null, state: "first-look", lookedAt: 0 };
}

/** When the task came into this lane; null while nobody knows. */
export function enteredAt(part: EnteredPart, index: BoardIndex, id: string, path: string, now: number): number | null {
  const lane = laneOfPath(path);
  const inHead = [...index.headById.get(id)].map(laneOfPath);
  const known = part.entered.get(id);
  if (known?.lane === lane && !wasElsewhere(known, inHead)) {
    known.inHead = inHead;
    return known.at;
  }
  const isNew = part.state === "first-look" && index.headFiles.has(path) && index.headById.get(id).includes(path);
  const changedAt = Math.min(index.disk.tasks.get(path)?.stamp.ctimeMs ?? now, now);
  const atFirst = isNew ? null : changedAt;
  const at = part.state === "first-look" ? atFirst : now;
  part.entered.set(id, { lane, at, inHead });
  return at;
}

// Between two looks it was committed to another lane and came back: the daemon took it out, and a person put it in again.
function wasElsewhere({ lane, inHead: before }: Entry, inHead: readonly Lane[]): boolean {
  return inHead.length > 0 && !inHead.includes(lane) && inHead.some((it) => !before.includes(it));
}

/**
 * Asks git, once and in the background, about the tasks that were there before we were. It begins only after the first
 * look is used: starting must not wait for it.
 */
export function askGit(part: EnteredPart, index: BoardIndex, repo: Repository): void {
  if (part.state !== "first-look") return;
  part.state = "asking";
  setImmediate(() => {
    ask(part, index, repo).then(
      (answer) => Object.assign(part, { fromGit: answer, state: "answered" }),
      // It only says how old things are: without an answer nobody knows.
      () => Object.assign(part, { state: "over" }),
    );
  });
}

async function ask(part: EnteredPart, index: BoardIndex, repo: Repository): Promise<ReadonlyMap<string, number>> {
  const { commitSha } = index.head;
  const paths = [...part.entered]
    .filter(([, { lane, at }]) => at === null && LANES_ASKED.includes(lane))
    .flatMap(([id]) => [...index.headById.get(id)])
    .filter((path) => laneOfPath(path) !== "done" || index.disk.tasks.get(path)?.depth !== "name");
  return commitSha === null || paths.length === 0 ? new Map() : await lastEntered(repo, { ref: commitSha, paths });
}

/** Takes over git's answer, once it is there, and what a clock that was put back makes of the others; answers the paths of both. */
export function takeAges(part: EnteredPart, index: BoardIndex, now: number): Set<string> {
  const paths = now < part.lookedAt ? putBack(part, index, now) : new Set<string>();
  part.lookedAt = now;
  if (part.state !== "answered" || part.fromGit === null) return paths;
  for (const [path, at] of part.fromGit) {
    const known = part.entered.get(idOfPath(path));
    if (known === undefined || known.at !== null || known.lane !== laneOfPath(path) || !index.disk.tasks.has(path))
      continue;
    known.at = Math.min(at, now);
    paths.add(path);
  }
  part.fromGit = null;
  part.state = "over";
  return paths;
}

// What is dated ahead of our clock came now at the latest: else nothing that is written from now on would come after it.
function putBack({ entered }: EnteredPart, { byId }: BoardIndex, now: number): Set<string> {
  const late = [...entered].filter(([, { at }]) => at !== null && at > now);
  for (const [, known] of late) known.at = now;
  return new Set(late.flatMap(([id]) => [...byId.get(id)]));
}
