import type { Finding } from "../../board/finding.ts";
import type { Lane } from "../../board/lane.ts";
import type { Session } from "../../board/session.ts";
import { countUnknownCosts } from "../../board/session-cost.ts";
import type { Decision } from "../../decide/action.ts";
import type { RepoView, RunView, Snapshot, TaskView } from "../../decide/snapshot.ts";
import { countLanes, isDone, type Progress, progressOf } from "./progress-of.ts";
import { type SlotView, slotViews } from "./slot-views.ts";
import { instantOrNull, type StepJson, stepsJson } from "./step-json.ts";
import { type StepProgress, stepProgress, stepViews } from "./step-views.ts";

/**
 * Everything a face needs, as one JSON value. Keys are only ever added; `version` grows when one changes its meaning.
 * Instants are ISO 8601 in UTC, durations are ms, money is US dollars, absent values are null.
 */
export type StatusJson = {
  version: 1;
  observedAt: string;
  repo: RepoView;
  /** False, true, or the reason; null without good settings. */
  paused: boolean | string | null;
  isDraining: boolean;
  /** Files by lane: in `done/` is also what was accepted and is not merged yet. */
  counts: Record<Lane, number>;
  progress: Progress;
  slots: SlotJson[];
  tasks: TaskJson[];
  runs: RunJson[];
  /** By task id; for tasks in `done/` only where somebody needed them. */
  sessions: Record<string, SessionJson[]>;
  personas: {
    id: string;
    path: string;
    description: string;
    agent: string | null;
    model: string | null;
    mutates: boolean;
  }[];
  agents: { name: string; problem: string | null }[];
  /** Agents that nobody is given for now; `until` null: until somebody changes something. */
  parked: { agent: string; until: string | null; reason: string }[];
  /** What the daemon itself is at, or failed at and will try again. */
  jobs: { kind: string; taskId: string | null; problem: string | null; retryAt: string | null }[];
  worktrees: { name: string; taskId: string | null; isUsable: boolean }[];
  /** Changed by somebody and not on the board branch yet. */
  uncommittedPaths: string[];
  findings: Finding[];
};

type SlotJson = Pick<SlotView, "name" | "state" | "taskId" | "step"> & {
  persona: string | null;
  runId: string | null;
  jobs: string[];
};

type TaskJson = {
  id: string;
  path: string;
  lane: Lane;
  /** Why it waits; null when it does not. */
  waiting: string | null;
  isBroken: boolean;
  /** Accepted, and reachable from the base where there was something to merge. */
  isDone: boolean;
  /** A task in `done/` of which nobody needed more than the name: its other facts are null. */
  isNameOnly: boolean;
  /** What stands in the file is on the board branch. */
  isCommitted: boolean;
  title: string | null;
  priority: string | null;
  aliases: string[];
  dependencies: string[];
  persona: string | null;
  workflow: string | null;
  parent: string | null;
  assigned: string | null;
  attempt: number | null;
  /** What is known of it. */
  spentUsd: number | null;
  /** Runs whose cost nobody knows whole, the last of each session file and those before it. */
  unknownCostRuns: number;
  blocked: string | null;
  stale: string | null;
  enteredAt: string | null;
  branch: { sha: string; isMerged: boolean | null } | null;
  duplicates: string[];
  /** How many steps are done, of those that are not left out; null for a task with only one. */
  progress: StepProgress | null;
  /** In the order of its workflow; empty for a task with only one. */
  steps: StepJson[];
};

type RunJson = Omit<RunView, "startedAt" | "lastOutputAt" | "stop" | "evidence" | "caps" | "sandbox" | "leastUsd"> & {
  /** The part of the cost that is known. */
  leastUsd: number;
  /** What stands between the run and the machine. */
  sandbox: "bwrap" | "none" | null;
  startedAt: string;
  elapsedMs: number;
  lastOutputAt: string | null;
  stopReason: string | null;
};

type SessionJson = Pick<
  Session,
  "path" | "step" | "persona" | "agent" | "model" | "slot" | "attempt" | "state" | "verdict" | "failure" | "reason"
> & {
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  commitSha: string | null;
  costUsd: number | null;
  toolCalls: number;
  tokens: Session["tokens"];
  /** What the run was told, in bytes by part of the prompt; `persona` is the persona's own. */
  promptBytes: Readonly<Record<string, number>> | null;
};

