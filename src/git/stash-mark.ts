import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { changedAt, folderChangedAt } from "./changed-at.ts";
import { findFreshStashes } from "./fresh-stashes.ts";
import { stampOf } from "./head.ts";
import { parentsOf } from "./objects.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";

/** For so long after a stash its traces are looked for. */
const RECENT_MS = 5_000;
/** What is missing was taken by then: whatever left its folder later was somebody else's doing. */
const AFTER_MS = 2_000;

export type StashTraces = {
  /** Whether the stash changed a moment ago. */
  isRecent: boolean;
  /** When it last did, ms since the epoch. */
  at: number;
  /** Whether a stash that was made, popped or dropped a moment ago holds that this path goes. */
  mayHaveTaken(path: string): boolean;
  /** This path was put back: who takes it away now means it. */
  putBack(path: string): void;
};

type Known = {
  stamp: string;
  at: number;
  lookedAt: number;
  held: ReadonlySet<string>;
  /** The stashes that were made, or are gone, since a moment ago. */
  moved: ReadonlyMap<string, "made" | "gone">;
  taken: ReadonlySet<string>;
  back: Set<string>;
};

// A cache: without it an older stash that is popped is a person's removal.
const KNOWN = new WeakMap<Repository, Known>();

/**
 * What `git stash`, its pop or drop may have taken away of the files below `folders` a moment ago: exactly what the stash
 * commit says, also of one that is gone already. Starts no process while the stash stands still. `now`: ms since the epoch.
 */
export async function readStash(repo: Repository, folders: readonly string[], now: number): Promise<StashTraces> {
  const known = await renew(repo, folders, now);
  const isRecent = now - known.at <= RECENT_MS;
  return {
    isRecent,
    at: known.at,
    mayHaveTaken(path) {
      if (!isRecent || !known.taken.has(path) || known.back.has(path)) return false;
      return folderChangedAt(repo, path) <= known.at + AFTER_MS;
    },
    putBack: (path) => void known.back.add(path),
  };
}

async function renew(repo: Repository, folders: readonly string[], now: number): Promise<Known> {
  const before = KNOWN.get(repo);
  const { stamp, at } = stampOfStash(repo);
  if (before?.stamp === stamp) {
    before.lookedAt = now;
    return before;
  }
  const held = readHeld(repo);
  const moved = new Map(before !== undefined && now - before.at <= RECENT_MS ? before.moved : []);
  const taken = new Set<string>();
  if (now - at <= RECENT_MS) {
    const earlier = before?.held ?? new Set([...held].slice(0, -1));
    // One may have come and gone since the last look.
    const fresh = await findFreshStashes(repo, before?.lookedAt ?? now - RECENT_MS);
    for (const it of [...earlier, ...fresh]) if (!held.has(it)) moved.set(it, "gone");
    for (const it of held) if (!earlier.has(it)) moved.set(it, "made");
    for (const [it, what] of moved) for (const path of await readTaken(repo, it, what, folders)) taken.add(path);
  }
  const known: Known = { stamp, at, lookedAt: now, held, moved, taken, back: new Set() };
  KNOWN.set(repo, known);
  return known;
}

/** What goes with a stash: new files that were staged or untracked when it was made. With its pop: files that it removes. */
async function readTaken(
  repo: Repository,
  sha: string,
  what: "made" | "gone",
  folders: readonly string[],
): Promise<string[]> {
  const [base, index, untracked] = await parentsOf(repo, sha);
  if (base === undefined || index === undefined) return [];
  const diff = ["diff-tree", "-r", "-z", "--name-only", "--no-renames"];
  const made = [
    [...diff, "--diff-filter=A", base, index],
    ...(untracked === undefined ? [] : [["ls-tree", "-r", "-z", "--name-only", untracked]]),
  ];
  const commands = what === "made" ? made : [[...diff, "--diff-filter=D", base, sha]];
  const env = { GIT_LITERAL_PATHSPECS: "1" };
  const answers = await Promise.all(commands.map((it) => gitWithInput(repo, [...it, "--", ...folders], "", { env })));
  return answers.flatMap(({ stdout }) => stdout.split("\0")).filter((it) => it !== "");
}

function stampOfStash({ commonDir }: GitPlace): { stamp: string; at: number } {
  const logs = join(commonDir, "logs/refs");
  const log = join(logs, "stash");
  const { mtimeMs = 0, birthtimeMs = 0 } = lstatSync(logs, { throwIfNoEntry: false }) ?? {};
  // The log of the stash grows with each, and goes with the last: then the folder of logs tells. One that was only just
  // made tells of the first commit of all.
  const at = Math.max(changedAt(log), mtimeMs - birthtimeMs > NEW_MS ? mtimeMs : 0);
  return { stamp: `${stampOf(log)} ${stampOf(logs)}`, at };
}

const NEW_MS = 100;

/** The commits of all stashes that there are, the newest last. */
function readHeld({ commonDir }: GitPlace): Set<string> {
  const log = join(commonDir, "logs/refs/stash");
  if (changedAt(log) === 0) return new Set();
  const lines = readFileSync(log, "utf8").matchAll(/^[0-9a-f]{40,64} ([0-9a-f]{40,64}) /gm);
  return new Set([...lines].flatMap(([, sha]) => sha ?? []));
}
