import type { Lane } from "../../../src/board/lane.ts";
import type { Session } from "../../../src/board/session.ts";
import type { Task } from "../../../src/board/task.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { Decision, Edit, Effect } from "../../../src/decide/action.ts";
import type { Change, RunView, Snapshot, StopReason, TaskView } from "../../../src/decide/snapshot.ts";
import { boardOf, MINUTE, personaOf, runOf, SECOND, sessionOf } from "../../helpers/board-builder.ts";

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
  | "merged"
  | "conflict"
  | "waiting";

type Job = { effect: Effect; endsAt: number };

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
  branches: Map<string, { sha: string; isMerged: boolean }>;
  worktrees: { name: string; taskId: string | null; isUsable: boolean }[];
  runs: Map<string, { view: RunView; fate: Fate; endsAt: number; launch: Effect; startSha: string }>;
  jobs: Job[];
  count: number;
  /** Draws the next chance, from 0 to 1. */
  chance: () => number;
  fateOf: (kind: RunView["kind"], chance: number) => Fate;
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
    worktrees: [],
    runs: new Map(),
    jobs: [],
    count: 0,
    chance: chances(seed),
    fateOf,
  };
}

/** What observe would make of the world. */
export function look(world: World): Snapshot {
  const empty = boardOf(
    {},
    { now: world.now, personas: [personaOf("engineer"), personaOf("tester", { mutates: false })] },
  );
  const unsettled = [...world.files.values()].flatMap(({ settledAt }) => (settledAt > world.now ? [settledAt] : []));
  const sessions = new Map<string, Session[]>();
  for (const it of world.sessions.values()) sessions.set(it.taskId, [...(sessions.get(it.taskId) ?? []), it]);
  return {
    ...empty,
    settings: world.settings,
    settingsBlob: `settings${world.settingsVersion}`,
    tasks: [...world.files].map(([path, file]) => viewOf(world, path, file)),
    sessions,
    branches: new Map([...world.branches].map(([id, it]) => [id, { ...it }])),
    worktrees: world.worktrees.map((it) => ({ ...it })),
    runs: [...world.runs.values()].map(({ view }) => ({ ...view, evidence: evidenceOf(world, view) })),
    jobs: world.jobs.map(({ effect }) => jobOf(effect)),
    uncommitted: changesOf(world),
    unsettledUntil: unsettled.length === 0 ? null : Math.min(...unsettled),
  };
}

/** Carries out a decision as apply does: edits, one commit, then the effects start as jobs. */
export function carryOut(world: World, { actions }: Decision): void {
  const touched = new Set<string>();
  for (const it of actions) if (it.kind === "edit") for (const path of applyEdit(world, it)) touched.add(path);
  for (const it of actions) if (it.kind === "commit") commit(world, touched, it.changes);
  for (const it of actions) {
    if (it.kind === "edit" || it.kind === "commit") continue;
    world.jobs.push({ effect: it, endsAt: world.now + Math.floor(world.chance() * 3) * 50 });
  }
}

/** Lets time pass up to `until`: jobs end, and runs end by themselves. */
export function passTime(world: World, until: number): void {
  world.now = Math.max(world.now + 1, until);
  const due = world.jobs.filter(({ endsAt }) => endsAt <= world.now);
  world.jobs = world.jobs.filter(({ endsAt }) => endsAt > world.now);
  for (const { effect } of due) endJob(world, effect);
  for (const run of world.runs.values()) if (run.endsAt <= world.now) endRun(run);
}

/** When something will happen by itself; null when nothing will. */
export function nextEvent(world: World): number | null {
  const live = [...world.runs.values()].filter(({ view }) => view.state === "running");
  const times = [...world.jobs.map(({ endsAt }) => endsAt), ...live.map(({ endsAt }) => endsAt)];
  const next = Math.min(...times);
  return Number.isFinite(next) ? next : null;
}

/** The bytes of a file, as far as this model knows any. */
export function contentOf({ task }: File): string {
  return JSON.stringify({ ...task, lane: undefined, path: undefined });
}

function viewOf(world: World, path: string, file: File): TaskView {
  const blobSha = contentOf(file);
  const headSha = world.head.get(path) ?? null;
  const headPath = headSha === null ? headPathOf(world, file.id) : path;
  const others = [...world.files].filter(([other, it]) => it.id === file.id && other !== path);
  const entered = world.enteredAt.get(file.id);
  return {
    id: file.id,
    path,
    lane: file.lane,
    task: { ...file.task, lane: file.lane, path },
    isNameOnly: false,
    findings: [],
    blobSha,
    headSha,
    headPath,
    headLaneRequest: headSha === null ? undefined : ((JSON.parse(headSha) as Task).laneRequest ?? null),
    isSettled: file.settledAt <= world.now,
    enteredAt: entered?.lane === file.lane ? entered.at : null,
    duplicates: others.map(([other, it]) => ({ path: other, isOlderVersion: false, blobSha: contentOf(it) })),
  };
}

