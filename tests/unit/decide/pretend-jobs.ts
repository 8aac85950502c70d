import type { Session } from "../../../src/board/session.ts";
import type { Task } from "../../../src/board/task.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { othersOf } from "../../../src/decide/part-of.ts";
import type { RunView, StopReason } from "../../../src/decide/snapshot.ts";
import { runOf, SECOND, sessionOf } from "../../helpers/board-builder.ts";
import { forgetLoss, restoreBranch } from "./pretend-lost.ts";
import { endMerge, tipsOf } from "./pretend-merge.ts";
import { beginBranch, restack } from "./pretend-restack.ts";
import type { Fate, World } from "./pretend-world.ts";

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

function endJob(world: World, effect: Effect): void {
  switch (effect.kind) {
    case "prepare":
      return prepare(world, effect.taskId);
    case "launch":
      return startRun(world, effect, {
        kind: "step",
        slot: effect.slot,
        attempt: effect.attempt,
        step: effect.step,
        unit: effect.work === undefined ? null : effect.step,
        ...(effect.work === undefined ? {} : { persona: effect.persona }),
      });
    case "check":
      return startRun(world, effect, {
        kind: "checks",
        slot: effect.slot,
        attempt: effect.attempt,
        step: "checks",
        unit: effect.unit?.step ?? null,
      });
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
    case "restack":
      return restack(world, effect);
    case "restore-branch":
      return restoreBranch(world, effect);
    case "forget-loss":
      return forgetLoss(world, effect);
    case "note-base":
      world.landed = { ...world.landed, isNoted: true, lost: new Map() };
      return;
    case "drop-branch":
      world.branches.delete(effect.taskId);
      return;
    case "release":
      world.worktrees = world.worktrees.map((it) =>
        it.name === effect.worktree ? { ...it, taskId: null, cycle: null } : it,
      );
      return;
    case "pick":
      return pick(world, effect.taskId, effect.cycle);
    case "warm":
      if (effect.worktree === null)
        world.worktrees.push({ name: `w${++world.count}`, taskId: null, isUsable: true, isAtBase: true });
      world.worktrees = world.worktrees.map((it) => (it.name === effect.worktree ? { ...it, isAtBase: true } : it));
  }
}

function pick(world: World, taskId: string, cycle: number | null): void {
  const sha = cycle === null ? undefined : world.cycles.get(taskId)?.get(cycle);
  if (sha !== undefined) world.branches.set(taskId, { sha, isMerged: false });
  world.cycles.delete(taskId);
}

/** The tip of a cycle's branch, which is made where there is none, with a worktree of its own. */
function prepareCycle(world: World, taskId: string, { index, startSha }: { index: number; startSha: string | null }) {
  const cycles = world.cycles.get(taskId) ?? new Map<number, string>();
  world.cycles.set(taskId, cycles);
  const tip = cycles.get(index) ?? startSha ?? "base1";
  cycles.set(index, tip);
  if (world.worktrees.some((it) => it.taskId === taskId && it.cycle === index)) return tip;
  const free = world.worktrees.find((it) => it.taskId === null);
  const taken = { taskId, cycle: index, isUsable: true, isAtBase: false };
  if (free === undefined) world.worktrees.push({ name: `w${++world.count}`, ...taken });
  else Object.assign(free, taken);
  return tip;
}

function startOf(world: World, launch: Effect, taskId: string): string {
  if (launch.kind !== "launch" || launch.work?.cycle === undefined) return world.branches.get(taskId)?.sha ?? "base1";
  if (launch.work.mutates) return prepareCycle(world, taskId, launch.work.cycle);
  return launch.work.cycle.startSha ?? "base1";
}

function prepare(world: World, taskId: string): void {
  beginBranch(world, taskId);
  if (world.worktrees.some((it) => it.taskId === taskId)) return;
  const free = world.worktrees.find((it) => it.taskId === null);
  if (free === undefined) world.worktrees.push({ name: `w${++world.count}`, taskId, isUsable: true, isAtBase: true });
  else free.taskId = taskId;
}

