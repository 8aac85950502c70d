import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Persona } from "../board/persona.ts";
import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { fingerprint } from "../git/fingerprint.ts";
import { resolveRef } from "../git/head.ts";
import { agentFilesDir } from "../process/run-folder.ts";
import { startRun } from "../process/start-run.ts";
import { agentOf } from "./agent-of-launch.ts";
import { launchOf } from "./agent-request.ts";
import { answerWithDocument } from "./answer-with-document.ts";
import { type BoxedRun, domainsOf, ghostsOf, inBox, setupInBox } from "./box.ts";
import { branchStart } from "./branched-from.ts";
import { bringBaseIn } from "./bring-base-in.ts";
import { describeLaunch, noteInContext } from "./context.ts";
import { noteAnswer } from "./decisions.ts";
import { keepForGuard } from "./guard.ts";
import { type LaunchEffect, launchFacts, type Taken } from "./launch-facts.ts";
import { promptOfLaunch } from "./prompt-of-launch.ts";
import { runEnvironment } from "./run-environment.ts";
import { isBoxed, type RunFacts } from "./run-facts.ts";
import { hasRun, newRunId } from "./run-id.ts";
import { readableSessions } from "./session-reads.ts";
import { keepEarlierSession, runningSession, writeSession } from "./session-record.ts";
import { noteSetupFiles } from "./setup-files.ts";
import { SESSION_FOLDER, setupScript } from "./setup-script.ts";
import { heldTips, startCommit } from "./start-commit.ts";
import { borrowWorktree, takeWorktree } from "./take-worktree.ts";
import { tierOf } from "./tier.ts";
import { isBoardCheckedOut } from "./withdraw-sessions.ts";
import { copyFiles, placeSessions } from "./worktree-files.ts";
import { branchRefOf, runsDirOf, type World } from "./world.ts";

/**
 * Starts the agent of a step in the task's worktree. First the session file says that it runs, then the run is recorded
 * with all that is needed to follow it, then the process starts; a crash in between leaves a session that runs and no run,
 * and it is launched again. A task that has a recorded run gets no second one. What cannot be set up becomes a failed
 * session of class `setup`.
 */
export async function launch(world: World, effect: LaunchEffect, snapshot: Snapshot): Promise<void> {
  const task = snapshot.tasks.find(({ id }) => id === effect.taskId)?.task ?? null;
  if (task === null || hasRun(world, effect.taskId, effect.work === undefined ? null : effect.step)) return;
  const persona = effect.persona === null ? null : (snapshot.personas.get(effect.persona) ?? null);
  if (effect.work?.action === "document") return await answerWithDocument(world, effect, { snapshot, task });
  const begin = async (worktree: Taken | { problem: string }): Promise<void> =>
    await beginIn(world, worktree, { effect: withConflict(effect, worktree), snapshot, task, persona });
  if (effect.work === undefined || effect.work.mutates) {
    return await begin(await takeForLaunch(world, effect, snapshot).catch(asSetupProblem));
  }
  const sha = await shaToLookAt(world, effect, snapshot).catch(asSetupProblem);
  if (typeof sha !== "string") return await begin(sha);
  // Whoever only looks has a copy of its own: several look at once, and none at what another leaves behind.
  await borrowWorktree(world, sha, async (path) => {
    await begin({ path, branch: "", tip: sha, hasConflict: false, countFromSha: sha, branchedFrom: null });
  });
}

async function beginIn(
  world: World,
  worktree: Taken | { problem: string },
  { effect, snapshot, task, persona }: Omit<Launching, "facts" | "runId">,
): Promise<void> {
  const runId = newRunId(effect);
  const taken = "problem" in worktree ? null : worktree;
  const facts = launchFacts(world, { effect, snapshot, task, persona, worktree: taken });
  if (snapshot.repo.state === "ready") await keepEarlierSession(world, snapshot.repo.boardBranch, facts.sessionPath);
  const problem =
    "problem" in worktree ? worktree.problem : await start(world, { effect, snapshot, task, persona, facts, runId });
  if (problem === null) return;
  failpoint("apply.launch.before-refusal");
  const failed = { state: "failed", failure: "setup", reason: problem, finishedAt: world.clock() } as const;
  // A base that is not there is no fault of the agent's: nobody else has to wait for it, and no other agent would do better.
  const agent = taken === null ? null : facts.agent;
  writeSession(world, { ...runningSession(facts, runId), agent, ...failed }, problem, []);
  failpoint("apply.launch.after-refusal");
}

type Launching = {
  effect: LaunchEffect;
  snapshot: Snapshot;
  task: Task;
  persona: Persona | null;
  facts: RunFacts;
  runId: string;
};

async function takeForLaunch(world: World, effect: LaunchEffect, snapshot: Snapshot): Promise<Taken> {
  const cycle = effect.work?.cycle ?? null;
  const taken = await takeWorktree(world, snapshot, effect.taskId, cycle);
  // What stands on others comes to the base with them: a conflict of theirs is in the branch already.
  const isOnBase = heldTips(world.codeRepo, effect.taskId).size === 0;
  const isMoved = effect.cause === "conflict" && isOnBase && (await bringBaseIn(world, effect.taskId, taken));
  const current = isMoved ? await takeWorktree(world, snapshot, effect.taskId, cycle) : taken;
  const sessions = snapshot.sessions.get(effect.taskId) ?? [];
  // A cycle goes on from the one it begins at, wherever the others left the base.
  const isBefore = (it: Session): boolean => it.commitSha === taken.tip || it.step === effect.step;
  const earlier = cycle === null ? sessions : sessions.filter((it) => it.branchedFrom != null && isBefore(it));
  const branchedFrom = isMoved ? current.tip : await branchStart(world, taken.tip, earlier);
  return { ...current, countFromSha: taken.tip, branchedFrom };
}