function jobOf(effect: Effect): Snapshot["jobs"][number] {
  return { kind: effect.kind, taskId: effect.kind === "warm" ? null : effect.taskId, problem: null, retryAt: null };
}

// Gathered, as observe does, only of runs that have said nothing for a while; these do nothing at all.
function evidenceOf({ now }: World, { startedAt }: RunView): RunView["evidence"] {
  return now - startedAt < 10 * MINUTE ? null : { worktreeChangedAt: null, committedAt: null, cpuActiveAt: null };
}

function headPathOf(world: World, id: string): string | null {
  return [...world.head.keys()].find((path) => path.endsWith(`/${id}.md`)) ?? null;
}

function changesOf(world: World): Change[] {
  const files = [...world.files].filter(([, { settledAt }]) => settledAt <= world.now);
  const now = new Map([
    ...files.map(([path, file]) => [path, contentOf(file)] as const),
    ...[...world.sessions].map(([path, it]) => [path, JSON.stringify(it)] as const),
  ]);
  const head = new Map([...world.head, ...world.sessionHead]);
  const paths = new Set([...now.keys(), ...[...head.keys()].filter((path) => !world.files.has(path))]);
  return [...paths]
    .map((path) => ({ path, blobSha: now.get(path) ?? null, headSha: head.get(path) ?? null }))
    .filter((it) => it.blobSha !== it.headSha);
}

function applyEdit(world: World, edit: Edit): string[] {
  if (edit.intent === "pause-board") {
    world.settings = { ...world.settings, paused: String(edit.set[0]?.[1]) };
    world.settingsVersion += 1;
    const marked = world.sessions.get(edit.marksSession ?? "");
    if (marked !== undefined) world.sessions.set(marked.path, { ...marked, pausedBoard: true });
    return [];
  }
  const file = world.files.get(edit.path);
  if (file === undefined || contentOf(file) !== edit.expectBlob) return [];
  if (edit.intent === "remove-duplicate") {
    world.files.delete(edit.path);
    return [edit.path];
  }
  const lane = edit.toLane ?? file.lane;
  const path = `board/${lane}/${file.id}.md`;
  if (path !== edit.path && world.files.has(path)) return [];
  const task = { ...file.task };
  for (const [key, value] of edit.set) Object.assign(task, { [FIELDS[key]]: value });
  world.files.delete(edit.path);
  world.files.set(path, { ...file, lane, task });
  return [edit.path, path];
}

const FIELDS: Record<Edit["set"][number][0], string> = {
  assigned: "assigned",
  branch: "branch",
  attempt: "attempt",
  spent_usd: "spentUsd",
  blocked: "blocked",
  stale: "stale",
  lane: "laneRequest",
  paused: "paused",
};

function commit(world: World, touched: ReadonlySet<string>, changes: readonly Change[]): void {
  const now = new Map(changesOf(world).map((it) => [it.path, it]));
  const seen = changes.filter(({ path, blobSha }) => (now.get(path)?.blobSha ?? null) === blobSha);
  for (const path of new Set([...touched, ...seen.map((it) => it.path)])) {
    const session = world.sessions.get(path);
    if (session !== undefined) world.sessionHead.set(path, JSON.stringify(session));
    const file = world.files.get(path);
    if (file === undefined) world.head.delete(path);
    else world.head.set(path, contentOf(file));
  }
  for (const [path, { id, lane }] of world.files) {
    if (world.head.has(path) && world.enteredAt.get(id)?.lane !== lane)
      world.enteredAt.set(id, { lane, at: world.now });
  }
}

function endJob(world: World, effect: Effect): void {
  switch (effect.kind) {
    case "prepare":
      return prepare(world, effect.taskId);
    case "launch":
      return startRun(world, effect, { kind: "step", slot: effect.slot, attempt: effect.attempt, step: effect.step });
    case "check":
      return startRun(world, effect, { kind: "checks", slot: effect.slot, attempt: effect.attempt, step: "checks" });
    case "merge":
      return startRun(world, effect, {
        kind: "merge",
        slot: null,
        attempt: taskOf(world, effect.taskId)?.attempt ?? 1,
        step: "merge",
      });
    case "stop":
      return stopRun(world, effect.runId, effect.reason);
    case "collect":
      return collect(world, effect.runId);
    case "drop-branch":
      world.branches.delete(effect.taskId);
      return;
    case "release":
      world.worktrees = world.worktrees.map((it) => (it.name === effect.worktree ? { ...it, taskId: null } : it));
      return;
    case "warm":
      world.worktrees.push({ name: `w${++world.count}`, taskId: null, isUsable: true });
  }
}

