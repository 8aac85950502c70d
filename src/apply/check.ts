import { join } from "node:path";
import { branchOf } from "../board/branch.ts";
import type { CheckClaim } from "../board/check-claim.ts";
import { isConflictRecord, isNoWork } from "../board/record-steps.ts";
import type { Session } from "../board/session.ts";
import { sessionMessage } from "../board/session-file.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { resolveRef } from "../git/head.ts";
import { commitWorktree } from "../git/worktrees.ts";
import { readRegularFile } from "./board-file.ts";
import { branchClaims } from "./branch-claims.ts";
import { checkHandles } from "./check-handles.ts";
import { answeredClaims } from "./checks-report.ts";
import { displacedClaim } from "./displaced-copies.ts";
import { strangersOf } from "./foreign-commits.ts";
import { forkPoint } from "./fork-point.ts";
import { foundationOf } from "./foundation.ts";
import { list } from "./path-refusals.ts";
import type { RunFacts } from "./run-facts.ts";
import { hasRun, newRunId } from "./run-id.ts";
import { removeOwnCopies } from "./save-work.ts";
import { madeBySetup } from "./setup-files.ts";
import { startVerify } from "./start-verify.ts";
import { borrowWorktree, takeWorktree } from "./take-worktree.ts";
import { unprovenClaim } from "./unproven.ts";
import { verifyCommit } from "./verify-commit.ts";
import { verifyFacts } from "./verify-facts.ts";
import { notRun } from "./verify-script.ts";
import { copyFiles } from "./worktree-files.ts";
import { excludedFolders, type World } from "./world.ts";
import { writeChecks } from "./write-checks.ts";

type CheckEffect = Extract<Effect, { kind: "check" }>;

/**
 * Looks at what an attempt came to, on the exact tip: commits leftovers, then facts of git, then the commands of `verify` in
 * a clean checkout, as a run of their own, which `collect` ends. With nothing to run the verdict is written at once.
 */
export async function check(world: World, effect: CheckEffect, snapshot: Snapshot): Promise<void> {
  const task = snapshot.tasks.find(({ id }) => id === effect.taskId)?.task ?? null;
  const work = workOf(snapshot, effect);
  if (task === null || work === null || hasRun(world, effect.taskId, effect.unit?.step ?? null)) return;
  const worktree = await takeWorktree(world, snapshot, effect.taskId);
  const settings = world.settings();
  const commands = [...settings.verify, ...task.verify];
  // Without a command to run there, only what is committed counts; the rest was committed when the run was collected.
  if (commands.length > 0) await commitLeftovers(world, worktree.path, effect.taskId, worktree.tip);
  const tip = (await resolveRef(world.codeRepo, worktree.branch)) ?? worktree.tip;
  const persona = work.persona === null ? null : (snapshot.personas.get(work.persona) ?? null);
  const mustCommit = effect.unit !== undefined || persona?.mutates === true;
  const known: RunFacts = {
    taskId: task.id,
    ...verifyFacts(world, [task]),
    kind: "checks",
    slot: effect.slot,
    step: "checks",
    ...(effect.unit === undefined ? {} : { unit: effect.unit.step, after: effect.unit.after }),
    attempt: effect.attempt,
    sessionPath: `sessions/${task.id}/checks.md`,
    retries: work.retries,
    reworks: work.reworks,
    settingsBlob: snapshot.settingsBlob,
    worktree: worktree.path,
    branch: worktree.branch,
    startSha: tip,
    countFromSha: work.startSha ?? tip,
    branchedFrom: null,
    copied: [],
    commands,
    merge: null,
  };
  const claims = await branchClaims(world, {
    taskId: task.id,
    tip,
    startSha: work.startSha,
    branchedFrom: work.branchedFrom ?? null,
    base: task.base,
    others: strangersOf(snapshot, task),
    touches: task.touches,
    mustCommit,
    hadConflict: snapshot.sessions.get(task.id)?.some(isConflictRecord) === true,
  });
  const runId = newRunId(known);
  const foundation = await foundationOf(world, { taskId: task.id, tip, base: task.base });
  const base = foundation?.sha ?? (await forkPoint(world, tip, task.base));
  const from = foundation?.below ?? (base === null ? [] : [base]);
  const message = messageOf(world, work);
  claims.push(...unprovenClaim(message));
  const handles = await checkHandles(world, { message, tip, from, verify: commands });
  claims.push(...handles.claims);
  const facts = { ...known, namesNothing: mustCommit && handles.claims.length + handles.asked.length === 0 };
  const isRefuted = claims.some(({ verdict }) => verdict === "REFUTED");
  if (isRefuted || commands.length + handles.asked.length === 0) {
    const unasked = answeredClaims(handles.asked, []);
    writeChecks(world, facts, runId, { claims: [...claims, ...unasked], results: commands.map(notRun), note: "" });
    return;
  }
  const { sha, restored } = await verifyCommit(world, { tip, base, touches: task.touches });
  const all = [...claims, ...restoredClaim(restored, base)];
  await borrowWorktree(world, sha, async (path) => {
    const copied = copyFiles(world, path);
    const said = [...all, ...(await displacedClaim(world, copied, base))];
    const run = { ...facts, worktree: path, claims: said, asked: handles.asked, copied };
    await startVerify(world, run, { runId, commit: sha });
  });
}

function restoredClaim(restored: readonly string[], base: string | null): CheckClaim[] {
  if (restored.length === 0) return [];
  const what = "`verify` runs with the configuration and the tests of the base";
  return [{ what, verdict: "CONFIRMED", evidence: `as they are at ${base?.slice(0, 12)}: ${list(restored)}` }];
}

function messageOf({ boardRoot }: World, { path }: Session): string {
  const bytes = readRegularFile(join(boardRoot, path));
  return bytes === null ? "" : sessionMessage(bytes.toString("utf8"));
}

function workOf(snapshot: Snapshot, { taskId, attempt, unit }: CheckEffect): Session | null {
  const sessions = snapshot.sessions.get(taskId) ?? [];
  if (unit !== undefined) return sessions.find((it) => it.attempt === attempt && it.step === unit.step) ?? null;
  return sessions.find((it) => it.attempt === attempt && !isNoWork(it.step)) ?? null;
}

async function commitLeftovers(world: World, path: string, taskId: string, tip: string): Promise<void> {
  await removeOwnCopies(world, { worktree: path, copied: copyFiles(world, path) }, tip);
  const message = `Save what was left uncommitted on ${taskId}\n`;
  await commitWorktree(world.codeRepo, {
    path,
    branch: branchOf(taskId),
    message,
    id: taskId,
    exclude: excludedFolders(world),
    leave: madeBySetup(world, path),
  });
}
