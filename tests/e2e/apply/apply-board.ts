import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { applyCommit, type CommitOutcome } from "../../../src/apply/commit.ts";
import { applyEffect } from "../../../src/apply/effect.ts";
import type { World } from "../../../src/apply/world.ts";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { Edit, Effect } from "../../../src/decide/action.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import { blobSha } from "../../../src/files/durable.ts";
import { createObserver } from "../../../src/observe/observer.ts";
import { openBoard } from "../../../src/observe/open-board.ts";
import { type RunRecord, readRuns } from "../../../src/process/read-runs.ts";
import { sweepProcesses } from "../../../src/process/sweep.ts";
import { type Files, type Git, gitAt, gitRepo } from "../../helpers/git-repo.ts";

/** A real repository with a board, and the world that actions are carried out upon. */
export type ApplyBoard = {
  root: string;
  git: Git;
  world: World;
  /** What was logged as a warning or an error. */
  complaints: string[];
  look(): Promise<Snapshot>;
  /** Carries out an effect upon the world as it is now. */
  run(effect: Effect): Promise<void>;
  /** Commits everything uncommitted, as a tick would. */
  commit(): Promise<CommitOutcome>;
  read(path: string): string;
  write(path: string, text: string): void;
  has(path: string): boolean;
  runs(): RunRecord[];
  /** Waits until every recorded run is over. */
  over(): Promise<void>;
};

export const PERSONAS: Files = {
  "personas/engineer.md": "---\nmutates: true\n---\nYou build.\n",
  "personas/tester.md": "---\nmutates: false\n---\nYou look.\n",
};

export const LANES: Files = Object.fromEntries(
  ["backlog", "planned", "doing", "for_review", "done", "blocked"].map((it) => [`board/${it}/.gitkeep`, ""]),
);

export async function applyBoard(
  files: Files,
  options: { settings?: Partial<Settings>; clock?: () => number } = {},
): Promise<ApplyBoard> {
  const { root, git } = await gitRepo({ ...LANES, ...PERSONAS, "src/app.txt": "one\n", ...files });
  await git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
  return await openApplyBoard(root, options);
}

/** The same upon a repository that is there already. */
export async function openApplyBoard(
  root: string,
  options: { settings?: Partial<Settings>; clock?: () => number } = {},
): Promise<ApplyBoard> {
  const git = gitAt(root);
  const board = await openBoard(root);
  const settings: Settings = { ...DEFAULTS, graceMs: 200, ...options.settings };
  const complaints: string[] = [];
  const complain = (facts: object, message: string): void => {
    complaints.push(`${message} ${JSON.stringify(facts)}`);
  };
  const world: World = {
    boardRoot: board.boardRoot,
    layout: board.layout,
    boardRepo: board.boardRepo,
    codeRepo: board.codeRepo,
    runtimeDir: board.runtimeDir,
    worktreesDir: join(board.codeRepo.top, ".kanband", "worktrees"),
    clock: options.clock ?? Date.now,
    settings: () => settings,
    log: { debug: () => undefined, info: () => undefined, warn: complain, error: complain },
  };
  for (const name of ["runs", "displaced"]) mkdirSync(join(world.runtimeDir, name), { recursive: true });
  const exclude = join(board.codeRepo.commonDir, "info/exclude");
  mkdirSync(dirname(exclude), { recursive: true });
  writeFileSync(exclude, "/.kanband/\n/kanban/\n");
  onTestFinished(async () => {
    for (const { runId } of readRuns(join(world.runtimeDir, "runs"))) await sweepProcesses({ tag: runId });
    await board.close();
  });
  // Whatever was written is settled for an observer whose clock is ahead.
  const observer = createObserver({ ...board, clock: () => Date.now() + 60_000 });
  const look = (): Promise<Snapshot> => observer.observe("all", { jobs: [], isDraining: false });
  const path = (it: string): string => join(board.boardRoot, it);
  const it: ApplyBoard = {
    root,
    git,
    world,
    complaints,
    look,
    run: async (effect) => await applyEffect(world, effect, await look()),
    commit: async () => {
      const { uncommitted, repo } = await look();
      return await applyCommit(world, { boardBranch: repo.boardBranch, edits: [], changes: uncommitted });
    },
    read: (name) => readFileSync(path(name), "utf8"),
    write: (name, text) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    },
    has: (name) => existsSync(path(name)),
    runs: () => readRuns(join(world.runtimeDir, "runs")),
    over: async () => {
      for (const until = Date.now() + 20_000; ; await sleep(20)) {
        if (it.runs().every(({ state }) => state === "exited" || state === "lost")) return;
        if (Date.now() > until) throw new Error("a run does not end");
      }
    },
  };
  return it;
}

/** A claimed task in `doing/` whose `sh` block is `script`. */
export function claimedTask(script: string, keys = ""): string {
  return `---\nassigned: A\nattempt: 1\n${keys}---\n# Do it\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
}

/** The launch of a first attempt. */
export function launchOf(taskId: string, facts: Partial<Extract<Effect, { kind: "launch" }>> = {}): Effect {
  return {
    kind: "launch",
    taskId,
    slot: "A",
    attempt: 1,
    step: "work",
    persona: "engineer",
    agent: "shell",
    retries: 0,
    reworks: 0,
    cause: "first",
    costCapUsd: null,
    ...facts,
  };
}

/** An edit of a file as it is on disk now. */
export function editOf(board: ApplyBoard, path: string, facts: Partial<Edit>): Edit {
  return {
    kind: "edit",
    intent: "assign",
    taskId: path.split("/").at(-1)?.replace(/\.md$/, "") ?? null,
    path,
    expectBlob: blobSha(readFileSync(join(board.world.boardRoot, path))),
    toLane: null,
    set: [],
    subject: "Change it",
    trailers: [],
    notice: null,
    ...facts,
  };
}

/** Launches, waits for the end, and collects. */
export async function runToEnd(board: ApplyBoard, effect: Effect): Promise<void> {
  await board.run(effect);
  await board.over();
  await collectAll(board);
}

/** Waits for each run to end and collects it, and those that are started then, until there is none. */
export async function settleRuns(board: ApplyBoard): Promise<void> {
  while (board.runs().length > 0) {
    await board.over();
    await collectAll(board);
  }
}

export async function collectAll(board: ApplyBoard): Promise<void> {
  for (const { runId, record } of board.runs()) {
    const { taskId } = record as { taskId: string };
    await board.run({ kind: "collect", taskId, runId });
  }
}
