import type { JobView, RepoView } from "../decide/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { type AgentPart, createAgentPart } from "./agent-part.ts";
import { createBoardDisk } from "./board-disk.ts";
import { createBoardIndex } from "./board-index.ts";
import { type BoardPart, createBoardPart } from "./board-part.ts";
import { createEnteredPart, type EnteredPart } from "./entered-part.ts";
import type { StagedPart } from "./half-switched.ts";
import { EMPTY_HEAD } from "./head-tree.ts";
import { createLandedPart, type LandedPart } from "./landed-part.ts";
import { createPersonaPart, type PersonaPart } from "./persona-part.ts";
import { createRunPart, type RunPart } from "./run-part.ts";
import { createSessionDisk } from "./session-disk.ts";
import { createSessionPart, type SessionPart } from "./session-part.ts";
import { createSettingsPart, type SettingsPart } from "./settings-part.ts";
import { createTornPart, type TornPart } from "./torn-down.ts";

export type ObserverOptions = {
  boardRoot: string;
  boardRepo: Repository;
  codeRepo: Repository;
  runtimeDir: string;
  /** Ms since the epoch. */
  clock: () => number;
  /**
   * follow: for a daemon, which acts on every difference between disk and branch. once: for a person who wants to see the
   * board; it is taken as committed as it is, which saves reading the branch.
   */
  mode?: "follow" | "once";
  /** The daemon's alone: leaves the files whose removal is not believed in for the others, who go by that. */
  noteGone?: (runtimeDir: string, gone: ReadonlySet<string>) => void;
};

/** What cannot be seen from outside the daemon. */
export type ObserveExtra = { jobs: readonly JobView[]; isDraining: boolean };

/** Everything that is kept between looks: caches, and the last good settings. */
export type Observed = {
  readonly options: ObserverOptions;
  readonly board: BoardPart;
  readonly sessions: SessionPart;
  readonly personas: PersonaPart;
  readonly settings: SettingsPart;
  readonly agents: AgentPart;
  readonly runs: RunPart;
  readonly entered: EnteredPart;
  readonly landed: LandedPart;
  readonly staged: StagedPart;
  readonly torn: TornPart;
  /** The state of the repository at the last look. */
  lastState: RepoView["state"];
  /** Everything was seen and compared with the board branch once. */
  isTrusted: boolean;
  /** Somebody asked for an alias nobody is known to have, so the files known by name were read too. */
  areAliasesRead: boolean;
  /** Accepted tasks of which more than the name is wanted: those with a branch, and those whose merge is lost. */
  wantedIds: ReadonlySet<string>;
  /** The tips of all tasks' branches at the last look. */
  tips: ReadonlyMap<string, string>;
  /** Tasks with a job at the last look. */
  jobIds: ReadonlySet<string>;
  /** Where the last sweep stopped looking into old session folders. */
  sessionCursor: number;
  sessionsSha: string | null;
};

export function createObserved(options: ObserverOptions): Observed {
  const { boardRoot, boardRepo, runtimeDir } = options;
  const format = boardRepo.objectFormat;
  return {
    options,
    board: createBoardPart(createBoardIndex(createBoardDisk(boardRoot, format), EMPTY_HEAD)),
    sessions: createSessionPart(createSessionDisk(boardRoot, format)),
    personas: createPersonaPart(boardRoot, format),
    settings: createSettingsPart(),
    agents: createAgentPart(),
    runs: createRunPart(runtimeDir),
    entered: createEnteredPart(),
    landed: createLandedPart(),
    staged: { seen: "", until: new Map() },
    torn: createTornPart(runtimeDir, options.noteGone ?? null),
    lastState: "ready",
    isTrusted: false,
    areAliasesRead: false,
    wantedIds: new Set(),
    tips: new Map(),
    jobIds: new Set(),
    sessionCursor: 0,
    sessionsSha: null,
  };
}
