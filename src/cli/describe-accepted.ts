import { branchOf } from "../board/branch.ts";
import { parsePullRequest } from "../board/pull-request.ts";
import type { Snapshot, TaskView } from "../decide/snapshot.ts";
import { safe } from "./status/words.ts";

/** What comes of a task that is accepted, in one line. */
export function describeAccepted({ id, task }: TaskView, { branches, settings }: Snapshot): string {
  const name = safe(id);
  if (parsePullRequest(task?.pr ?? null) !== null)
    return `Its pull request is merged on its forge: \`kanband pr ${name} --sync\` brings that home.`;
  if (!branches.has(id))
    return "It has no branch, so nothing is merged; if it had one, it comes back to blocked/ and says how to get that again.";
  return settings?.merge === "manual"
    ? `Merging is manual here: \`git merge ${safe(branchOf(id))}\` where ${safe(settings.base)} is checked out; it is done when ${safe(settings.base)} has it.`
    : "It is merged now; if that fails it comes back to blocked/ with the reason.";
}
