import type { Action, Decision, Edit } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";

/** What a snapshot leads to, one short line an action: `assign a to doing: assigned=A branch=kanband/a attempt=1`. */
export function brief(snapshot: Snapshot): string[] {
  return briefActions(decide(snapshot));
}

/** The same without the commit that goes with every edit. */
export function briefWork(snapshot: Snapshot): string[] {
  return briefActions({ actions: decide(snapshot).actions.filter(({ kind }) => kind !== "commit") });
}

/** Why a task waits; undefined when it is not said. */
export function whyOf(snapshot: Snapshot, id: string): string | undefined {
  return decide(snapshot).waiting.get(id);
}

/** The one edit of a task. */
export function editOf(snapshot: Snapshot, id: string | null): Edit | undefined {
  return decide(snapshot).actions.find((it): it is Edit => it.kind === "edit" && it.taskId === id);
}

export function briefActions({ actions }: Pick<Decision, "actions">): string[] {
  return actions.map(briefAction);
}

function briefAction(action: Action): string {
  switch (action.kind) {
    case "edit":
      return briefEdit(action);
    case "commit":
      return ["commit", ...action.changes.map(({ path }) => path)].join(" ");
    case "launch":
      return `launch ${action.taskId} in ${action.slot} #${action.attempt} ${action.cause} by ${action.agent}`;
    case "check":
      return `check ${action.taskId} #${action.attempt}`;
    case "prepare":
      return `prepare ${action.taskId} in ${action.slot}`;
    case "stop":
      return `stop ${action.runId}: ${action.reason}`;
    case "collect":
      return `collect ${action.runId}`;
    case "merge":
      return `merge ${[action, ...(action.batch ?? [])].map(({ taskId }) => taskId).join(" + ")}`;
    case "restack":
      return `restack ${action.taskId} onto ${action.onto ?? "base"} of ${action.lower}${words(action)}`;
    case "drop-branch":
      return `drop-branch ${action.taskId} ${action.sha}`;
    case "restore-branch":
      return `restore-branch ${action.taskId} ${action.revertedBy ?? "gone"}`;
    case "forget-loss":
      return `forget-loss ${action.taskId} ${action.branchSha ?? "no branch"}`;
    case "note-base":
      return `note-base ${action.to}${action.keep?.map((it) => ` keeping ${it.sha}`).join("") ?? ""}`;
    case "pick":
      return `pick ${action.taskId}: ${action.cycle ?? "none"}`;
    case "release":
      return `release ${action.worktree} of ${action.taskId ?? "nobody"}`;
    case "warm":
      return "warm";
  }
}

function words({ conflicts, isForAgent, isRecheck }: Extract<Action, { kind: "restack" }>): string {
  return [conflicts > 0 ? ` #${conflicts}` : "", isForAgent ? ", to mend" : "", isRecheck ? ", to check" : ""].join("");
}

function briefEdit({ intent, taskId, toLane, set, path }: Edit): string {
  const lane = toLane === null ? "" : ` to ${toLane}`;
  const keys = set.map(([key, value]) => (value === null ? `-${key}` : `${key}=${value}`));
  return `${intent} ${taskId ?? path}${lane}:${keys.length === 0 ? "" : ` ${keys.join(" ")}`}`;
}