// Decided upon before anybody knew that what the branch starts from conflicts.
function withConflict(effect: LaunchEffect, taken: Taken | { problem: string }): LaunchEffect {
  return "hasConflict" in taken && taken.hasConflict ? { ...effect, cause: "conflict" } : effect;
}

async function shaToLookAt(world: World, { taskId, work }: LaunchEffect, snapshot: Snapshot): Promise<string> {
  const startSha = work?.cycle?.startSha ?? null;
  if (startSha !== null) return startSha;
  return (await resolveRef(world.codeRepo, branchRefOf(taskId))) ?? (await startCommit(world, snapshot, taskId)).sha;
}

/** Null once the run is started; else why it cannot be. */
async function start(world: World, launching: Launching): Promise<string | null> {
  const { effect, snapshot, task, persona, facts, runId } = launching;
  const settings = world.settings();
  if (effect.persona !== null && persona === null) return `no persona '${effect.persona}'`;
  const { work } = effect;
  const agent = agentOf(effect, settings);
  if ("problem" in agent) return agent.problem;
  const slot = settings.slots.find(({ name }) => name === effect.slot) ?? null;
  const { program } = agent;
  const tier = await tierOf(world, slot, program);
  if (typeof tier === "object") return tier.problem;
  const sessions = readableSessions(
    world.boardRoot,
    task.id,
    work === undefined ? (persona?.reads ?? null) : work.reads,
  );
  if (work?.cycle !== undefined) {
    // What runs beside a cycle shares nothing with it until it is over.
    for (const { path, state } of snapshot.sessions.get(task.id) ?? []) {
      if (state === "running") sessions.delete(path.slice(`sessions/${task.id}/`.length));
    }
  }
  const { parts, ...prompts } = promptOfLaunch(world, launching, sessions);
  const run = launchOf(agent, {
    ...prompts,
    taskBody: task.body,
    persona,
    model: facts.model,
    effort: task.effort ?? slot?.effort ?? null,
    maxToolCalls: facts.caps.toolCalls,
    tools: slot?.tools ?? null,
    permission: slot?.permission ?? null,
    maxTurns: slot?.maxTurns ?? null,
    budgetUsd: facts.caps.costUsd,
    resume: facts.resumed ?? null,
    trustsWorktree: settings.trustWorktree,
    ownSandbox: tier === "cli" ? { domains: domainsOf(world, null) } : null,
    worktree: facts.worktree,
    sessionDir: join(facts.worktree, SESSION_FOLDER),
    filesDir: agentFilesDir(runsDirOf(world), runId),
  });
  if ("problem" in run) return run.problem;
  const unsafe = run.unsafeFiles?.find((it) => existsSync(join(facts.worktree, it)));
  if (unsafe !== undefined) return unsafeProblem(agent.name, unsafe);
  // Asks git something; meanwhile the rest is written.
  const environment = runEnvironment(world, {
    runId,
    taskId: task.id,
    slot,
    allow: (work?.action === "tool" ? settings.tools[work.target ?? ""] : settings.agents[agent.name])?.env ?? [],
    set: run.env,
  });
  environment.catch(() => undefined);
  const copied = copyFiles(world, facts.worktree);
  const setup = setupScript(settings.worktree.setup, task.id, facts.worktree, noteSetupFiles(world, facts.worktree));
  placeSessions(facts.worktree, sessions);
  if (!isBoxed({ sandbox: tier })) keepForGuard(world);
  const record: RunFacts = {
    ...facts,
    sandbox: tier,
    promptBytes: Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes])),
    copied: [...copied, ...ghostsOf(world, tier)],
    fingerprint: await fingerprint(world.codeRepo),
  };
  if (!isBoardCheckedOut(world)) {
    throw new KanbandError("REF_MOVED", "the branch of the board is not checked out any more: nothing is started");
  }
  failpoint("apply.launch.before-session");
  writeSession(world, runningSession(record, runId), "", []);
  failpoint("apply.launch.after-session");
  const env = await environment;
  const box: BoxedRun = { ...run, tier, runId, worktree: facts.worktree, slot, env, program };
  const boxed = inBox(world, box);
  const prepared = setupInBox(world, box, setup);
  failpoint("apply.launch.before-start");
  try {
    await startRun({
      runsDir: runsDirOf(world),
      runId,
      record,
      cwd: facts.worktree,
      ...boxed,
      env: { ...env, ...boxed.env },
      stdin: work?.action === "tool" ? "" : run.stdin,
      files: [...(run.files ?? []), ...boxed.files, ...prepared.files],
      setup: prepared.setup,
      limits: { wallMs: facts.caps.wallMs, outputBytes: facts.caps.outputBytes },
      graceMs: settings.graceMs,
    });
  } catch (error) {
    if (error instanceof KanbandError && error.code === "SPAWN_FAILED") return error.message;
    throw error;
  }
  failpoint("apply.launch.after-start");
  noteInContext(world, task.id, describeLaunch({ task, persona, facts: record, trust: settings.trust }));
  if (effect.cause === "answer") noteAnswer(world, record);
  world.log.info({ taskId: task.id, slot: effect.slot, runId, snapshotAt: snapshot.observedAt }, "run started");
  return null;
}

function unsafeProblem(agent: string, path: string): string {
  return `${agent} would obey ${path}, which lies in the repository and can start programs; set \`trust_worktree: true\` in board/board.md to let it, or remove the file`;
}

function asSetupProblem(error: unknown): { problem: string } {
  if (error instanceof KanbandError && error.code === "WORKTREE_BROKEN") return { problem: error.message };
  throw error;
}
