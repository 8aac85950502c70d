import { applyCommit } from "../apply/commit.ts";
import { applyEdit } from "../apply/edit.ts";
import { applyEffect } from "../apply/effect.ts";
import { guardRepository } from "../apply/guard.ts";
import { isGitAtWork, isIndexInDoubt, mendIndex } from "../apply/mend-index.ts";
import { notify } from "../apply/notify.ts";
import { putBack } from "../apply/put-back.ts";
import { recover } from "../apply/recover.ts";
import { undoUnfinished } from "../apply/undo-unfinished.ts";
import { withdrawSessions } from "../apply/withdraw-sessions.ts";
import type { World } from "../apply/world.ts";
import type { Action, Commit, Decision, Edit, Effect } from "../decide/action.ts";
import { decide } from "../decide/decide.ts";
import { othersOf, partOf } from "../decide/part-of.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import type { Observer } from "../observe/observer.ts";
import type { Hints } from "./hints.ts";
import type { Jobs } from "./jobs.ts";
import type { Rests } from "./rests.ts";

/** The newest snapshot: what the settings in force are read from. */
export type Seen = { snapshot: Snapshot | null };

export type TickContext = {
  seen: Seen;
  world: World;
  observer: Observer;
  hints: Hints;
  jobs: Jobs;
  rests: Rests;
  isDraining: () => boolean;
};

export type TickResult = {
  snapshot: Snapshot;
  decision: Decision;
  /** Files changed or commits made: the world is not what the snapshot says any more. */
  didChange: boolean;
};

/** One pass: look, decide, carry out. Edits first, then one commit of everything that changed, then effects start as jobs. */
export async function tick(context: TickContext): Promise<TickResult> {
  const { world, observer, hints, jobs } = context;
  await guardRepository(world);
  for (const path of await recover(world)) hints.add(path);
  await takeBack(context);
  const busy = [...jobs.list(), ...context.rests.list()];
  const snapshot = await observer.observe(hints.take(), { jobs: busy, isDraining: context.isDraining() });
  context.seen.snapshot = snapshot;
  if (snapshot.repo.state === "ready") await undoUnfinished(world, snapshot.repo.boardBranch);
  if (snapshot.repo.state === "elsewhere") await withdrawSessions(world);
  const decision = decide(snapshot);
  // Seen while a commit was missing that is there again: nothing of it is acted upon.
  if (decision.actions.length > 0 && (await takeBack(context))) return { snapshot, decision, didChange: true };
  const { edits, commits, effects } = group(decision.actions);
  // A claim must be on the branch before its process starts, and worktrees take long: get them on the way first.
  const early = effects.filter((it) => it.kind === "prepare");
  const late = effects.filter((it) => it.kind !== "prepare" && it.kind !== "stop");
  // What must not go on waits for nothing, least of all for a disk that is full.
  startAll(
    context,
    effects.filter((it) => it.kind === "stop"),
    snapshot,
  );
  const didEdit = await carryOut(context, snapshot, edits, commits, () => startAll(context, early, snapshot));
  startAll(context, late, snapshot);
  if (snapshot.repo.state === "ready") mend(context);
  return { snapshot, decision, didChange: didEdit };
}

async function takeBack({ world, hints }: TickContext): Promise<boolean> {
  const paths = await putBack(world);
  for (const path of paths) hints.add(path);
  return paths.length > 0;
}

// What others left in the index is none of the plan's business: it is put in order beside it.
function mend({ world, hints, jobs }: TickContext): void {
  if (!isIndexInDoubt(world)) return;
  jobs.start({ kind: "mend", taskId: null }, async () => {
    for (const path of await mendIndex(world)) hints.add(path);
  });
}

async function carryOut(
  { world, hints, rests, jobs }: TickContext,
  snapshot: Snapshot,
  edits: readonly Edit[],
  commits: readonly Commit[],
  meanwhile: () => void,
): Promise<boolean> {
  const done: { edit: Edit; touched: readonly string[] }[] = [];
  let didTry = false;
  // What somebody's git is in the midst of would take half of an edit with it: look again first.
  if (edits.length + commits.length > 0 && isGitAtWork(world)) return true;
  for (const edit of edits) {
    if (rests.isResting(edit.path)) continue;
    const outcome = await applyEdit(world, edit);
    // Skipped or not, the file is not what the snapshot says.
    hints.add(edit.path);
    if (outcome.state === "failed") {
      rests.add({ path: edit.path, taskId: edit.taskId, reason: outcome.reason });
      world.log.error({ taskId: edit.taskId, intent: edit.intent, reason: outcome.reason }, "edit failed");
      continue;
    }
    didTry = true;
    if (outcome.state === "applied") {
      rests.forget(edit.path);
      done.push({ edit, touched: outcome.touched });
      for (const path of outcome.touched) hints.add(path);
      continue;
    }
    rests.skip({ path: edit.path, taskId: edit.taskId, reason: outcome.reason });
    world.log.info({ taskId: edit.taskId, intent: edit.intent, reason: outcome.reason }, "edit skipped");
  }
  meanwhile();
  const changes = commits.flatMap((it) => it.changes);
  if (done.length === 0 && changes.length === 0) return didTry;
  const outcome = await applyCommit(world, { boardBranch: snapshot.repo.boardBranch, edits: done, changes });
  if (outcome.state === "skipped") world.log.warn({ reason: outcome.reason }, "commit skipped");
  else tell({ world, jobs }, done);
  for (const { path } of changes) hints.add(path);
  // Where nothing came of it, the next look would decide the very same.
  return outcome.state !== "nothing" || done.length > 0;
}

// Only what is on the branch is told: of an edit that is undone by a crash nobody hears.
function tell({ world, jobs }: Pick<TickContext, "world" | "jobs">, done: readonly { edit: Edit }[]): void {
  for (const { edit } of done) {
    const { notice } = edit;
    if (notice !== null)
      jobs.start({ kind: "notify", taskId: null, of: edit.path }, async () => await notify(world, notice));
  }
}

function startAll({ world, jobs }: TickContext, effects: readonly Effect[], snapshot: Snapshot): void {
  for (const effect of effects) {
    const taskId = effect.kind === "warm" ? null : effect.taskId;
    const slot = "slot" in effect ? effect.slot : null;
    const costCapUsd = effect.kind === "launch" ? effect.costCapUsd : null;
    jobs.start(
      { kind: effect.kind, taskId, with: othersOf(effect), slot, costCapUsd, of: partOf(effect) },
      async () => await applyEffect(world, effect, snapshot),
    );
  }
}

function group(actions: readonly Action[]): { edits: Edit[]; commits: Commit[]; effects: Effect[] } {
  const edits: Edit[] = [];
  const commits: Commit[] = [];
  const effects: Effect[] = [];
  for (const action of actions) {
    if (action.kind === "edit") edits.push(action);
    else if (action.kind === "commit") commits.push(action);
    else effects.push(action);
  }
  return { edits, commits, effects };
}
