import { LOST } from "../board/landed.ts";
import { mergedAsOf } from "../board/merged-as.ts";
import { foldName } from "../board/portable-name.ts";
import type { Session } from "../board/session.ts";
import { DEFAULTS } from "../config/defaults.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { readStash } from "../git/stash-mark.ts";
import { updateAgents } from "./agent-part.ts";
import { assembleSnapshot } from "./assemble-snapshot.ts";
import { SETTINGS_PATH } from "./board-disk.ts";
import { idOfPath } from "./board-index.ts";
import { type BoardContext, listViews, updateBoard } from "./board-part.ts";
import { readBase, readBranchViews, readCycleBranches, readTaskBranches, readWorktreeViews } from "./branch-part.ts";
import { askGit, enteredAt, takeAges } from "./entered-part.ts";
import { readGoneWork } from "./gone-work.ts";
import { updateLanded } from "./landed-part.ts";
import { kindOfPath } from "./list-board.ts";
import { type FilesReading, isOnce, lookAtFiles } from "./look-at-files.ts";
import type { Observed, ObserveExtra } from "./observed.ts";
import { updatePersonas } from "./persona-part.ts";
import { recallSettings } from "./recall-settings.ts";
import { isSameHead, type RepoReading, readRepo } from "./repo-state.ts";
import { landingOfRequest } from "./request-part.ts";
import { readRunViews } from "./run-part.ts";
import { rememberJobs, sessionNames } from "./session-names.ts";
import { updateSessions } from "./session-part.ts";
import { updateSettings } from "./settings-part.ts";
import { withStacks } from "./stack-part.ts";
import { unlessTorn } from "./torn-down.ts";

const SOON_MS = 50;
const FOLDERS = ["board", "sessions"] as const;

/** One look at the world. `paths` says where to look again; null looks everywhere. */
export async function look(
  observed: Observed,
  paths: ReadonlySet<string> | null,
  extra: ObserveExtra,
): Promise<Snapshot> {
  const { codeRepo, runtimeDir } = observed.options;
  const branches = await readTaskBranches(codeRepo);
  const cycles = await readCycleBranches(codeRepo);
  const wantedIds = new Set([...branches.keys(), ...cycles.keys(), ...lostIds(observed)]);
  const newlyWanted = differences(observed.wantedIds, wantedIds);
  observed.wantedIds = wantedIds;
  // Whoever moves a branch, as `kanband undo` does, puts the file elsewhere before that, and says why in a record.
  const moved = [...wantedIds].filter((id) => branches.get(id) !== observed.tips.get(id));
  observed.tips = branches;
  const movedPaths = moved.flatMap((id) => [...observed.board.index.byId.get(id)]);
  const read = await lookAtFiles(observed, paths === null ? null : new Set([...paths, ...movedPaths]));
  const { now, isSweep } = read;
  const { index, dirty } = observed.board;
  for (const id of newlyWanted) for (const path of index.byId.get(id)) read.touched.add(path);
  for (const path of takeAges(observed.entered, index, now)) read.touched.add(path);

  // After the files: whoever takes one away says so afterwards.
  const mayStash = read.repo.state === "ready" && !isOnce(observed);
  const stash = mayStash ? await readStash(observed.options.boardRepo, FOLDERS, now) : null;
  const mayBeStashed = (path: string): boolean => stash?.mayHaveTaken(path) ?? false;
  const files = { ...read, repo: await unlessTornDown(observed, read, mayBeStashed) };
  const { repo } = files;
  observed.lastState = repo.state;
  const isReady = repo.state === "ready" && !isOnce(observed);
  const context = boardContext(observed, files, mayBeStashed);
  await updateTasks(observed, files.touched, context);
  const isRemoved = dirty.get(SETTINGS_PATH)?.blobSha === null || !index.headFiles.has(SETTINGS_PATH);
  updateSettings(observed.settings, index.disk, isRemoved, now);
  await recallSettings(observed.settings, observed.options.boardRepo, repo.head.sha);
  if (
    isSweep ||
    [...(paths ?? [])].some((it) => it.startsWith("personas")) ||
    isDue(observed.personas.lookAgainAt, now)
  ) {
    updatePersonas(observed.personas, now);
  }
  const { settings } = observed.settings;
  updateAgents(observed.agents, settings, isSweep);
  const runs = readRunViews(observed.runs, {
    repo: codeRepo,
    now,
    staleAfterMs: settings?.staleAfterMs.doing ?? null,
    graceMs: settings?.graceMs ?? DEFAULTS.graceMs,
    prices: settings?.prices ?? null,
  });

  if (!isOnce(observed)) askGit(observed.entered, index, observed.options.boardRepo);
  const { livePaths, taskIds } = runs;
  const names = sessionNames(observed, { files, paths, runTaskIds: taskIds, jobs: extra.jobs, moved });
  const sessionContext = {
    repo: observed.options.boardRepo,
    head: index.head,
    now,
    isReady,
    mayBeStashed,
    livePaths,
  };
  await updateSessions(observed.sessions, names, sessionContext);
  rememberJobs(observed, extra.jobs);
  const baseSha = await readBase(codeRepo, settings?.base ?? "main");
  const landed = await updateLanded(
    observed.landed,
    { repo: codeRepo, boardRepo: observed.options.boardRepo, boardSha: index.head.commitSha },
    {
      baseSha,
      told: toldLosses(observed),
      hasDone: () => [...index.views.values()].some(({ lane }) => lane === "done"),
    },
  );
  const lostNow = lostIds(observed).filter((id) => !wantedIds.has(id));
  if (lostNow.length > 0) {
    observed.wantedIds = new Set([...wantedIds, ...lostNow]);
    await updateBoard(observed.board, new Set(lostNow.flatMap((id) => [...index.byId.get(id)])), context);
    await updateSessions(observed.sessions, lostNow, sessionContext);
  }
  const repoNow = isReady ? await sameRepo(observed, repo) : repo;

  const isAccepted = (id: string): boolean => index.views.get(id)?.lane === "done";
  const sessionsOf = (id: string): readonly Session[] => observed.sessions.sessions.get(id) ?? [];
  const mergedAs = (id: string, tip: string): string | null =>
    mergedAsOf(sessionsOf(id), tip) ?? landingOfRequest(codeRepo, { id, tip, task: index.views.get(id)?.task ?? null });
  const hasBranch = (id: string): boolean => branches.has(id) || cycles.has(id);
  return assembleSnapshot(observed, {
    files: { ...files, repo: repoNow },
    extra,
    runs,
    baseSha,
    tasks: await listViews(observed.board, observed.options.boardRepo, observed.torn.gone),
    branches: withStacks(
      codeRepo,
      await readBranchViews(codeRepo, branches, { baseSha, runtimeDir, isAccepted, mergedAs }),
    ),
    gone: await readGoneWork(codeRepo, index.views.values(), { baseSha, hasBranch, sessionsOf, mergedAs }),
    cycles,
    worktrees: await readWorktreeViews(codeRepo, runs.taskOfWorktree, baseSha),
    landed,
  });
}