/** The board as a value for scripts and other faces. */
export function statusJson({ snapshot, decision }: { snapshot: Snapshot; decision: Decision }): StatusJson {
  return {
    version: 1,
    observedAt: instant(snapshot.observedAt),
    repo: snapshot.repo,
    paused: snapshot.settings?.paused ?? null,
    isDraining: snapshot.isDraining,
    counts: countLanes(snapshot),
    progress: progressOf(snapshot),
    slots: slotViews(snapshot).map((slot) => slotJson(slot, snapshot)),
    tasks: snapshot.tasks.map((view) => taskJson(view, snapshot, decision)),
    runs: snapshot.runs.map((run) => runJson(run, snapshot.observedAt)),
    sessions: Object.fromEntries([...snapshot.sessions].map(([id, sessions]) => [id, sessions.map(sessionJson)])),
    personas: [...snapshot.personas.values()].map(({ id, path, description, agent, model, mutates }) => {
      return { id, path, description, agent, model, mutates };
    }),
    agents: [...snapshot.agents.values()].map(({ name, problem }) => ({ name, problem })),
    parked: [...decision.parked].map(([agent, { until, reason }]) => ({ agent, until: instantOrNull(until), reason })),
    jobs: snapshot.jobs.map(({ kind, taskId, problem, retryAt }) => {
      return { kind, taskId, problem, retryAt: instantOrNull(retryAt) };
    }),
    worktrees: snapshot.worktrees.map(({ name, taskId, isUsable }) => ({ name, taskId, isUsable })),
    uncommittedPaths: snapshot.uncommitted.map(({ path }) => path),
    findings: [...snapshot.findings],
  };
}

function slotJson({ name, state, taskId, step, run, task, jobs }: SlotView, snapshot: Snapshot): SlotJson {
  const persona = run?.persona ?? personaOf(step, task, snapshot);
  return { name, state, taskId, step, persona, runId: run?.runId ?? null, jobs: [...jobs] };
}

function personaOf(step: string | null, task: TaskView | null, snapshot: Snapshot): string | null {
  if (step === null || task === null) return null;
  return stepViews(task, snapshot).find(({ id }) => id === step)?.persona ?? null;
}

function taskJson(view: TaskView, snapshot: Snapshot, { waiting }: Decision): TaskJson {
  const { task } = view;
  const branch = snapshot.branches.get(view.id);
  const steps = stepViews(view, snapshot);
  return {
    id: view.id,
    path: view.path,
    lane: view.lane,
    waiting: waiting.get(view.id) ?? null,
    isBroken: (task === null && !view.isNameOnly) || view.duplicates.length > 0,
    isDone: isDone(view, snapshot),
    isNameOnly: view.isNameOnly,
    isCommitted: view.headPath === view.path && (view.isNameOnly || view.headSha === view.blobSha),
    title: task?.title ?? null,
    priority: task?.priority ?? null,
    aliases: [...(task?.aliases ?? [])],
    dependencies: [...(task?.dependencies ?? [])],
    persona: task?.persona ?? null,
    workflow: task?.workflow ?? null,
    parent: task?.parent ?? null,
    assigned: task?.assigned ?? null,
    attempt: task?.attempt ?? null,
    spentUsd: typeof task?.spentUsd === "number" ? task.spentUsd : null,
    unknownCostRuns: countUnknownCosts(snapshot.sessions.get(view.id) ?? []),
    blocked: task?.blocked ?? null,
    stale: task?.stale ?? null,
    enteredAt: instantOrNull(view.enteredAt),
    branch: branch === undefined ? null : { sha: branch.sha, isMerged: branch.isMerged },
    duplicates: view.duplicates.map(({ path }) => path),
    progress: stepProgress(steps),
    steps: stepsJson(steps),
  };
}

function runJson(run: RunView, observedAt: number): RunJson {
  const { runId, kind, taskId, slot, step, persona, agent, attempt, state, exitCode } = run;
  return {
    runId,
    kind,
    taskId,
    slot,
    step,
    persona,
    agent,
    attempt,
    state,
    exitCode,
    stopReason: run.stop?.reason ?? null,
    startedAt: instant(run.startedAt),
    elapsedMs: observedAt - run.startedAt,
    lastOutputAt: instantOrNull(run.lastOutputAt),
    outputBytes: run.outputBytes,
    toolCalls: run.toolCalls,
    costUsd: run.costUsd,
    leastUsd: run.leastUsd ?? run.costUsd ?? 0,
    lastLine: run.lastLine,
    sandbox: run.sandbox ?? null,
  };
}

function sessionJson(session: Session): SessionJson {
  const { path, step, persona, agent, model, slot, attempt, state, verdict, failure, reason } = session;
  const { exitCode, commitSha, costUsd, toolCalls } = session;
  const facts = { path, step, persona, agent, model, slot, attempt, state, verdict, failure, reason };
  const { startedAt, finishedAt } = session;
  return {
    ...facts,
    startedAt: instantOrNull(startedAt),
    finishedAt: instantOrNull(finishedAt),
    exitCode,
    commitSha,
    costUsd,
    toolCalls,
    tokens: session.tokens ?? null,
    promptBytes: session.promptBytes ?? null,
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
