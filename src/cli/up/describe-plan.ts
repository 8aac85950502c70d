import type { Action, Decision } from "../../decide/action.ts";
import { whoDoes } from "../status/words.ts";

/** The plan as lines: what would be done now, then why each other task waits. */
export function describePlan({ actions, waiting }: Decision): string[] {
  const doing = actions.map(describeAction);
  const reasons = [...waiting].map(([id, why]) => `wait      ${id}: ${why}`);
  return doing.length + reasons.length === 0 ? ["Nothing to do."] : [...doing, ...reasons];
}

function describeAction(action: Action): string {
  switch (action.kind) {
    case "edit":
      return `edit      ${action.subject}`;
    case "commit":
      return `commit    ${action.changes.map(({ path }) => path).join(", ")}`;
    case "launch":
      return `launch    ${action.taskId}: ${whoDoes(action.work === undefined && action.persona !== null ? null : action.step, action.persona)} by ${action.agent} in slot ${action.slot}, attempt ${action.attempt}`;
    case "prepare":
    case "check":
      return `${action.kind.padEnd(10)}${action.taskId} in slot ${action.slot}`;
    case "stop":
      return `stop      ${action.taskId}: ${action.reason}`;
    case "restack":
      return `restack   ${action.taskId} onto ${action.onto === null ? "the base, which has" : "what is new of"} ${action.lower}`;
    case "collect":
    case "merge":
    case "drop-branch":
      return `${action.kind === "drop-branch" ? "drop" : action.kind}`.padEnd(10) + action.taskId;
    case "restore-branch":
      return `restore   branch of ${action.taskId}, whose merge is lost`;
    case "forget-loss":
      return `forget    loss of ${action.taskId}: it is on the base again`;
    case "note-base":
      return `note      ${action.to.slice(0, 12)} of the base`;
    case "pick":
      return `pick      ${action.taskId}: ${action.cycle === null ? "no cycle has changes" : `cycle ${action.cycle}`}`;
    case "release":
      return `release   worktree ${action.worktree}${action.taskId === null ? "" : ` of ${action.taskId}`}`;
    case "warm":
      return `warm      ${action.worktree === null ? "one more worktree" : `worktree ${action.worktree}`}`;
  }
}