async function unlessTornDown(
  observed: Observed,
  { repo, touched }: FilesReading,
  mayBeStashed: (path: string) => boolean,
): Promise<RepoReading> {
  const { index, deferred } = observed.board;
  const heard = isOnce(observed) ? null : [...touched, ...deferred, ...index.absences.keys()];
  return await unlessTorn(observed.torn, observed.options.boardRepo, { index, heard, reading: repo, mayBeStashed });
}

// A checkout that began after the board was read takes session files away: without them a run that is over seems never to
// have been. What was read is not acted upon, and everything is looked at anew.
async function sameRepo(observed: Observed, repo: RepoReading): Promise<RepoReading> {
  const now = observed.options.clock();
  const { head } = await readRepo(observed.options.boardRepo, null, now);
  if (isSameHead(repo.head, head)) return repo;
  observed.isTrusted = false;
  return {
    ...repo,
    state: "busy",
    detail: "another git command is changing this repository",
    lookAgainAt: now + SOON_MS,
  };
}

function boardContext(
  observed: Observed,
  { now, repo }: FilesReading,
  mayBeStashed: (path: string) => boolean,
): BoardContext {
  const { board, entered, options } = observed;
  return {
    repo: options.boardRepo,
    now,
    isReady: repo.state === "ready" && !isOnce(observed),
    mayBeStashed,
    isWanted: (id) => observed.wantedIds.has(id) || observed.areAliasesRead,
    enteredAt: (id, _lane, path) => enteredAt(entered, board.index, id, path, now),
  };
}

function toldLosses({ board, sessions }: Observed): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  for (const [id, list] of sessions.sessions) {
    if (board.index.views.get(id)?.lane !== "blocked") continue;
    for (const it of list)
      if (it.step === "merge" && it.verdict === LOST && it.mergedAs != null) told.set(id, it.mergedAs);
  }
  return told;
}

function lostIds({ landed }: Observed): readonly string[] {
  return [...(landed.last?.lost.keys() ?? [])];
}

async function updateTasks(observed: Observed, touched: ReadonlySet<string>, context: BoardContext): Promise<void> {
  const { board } = observed;
  const { index } = board;
  await updateBoard(board, touched, context);
  if (observed.areAliasesRead || !hasUnknownDependency(observed, touched)) return;
  // Somebody depends on a name that no read file has: it may be the alias of an accepted task, so these are read after all.
  observed.areAliasesRead = true;
  const unread = [...index.disk.tasks.values()].filter((it) => it.depth === "name").map((it) => it.path);
  if (unread.length > 0) await updateBoard(board, new Set(unread), context);
}

function hasUnknownDependency({ board }: Observed, touched: ReadonlySet<string>): boolean {
  for (const path of touched) {
    if (kindOfPath(path) !== "task") continue;
    const view = board.index.views.get(idOfPath(path));
    if (view === undefined || view.lane === "done") continue;
    if (view.task?.dependencies.some((name) => !board.index.byKey.has(foldName(name))) === true) return true;
  }
  return false;
}

function differences(before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  return [...[...before].filter((it) => !after.has(it)), ...[...after].filter((it) => !before.has(it))];
}

function isDue(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}
