import { join } from "node:path";
import { branchOf } from "../board/branch.ts";
import { UNDONE } from "../board/landed.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { preserve } from "../git/preserve-ref.ts";
import { updateRefs } from "../git/ref-update.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { readRegularFile } from "./board-file.ts";
import type { Follow } from "./last-follow.ts";
import { restackPath, writeRestack } from "./restack-session.ts";
import { heldTips, stackMoves } from "./start-commit.ts";
import { releaseAll } from "./undo-branch.ts";
import { branchRefOf, type World } from "./world.ts";

type UndoneFollow =
  | { state: "undone"; preserved: readonly string[] }
  /** The file is where it is to be, and what is at work on the branch will be stopped: then it can be put back. */
  | { state: "begun" }
  /** Nothing has changed. */
  | { state: "refused"; reason: string; hint?: string };

/**
 * Puts a branch back to where it was before it was brought onto what is below it, together with the record of what it holds. In
 * `for_review/` it stays there: `restack.md` says so. `move`: puts the task's file where it is to be, and answers what takes
 * that back. Codes: GIT_FAILED, GIT_LOCKED, WRITE_FAILED.
 */
export async function undoFollow(
  world: World,
  it: { snapshot: Snapshot; taskId: string; follow: Follow; isAlive: boolean; move: () => () => void },
): Promise<UndoneFollow> {
  const { snapshot, taskId, follow, isAlive, move } = it;
  const { sha, before, stack } = follow;
  const repo = world.codeRepo;
  if (!isAlive) await releaseAll(world, taskId, snapshot);
  const held = listCheckouts(repo).find(({ branch }) => branch === branchOf(taskId));
  const isAtWork = held !== undefined && isAlive && snapshot.worktrees.some((it) => it.taskId === taskId);
  if (held !== undefined && !isAtWork)
    return {
      state: "refused",
      reason: `${branchOf(taskId)} is checked out in ${held.top}`,
      hint: `\`kanband undo ${taskId}\` again, once nothing is at work there.`,
    };
  const now = heldTips(repo, taskId);
  if (stack !== null && (now.get(stack.lower) ?? null) !== stack.onto) {
    const reason = `what its branch holds of ${stack.lower} is another commit by now`;
    return { state: "refused", reason, hint: `\`kanband show ${taskId}\` says which.` };
  }
  // Of a stack it is nothing but what the daemon made of two branches that are both still there.
  const preserved = stack === null ? [await preserve(repo, { id: taskId, sha })] : [];
  const moves = stack === null ? [] : stackMoves(taskId, now, new Map([...now, [stack.lower, stack.held]]));
  // Until the branch has moved it is even with what is below it, and nothing comes of the record.
  const back = stack === null ? [] : [recordUndone(world, snapshot, { taskId, follow, stack })];
  failpoint("apply.undo.after-record");
  try {
    // Before the branch: whoever sees that move looks for the file anew.
    back.push(move());
    failpoint("apply.undo.after-file");
    if (isAtWork) return { state: "begun" };
    await updateRefs(repo, [{ ref: branchRefOf(taskId), from: sha, to: before }, ...moves], { isLogged: true });
  } catch (error) {
    for (const undo of back.toReversed()) undo();
    if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
    return { state: "refused", reason: `somebody moved ${branchOf(taskId)} at that moment` };
  }
  failpoint("apply.undo.after-refs");
  return { state: "undone", preserved };
}

function recordUndone(
  world: World,
  snapshot: Snapshot,
  { taskId, follow, stack }: { taskId: string; follow: Follow; stack: NonNullable<Follow["stack"]> },
): () => void {
  const path = join(world.boardRoot, restackPath(taskId));
  const known = readRegularFile(path);
  const { lower, held, onto } = stack;
  writeRestack(world, snapshot, {
    taskId,
    verdict: UNDONE,
    reason: `taken back from ${follow.sha}`,
    text: `It holds \`${held}\` of ${lower} again, and follows when it is accepted, or when what is below it changes once more.`,
    commitSha: follow.before,
    onto: [lower, onto ?? "base"],
    conflicts: 0,
    startedAt: world.clock(),
  });
  return () => {
    if (known !== null) writeFileDurably(path, known);
  };
}