function startRun(
  world: World,
  launch: Effect,
  facts: Pick<RunView, "kind" | "slot" | "attempt" | "step"> & { unit?: string | null; persona?: string | null },
): void {
  if (launch.kind === "warm" || launch.taskId === null) return;
  const { taskId } = launch;
  const startSha = startOf(world, launch, taskId);
  if (facts.kind !== "merge" && !isLooking(launch) && cycleOf(launch) === null) prepare(world, taskId);
  const runId = `${taskId}-${++world.count}`;
  const others = othersOf(launch);
  const batch = others.length === 0 ? {} : { with: others };
  const view = runOf(taskId, { ...facts, ...batch, runId, startedAt: world.now, lastOutputAt: world.now });
  const fate = world.fateOf(facts.kind, world.chance());
  const lasts = fate === "hangs" ? Number.POSITIVE_INFINITY : 50 + Math.floor(world.chance() * 5) * SECOND;
  world.runs.set(runId, {
    view,
    fate,
    endsAt: world.now + lasts,
    launch,
    startSha,
    tips: tipsOf(world, launch),
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
  if (isLooking(run.launch)) {
    writeSession(world, runId, {
      ...outcomeOf(world, run.view, run.fate, run.launch),
      commitSha: run.startSha,
    });
    world.runs.delete(runId);
    return;
  }
  const cycle = cycleOf(run.launch);
  if (cycle !== null) {
    const outcome = outcomeOf(world, run.view, run.fate, run.launch);
    const isChanged = outcome.state === "done" && outcome.verdict === "changed";
    const tip = isChanged ? `tip${++world.count}` : run.startSha;
    world.cycles.get(taskId)?.set(cycle, tip);
    writeSession(world, runId, { ...outcome, commitSha: tip });
    world.runs.delete(runId);
    return;
  }
  if (run.launch.kind === "merge" && run.view.stop === null) {
    endMerge(world, run);
    world.runs.delete(runId);
    return;
  }
  const branch = world.branches.get(taskId);
  if (run.view.stop === null && run.fate === "done" && branch !== undefined) {
    world.branches.set(taskId, { ...branch, sha: `tip${++world.count}`, isMerged: false });
  }
  writeSession(world, runId, outcomeOf(world, run.view, run.fate, run.launch));
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
      return {
        ...end,
        state: "done",
        costUsd: 0.25,
        ...(view.unit == null ? {} : world.said(view.step, world.chance())),
      };
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
    case "inconclusive":
      return { ...end, state: "done", verdict: "inconclusive", reason: `open in ${view.taskId}` };
    case "must-fix":
      return { ...end, state: "done", verdict: "must-fix", reason: `red in ${view.taskId}` };
    case "merged":
    case "conflict":
    case "red":
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
  const session = sessionOf(taskId, {
    step,
    attempt,
    slot,
    startedAt,
    ...empty,
    ...counters,
    ...workOf(view, launch),
    ...facts,
  });
  world.sessions.set(session.path, session);
}

function workOf({ taskId }: RunView, launch: Effect): Partial<Session> {
  if (launch.kind === "check")
    return launch.unit === undefined ? {} : { of: launch.unit.step, after: launch.unit.after };
  if (launch.kind !== "launch" || launch.work === undefined) return {};
  const { output, after } = launch.work;
  return { path: `sessions/${taskId}/${output}`, after, persona: launch.persona, agent: launch.agent };
}

/** The cycle whose branch a run works on; null: the task's own, or none. */
function cycleOf(effect: Effect): number | null {
  return effect.kind === "launch" && effect.work?.mutates === true ? (effect.work.cycle?.index ?? null) : null;
}

function isLooking(effect: Effect): boolean {
  return effect.kind === "launch" && effect.work?.mutates === false;
}

function taskOf(world: World, id: string): Task | undefined {
  return [...world.files.values()].find((it) => it.id === id)?.task;
}
