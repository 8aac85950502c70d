import type { Finding } from "../../src/board/finding.ts";
import { LANES, type Lane } from "../../src/board/lane.ts";
import type { Persona } from "../../src/board/persona.ts";
import type { Session } from "../../src/board/session.ts";
import type { Task } from "../../src/board/task.ts";
import type { Workflow } from "../../src/board/workflow.ts";
import { plainSlot } from "../../src/config/defaults.ts";
import type { Settings, SlotSettings } from "../../src/config/settings.ts";
import type { BranchView, JobView, RepoView, RunView, Snapshot, TaskView } from "../../src/decide/snapshot.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** 2026-11-20T10:00:00Z: the present of every board made here. */
export const NOW = 1_795_168_800_000;

/** A task in a few words: its id alone, or the facts that matter; those of its view beside those of its file. */
export type TaskWords =
  | string
  | ({ id: string; view?: Partial<TaskView> } & Partial<Omit<Task, "id" | "lane" | "path">>);

export type BoardWords = Partial<Record<Lane, readonly TaskWords[]>>;

export type WorldWords = {
  now?: number;
  settings?: Partial<Settings> | null;
  repo?: Partial<RepoView>;
  personas?: readonly Persona[];
  workflows?: readonly Workflow[];
  skills?: readonly string[];
  sessions?: readonly Session[];
  runs?: readonly RunView[];
  branches?: Readonly<Record<string, Partial<BranchView>>>;
  cycles?: Readonly<Record<string, Readonly<Record<number, { sha: string; isHeld?: boolean }>>>>;
  agents?: Readonly<Record<string, string | null>>;
  findings?: readonly Finding[];
  landed?: Partial<Snapshot["landed"]>;
  jobs?: readonly (Pick<JobView, "kind" | "taskId"> & Partial<JobView>)[];
} & Partial<
  Pick<
    Snapshot,
    "settingsBlob" | "worktrees" | "uncommitted" | "unsettledUntil" | "tasksSettleAt" | "areAgesKnown" | "isDraining"
  >
>;

/**
 * A snapshot from a few words: `boardOf({ planned: ["a"], doing: [{ id: "b", assigned: "A" }] })`. Every file is settled and
 * committed as it is, the repository is ready, and there are two slots, the agent `shell`, and the personas `engineer` (who
 * changes files) and `tester` (who does not).
 */
export function boardOf(lanes: BoardWords, world: WorldWords = {}): Snapshot {
  const tasks = LANES.flatMap((lane) => (lanes[lane] ?? []).map((words) => taskView(lane, words)));
  const sessions = new Map<string, Session[]>();
  for (const it of world.sessions ?? []) sessions.set(it.taskId, [...(sessions.get(it.taskId) ?? []), it]);
  return {
    observedAt: world.now ?? NOW,
    repo: { state: "ready", detail: "", boardBranch: "main", headSha: "head1", baseSha: "base1", ...world.repo },
    settings: world.settings === null ? null : settingsOf(world.settings),
    settingsBlob: world.settingsBlob === undefined ? "settings1" : world.settingsBlob,
    tasks,
    personas: new Map(
      (world.personas ?? [personaOf("engineer"), personaOf("tester", { mutates: false })]).map((it) => [it.id, it]),
    ),
    workflows: new Map((world.workflows ?? []).map((it) => [it.id, it])),
    skills: new Set(world.skills),
    sessions,
    branches: new Map(
      Object.entries(world.branches ?? {}).map(([id, it]) => [id, { sha: `tip-${id}`, isMerged: null, ...it }]),
    ),
    cycles: new Map(
      Object.entries(world.cycles ?? {}).map(([id, it]) => [
        id,
        new Map(Object.entries(it).map(([cycle, facts]) => [Number(cycle), { isHeld: false, ...facts }])),
      ]),
    ),
    worktrees: world.worktrees ?? [],
    landed: { notedSha: "base1", isNoted: true, lost: new Map(), found: new Map(), ...world.landed },
    runs: world.runs ?? [],
    jobs: (world.jobs ?? []).map((it) => ({ slot: null, problem: null, retryAt: null, ...it })),
    uncommitted: world.uncommitted ?? [],
    unsettledUntil: world.unsettledUntil ?? world.tasksSettleAt ?? null,
    tasksSettleAt: world.tasksSettleAt ?? null,
    areAgesKnown: world.areAgesKnown ?? true,
    agents: new Map(
      Object.entries(world.agents ?? { shell: null }).map(([name, problem]) => [name, { name, problem }]),
    ),
    findings: world.findings ?? [],
    isDraining: world.isDraining ?? false,
  };
}

/** The settings of a board without a settings file, except for what is given; no worktree is kept warm. */
export function settingsOf(settings: Partial<Settings> = {}): Settings {
  return {
    slots: slotsOf("A", "B"),
    defaultWorkflow: "solo",
    agent: "shell",
    agents: {},
    tools: {},
    wip: { doing: 0, forReview: 8 },
    staleAfterMs: { doing: 30 * MINUTE, for_review: DAY, planned: 7 * DAY, blocked: DAY },
    stopStaleAfterMs: null,
    timeoutMs: 2 * HOUR,
    graceMs: 10 * SECOND,
    budget: { runUsd: 5, taskUsd: 20, dayUsd: 100 },
    trust: "approve",
    merge: "on-done",
    mergeBatch: 5,
    mergeStyle: "merge",
    base: "main",
    code: null,
    verify: [],
    checks: { refuse: [], config: [], tests: [], commands: [], hosts: [], retry: 1, timeoutMs: 30 * MINUTE },
    trustWorktree: false,
    sandbox: "none",
    domains: [],
    prices: { version: "", models: {} },
    worktree: { copy: [], setup: [], pool: 0 },
    paused: false,
    notify: "",
    retry: { limit: 2, baseMs: 10 * SECOND, maxMs: 300 * SECOND },
    rework: { limit: 3 },
    review: null,
    ...settings,
  };
}

