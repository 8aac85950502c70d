import type { Undone } from "../apply/undo-task.ts";
import { branchOf } from "../board/branch.ts";
import type { Lane } from "../board/lane.ts";
import { safe } from "./status/words.ts";

/** What was taken back, in a few words. Of a merge the subject is the agent's where its own commits were brought in. */
export function describeAction(action: Undone["action"]): string {
  return action.kind === "merge" ? `its merge ${action.sha.slice(0, 9)}` : safe(action.subject);
}

/** What else there is to say, a line each: where its work is, and what comes of it. */
export function describeUndone(
  id: string,
  { action, lane, wasLane, preserved, revertSha, left }: Omit<Undone, "path">,
  { isAlive }: { isAlive: boolean },
): string[] {
  const lines = preserved.map((ref) => `What its branch held is kept: ${ref}`);
  if (revertSha !== null) {
    const since = `The base is without it since ${revertSha.slice(0, 9)}`;
    lines.unshift(`${since}; ${safe(branchOf(id))} holds its work, ready for another look.`);
  }
  if (action.kind === "follow" && left === null) lines.unshift(...describeFollow(id, action, lane));
  if (left !== null)
    lines.push(
      `Its branch still has "${safe(left.subject)}": undo ${safe(id)} once more, as soon as nothing is at work on it.`,
    );
  if (lane !== wasLane && wasLane === "done" && action.kind === "edit")
    lines.push(`Not in done/, where it was: that is for you to say, with \`kanband accept ${safe(id)}\`.`);
  else if (lane !== wasLane) lines.push(`Not in ${wasLane}/, where it was: there the daemon would do the same again.`);
  else if (!isAlive && (lane === "planned" || lane === "doing"))
    lines.push("No daemon is running; the next one will go on with it, unless you move it elsewhere first.");
  return lines;
}

function describeFollow(
  id: string,
  { before, stack }: Extract<Undone["action"], { kind: "follow" }>,
  lane: Lane,
): string[] {
  const holds = stack === null ? "" : `, and holds ${stack.held.slice(0, 9)} of ${safe(stack.lower)}`;
  const line = `${safe(branchOf(id))} is at ${before.slice(0, 9)} again${holds}.`;
  if (stack === null || lane !== "for_review") return [line];
  return [line, `It stays so until you accept it, or until ${safe(stack.lower)} changes once more.`];
}
