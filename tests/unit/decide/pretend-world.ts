import type { Lane } from "../../../src/board/lane.ts";
import type { Persona } from "../../../src/board/persona.ts";
import type { Session } from "../../../src/board/session.ts";
import type { Task } from "../../../src/board/task.ts";
import type { Workflow } from "../../../src/board/workflow.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { Effect } from "../../../src/decide/action.ts";
import type { LostLanding, RunView } from "../../../src/decide/snapshot.ts";

export type File = { id: string; lane: Lane; task: Task; settledAt: number };

/** How a run ends by itself. */
export type Fate =
  | "done"
  | "fails"
  | "setup"
  | "lost"
  | "hangs"
  | "clean"
  | "must-fix"
  | "inconclusive"
  | "merged"
  | "conflict"
  | "red"
  | "waiting";

export type Job = { effect: Effect; endsAt: number };

/** `tips`: of the branches that a merge is about. */
export type PretendRun = {
  view: RunView;
  fate: Fate;
  endsAt: number;
  launch: Effect;
  startSha: string;
  tips: ReadonlyMap<string, string>;
};

/** A model of everything around `decide`: files, branch, processes, time. Values only, changed in place. */
export type World = {
  now: number;
  settings: Settings;
  settingsVersion: number;
  files: Map<string, File>;
  /** The board branch: content by path. */
  head: Map<string, string>;
  enteredAt: Map<string, { lane: Lane; at: number }>;
  sessions: Map<string, Session>;
  sessionHead: Map<string, string>;
  branches: Map<string, { sha: string; isMerged: boolean; stackedOn?: Readonly<Record<string, string>> }>;
  /** The branches of the cycles of round-robins: tips by task and number. */
  cycles: Map<string, Map<number, string>>;
  /** What of merges is lost, which landings are on the base again, and whether all that came to the base is noted. */
  landed: { isNoted: boolean; lost: Map<string, LostLanding>; count: number; found: Set<string> };
  worktrees: { name: string; taskId: string | null; isUsable: boolean; isAtBase: boolean; cycle?: number | null }[];
  runs: Map<string, PretendRun>;
  jobs: Job[];
  count: number;
  /** Draws the next chance, from 0 to 1. */
  chance: () => number;
  fateOf: (kind: RunView["kind"], chance: number) => Fate;
  /** Workflows and personas beside those that every world has. */
  workflows: readonly Workflow[];
  personas: readonly Persona[];
  /** What a step of a workflow says at its end. */
  said: (step: string, chance: number) => Partial<Session>;
};

/** A world without files. `seed` makes it repeatable. */
export function emptyWorld(settings: Settings, now: number, seed: number, fateOf: World["fateOf"]): World {
  return {
    now,
    settings,
    settingsVersion: 1,
    files: new Map(),
    head: new Map(),
    enteredAt: new Map(),
    sessions: new Map(),
    sessionHead: new Map(),
    branches: new Map(),
    cycles: new Map(),
    landed: { isNoted: true, lost: new Map(), count: 0, found: new Set() },
    worktrees: [],
    runs: new Map(),
    jobs: [],
    count: 0,
    chance: chances(seed),
    fateOf,
    workflows: [],
    personas: [],
    said: () => ({}),
  };
}

/**
 * The bytes of a file, as far as this model knows any. Kept for each task, since they are asked for at each look and no task is
 * ever changed in place.
 */
export function contentOf({ task }: File): string {
  const known = CONTENTS.get(task);
  if (known !== undefined) return known;
  const content = JSON.stringify({ ...task, lane: undefined, path: undefined });
  CONTENTS.set(task, content);
  return content;
}

const CONTENTS = new WeakMap<Task, string>();

// Small, fast and good enough: mulberry32.
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