/** Slots of these names, each without a profile of its own. */
export function slotsOf(...names: readonly string[]): SlotSettings[] {
  return names.map((name) => plainSlot(name));
}

/** A persona who changes files, with the defaults of a file that says nothing else. */
export function personaOf(id: string, facts: Partial<Persona> = {}): Persona {
  return {
    id,
    path: `personas/${id}.md`,
    blobSha: `persona-${id}`,
    description: "",
    agent: null,
    model: null,
    output: `${id}.md`,
    skills: [],
    tools: [],
    mutates: true,
    maxToolCalls: 12,
    reads: null,
    prompt: "",
    ...facts,
  };
}

/** The session of the step `work`, done a minute ago at the first attempt; a step `checks` is clean. */
export function sessionOf(taskId: string, facts: Partial<Session> = {}): Session {
  const step = facts.step ?? "work";
  const isStep = step === "work";
  const name = isStep ? "engineer" : step;
  return {
    path: `sessions/${taskId}/${name}.md`,
    taskId,
    step,
    persona: isStep ? "engineer" : null,
    personaSha: null,
    agent: isStep ? "shell" : null,
    model: null,
    slot: "A",
    attempt: 1,
    runId: `${taskId}-1`,
    state: "done",
    verdict: step === "checks" ? "clean" : null,
    failure: null,
    reason: null,
    retries: 0,
    reworks: 0,
    startedAt: NOW - 2 * MINUTE,
    finishedAt: NOW - MINUTE,
    exitCode: 0,
    startSha: "base1",
    commitSha: step === "merge" ? `tip-${taskId}` : "base1",
    costUsd: 0,
    toolCalls: 0,
    settingsBlob: "settings1",
    pausedBoard: false,
    ...facts,
  };
}

/** A session of the step `work` that failed. */
export function failedSession(taskId: string, facts: Partial<Session> = {}): Session {
  return sessionOf(taskId, { state: "failed", failure: "agent", reason: "exit 1", exitCode: 1, ...facts });
}

/** A run of the step `work` in slot A, live for a minute, with output a second ago. */
export function runOf(taskId: string, facts: Partial<RunView> = {}): RunView {
  return {
    runId: `${taskId}-1`,
    kind: "step",
    taskId,
    slot: facts.kind === "merge" ? null : "A",
    step: facts.kind === undefined || facts.kind === "step" ? "work" : facts.kind,
    persona: "engineer",
    agent: "shell",
    attempt: 1,
    state: "running",
    exitCode: null,
    stop: null,
    startedAt: NOW - MINUTE,
    lastOutputAt: NOW - SECOND,
    outputBytes: 0,
    toolCalls: 0,
    costUsd: null,
    caps: { wallMs: 2 * HOUR, outputBytes: 1e9, toolCalls: null, costUsd: null },
    evidence: null,
    lastLine: null,
    ...facts,
  };
}

/** A task in `doing/` that holds a slot, as its claim leaves it. */
export function claimed(id: string, slot: string = "A", attempt: number = 1): Exclude<TaskWords, string> {
  return { id, assigned: slot, branch: `kanband/${id}`, attempt };
}

function taskView(lane: Lane, words: TaskWords): TaskView {
  const { view = {}, ...facts } = typeof words === "string" ? { id: words } : words;
  const path = view.path ?? `board/${lane}/${facts.id}.md`;
  const task: Task = { ...plainTask(facts.id, lane, path), ...facts };
  const blobSha = `blob-${facts.id}`;
  return {
    id: facts.id,
    path,
    lane,
    task,
    isNameOnly: false,
    findings: [],
    blobSha,
    headSha: blobSha,
    headPath: path,
    headLaneRequest: task.laneRequest,
    isSettled: true,
    enteredAt: NOW - 5 * MINUTE,
    duplicates: [],
    ...view,
  };
}

function plainTask(id: string, lane: Lane, path: string): Task {
  return {
    id,
    path,
    lane,
    aliases: [],
    title: id,
    priority: "normal",
    dependencies: [],
    persona: null,
    workflow: null,
    review: null,
    agent: null,
    model: null,
    effort: null,
    slot: null,
    budgetUsd: null,
    timeoutMs: null,
    verify: [],
    touches: [],
    base: null,
    stack: false,
    parent: null,
    proposedBy: null,
    approved: null,
    feedback: null,
    answer: null,
    override: {},
    overrideLine: null,
    personas: [],
    parallelism: null,
    pick: null,
    pr: null,
    cycle: null,
    goalTasks: null,
    laneRequest: null,
    laneRequestLine: null,
    assigned: null,
    branch: null,
    attempt: null,
    spentUsd: null,
    blocked: null,
    stale: null,
    body: "",
  };
}
