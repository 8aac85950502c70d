import type { UNDONE } from "../board/landed.ts";
import type { Session } from "../board/session.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { describeConflict } from "./conflict-report.ts";
import { describeEnd, noteInContext } from "./context.ts";
import { inert } from "./data-block.ts";
import type { TipConflict } from "./join-tips.ts";
import { writeSession } from "./session-record.ts";
import type { World } from "./world.ts";

/**
 * restacked: the branch holds the work below it without a conflict, and what was checked was another commit; followed: the
 * same, on the way to its next run; conflict: it does not, and is as it was; to-mend: it
 * does, and conflicts are left in it for the next run; undone: it did, and a person took that back.
 */
type RestackVerdict = "restacked" | "followed" | "conflict" | "to-mend" | typeof UNDONE;

/** What the record of a restack is about. */
type RestackSubject = {
  taskId: string;
  verdict: RestackVerdict;
  reason: string | null;
  text: string;
  /** The tip of the branch that this speaks of. */
  commitSha: string;
  /** The task below, and the commit of its branch, or `base`, that was brought in. Null: at its start. */
  onto: readonly [lowerId: string, sha: string] | null;
  /** Conflicts before this one, with nothing clean in between. */
  conflicts: number;
  startedAt: number;
};

/** The path of `restack.md`, relative to the board root. */
export function restackPath(taskId: string): string {
  return `sessions/${taskId}/restack.md`;
}

/** Writes `restack.md`: how a branch was brought onto those below it. It stands before the branch moves. */
export function writeRestack(world: World, snapshot: Snapshot, it: RestackSubject): void {
  const task = snapshot.tasks.find(({ id }) => id === it.taskId)?.task ?? null;
  const known = (snapshot.sessions.get(it.taskId) ?? []).map(({ attempt }) => attempt);
  const session: Session = {
    path: restackPath(it.taskId),
    taskId: it.taskId,
    step: "restack",
    persona: null,
    personaSha: null,
    agent: null,
    model: null,
    slot: null,
    attempt: task?.attempt ?? Math.max(1, ...known),
    runId: null,
    state: "done",
    verdict: it.verdict,
    failure: null,
    reason: it.reason,
    retries: 0,
    reworks: it.conflicts,
    startedAt: it.startedAt,
    finishedAt: world.clock(),
    exitCode: null,
    startSha: null,
    commitSha: it.commitSha,
    ...(it.onto === null ? {} : { target: it.onto[0], args: [it.onto[1]] }),
    costUsd: 0,
    tokens: null,
    toolCalls: 0,
    settingsBlob: snapshot.settingsBlob,
    pausedBoard: false,
  };
  noteInContext(world, it.taskId, describeEnd("Restack", session));
  writeSession(world, session, it.text, []);
}

/** Conflicts between tips for people and for the prompt of who mends them. */
export async function describeTipConflicts(
  world: World,
  conflicts: readonly TipConflict[],
): Promise<{ reason: string; text: string }> {
  const parts = await Promise.all(
    conflicts.map(async ({ ours, theirs, merge }) => {
      const sides = { state: "conflict", baseSha: ours.sha, branchSha: theirs.sha } as const;
      const said = await describeConflict(world, { ...merge, ...sides });
      const who = `Between \`${inert(ours.name)}\`, called the base below, and \`${inert(theirs.name)}\`, called the branch:`;
      return { reason: `${said.reason} with ${theirs.name}`, text: `${who}\n\n${said.text}` };
    }),
  );
  return { reason: parts.map((it) => it.reason).join("; "), text: parts.map((it) => it.text).join("\n\n") };
}
