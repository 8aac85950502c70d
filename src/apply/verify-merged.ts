import type { Snapshot } from "../decide/snapshot.ts";
import type { Link } from "./chain-landings.ts";
import type { MergePart } from "./merge-part.ts";
import type { BatchFacts, RunFacts } from "./run-facts.ts";
import { newRunId } from "./run-id.ts";
import { startVerify } from "./start-verify.ts";
import { borrowWorktree } from "./take-worktree.ts";
import { verifyFacts } from "./verify-facts.ts";
import { copyFiles } from "./worktree-files.ts";
import { branchRefOf, type World } from "./world.ts";

/**
 * Starts `verify` on the merged tree of these landings, in a worktree that is given back; `parts`: all of the batch, to go on
 * with when it is over. Throws SPAWN_FAILED.
 */
export async function verifyMerged(
  world: World,
  { settingsBlob }: Snapshot,
  { links, parts }: { links: readonly Link[]; parts: readonly MergePart[] },
): Promise<void> {
  const [first, last] = [links[0], links.at(-1)];
  if (first === undefined || last === undefined) return;
  const { subject } = first.part;
  await borrowWorktree(world, last.verifySha, async (worktree) => {
    const facts: RunFacts = {
      taskId: subject.taskId,
      // Its time is its own: a search for what makes a batch red takes several runs.
      ...verifyFacts(
        world,
        links.map(({ part }) => part),
      ),
      kind: "merge",
      slot: null,
      step: "merge",
      attempt: subject.attempt,
      sessionPath: `sessions/${subject.taskId}/merge.md`,
      retries: 0,
      reworks: subject.conflicts,
      settingsBlob,
      worktree,
      branch: branchRefOf(last.part.subject.taskId),
      startSha: last.commitSha,
      countFromSha: last.commitSha,
      branchedFrom: null,
      copied: copyFiles(world, worktree),
      commands: last.commands,
      merge: { key: last.key, batch: parts.map(({ subject: it }) => memberOf(it)) },
    };
    await startVerify(world, facts, { runId: newRunId(facts), commit: last.verifySha });
  });
}

function memberOf({ taskId, attempt, branchSha, conflicts, after, acceptedAt }: MergePart["subject"]): BatchFacts {
  return { taskId, attempt, branchSha, conflicts, after, acceptedAt };
}