function prepare(world: World, taskId: string): void {
  if (!world.branches.has(taskId)) world.branches.set(taskId, { sha: "base1", isMerged: true });
  if (world.worktrees.some((it) => it.taskId === taskId)) return;
  const free = world.worktrees.find((it) => it.taskId === null);
  if (free === undefined) world.worktrees.push({ name: `w${++world.count}`, taskId, isUsable: true });
  else free.taskId = taskId;
}

function startRun(world: World, launch: Effect, facts: Pick<RunView, "kind" | "slot" | "attempt" | "step">): void {
  if (launch.kind === "warm" || launch.taskId === null) return;
  const { taskId } = launch;
  if (facts.kind !== "merge") prepare(world, taskId);
  const runId = `${taskId}-${++world.count}`;
  const view = runOf(taskId, { ...facts, runId, startedAt: world.now, lastOutputAt: world.now });
  const fate = world.fateOf(facts.kind, world.chance());
  const lasts = fate === "hangs" ? Number.POSITIVE_INFINITY : 50 + Math.floor(world.chance() * 5) * SECOND;
  world.runs.set(runId, {
    view,
    fate,
    endsAt: world.now + lasts,
    launch,
    startSha: world.branches.get(taskId)?.sha ?? "base1",
  });
  writeSession(world, runId, { state: "running", finishedAt: null });
}

function endRun(run: { view: RunView; fate: Fate }): void {
  if (run.view.state === "running")
    run.view = { ...run.view, state: run.fate === "lost" ? "lost" : "exited", exitCode: 0 };
}

function stopRun(world: World, runId: string, reason: StopReason): void {
  const run = world.runs.get(runId);
  if (run === undefined || run.view.state !== "running") return;
  run.view = { ...run.view, stop: { reason, requestedAt: world.now }, state: "exited", exitCode: null };
}

function collect(world: World, runId: string): void {
  const run = world.runs.get(runId);
  if (run === undefined) return;
  const { taskId } = run.view;
  const branch = world.branches.get(taskId);
  writeSession(world, runId, outcomeOf(world, run.view, run.fate, run.launch));
  if (run.view.stop === null && run.fate === "done" && branch !== undefined) {
    world.branches.set(taskId, { sha: `tip${++world.count}`, isMerged: false });
  }
  if (run.view.stop === null && run.fate === "merged" && branch !== undefined) branch.isMerged = true;
  world.runs.delete(runId);
}

function outcomeOf(world: World, view: RunView, fate: Fate, launch: Effect): Partial<Session> {
  const commitSha = world.branches.get(view.taskId)?.sha ?? null;
  const end = { finishedAt: world.now, commitSha };
  if (view.stop !== null) {
    const isOurs = view.stop.reason === "person" || view.stop.reason === "shutdown";
    return { ...end, state: isOurs ? "stopped" : "failed", failure: isOurs ? null : "agent", reason: view.stop.reason };
  }
  switch (fate) {
    case "done":
      return { ...end, state: "done", costUsd: 0.25 };
    case "fails":
    case "hangs":
      return { ...end, state: "failed", failure: "agent", reason: `exit ${view.taskId}`, costUsd: 0.25 };
    case "setup":
      return { ...end, state: "failed", failure: "setup", reason: `no setup for ${view.taskId}` };
    case "lost":
      return {
        ...end,
        state: "stopped",
        reason: `lost ${(launch.kind === "launch" ? (launch.losses ?? 0) : 0) + 1}: gone`,
      };
    case "clean":
      return { ...end, state: "done", verdict: "clean" };
    case "must-fix":
      return { ...end, state: "done", verdict: "must-fix", reason: `red in ${view.taskId}` };
    case "merged":
    case "conflict":
    case "waiting":
      return { ...end, state: "done", verdict: fate, reason: fate };
  }
}

function writeSession(world: World, runId: string, facts: Partial<Session>): void {
  const run = world.runs.get(runId);
  if (run === undefined) return;
  const { view, launch, startSha } = run;
  const isLaunch = launch.kind === "launch";
  const reworks = isLaunch ? launch.reworks : launch.kind === "merge" ? (launch.conflicts ?? 0) : 0;
  const { taskId, step, attempt, slot, startedAt } = view;
  const counters = { retries: isLaunch ? launch.retries : 0, reworks };
  const settingsBlob = `settings${world.settingsVersion}`;
  const empty = { verdict: null, costUsd: null, commitSha: null, runId, startSha, settingsBlob };
  const session = sessionOf(taskId, { step, attempt, slot, startedAt, ...empty, ...counters, ...facts });
  world.sessions.set(session.path, session);
}

function taskOf(world: World, id: string): Task | undefined {
  return [...world.files.values()].find((it) => it.id === id)?.task;
}

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
