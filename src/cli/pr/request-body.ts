import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fenced, shorten } from "../../apply/quote.ts";
import type { Session } from "../../board/session.ts";
import { sessionMessage } from "../../board/session-file.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";

const SUMMARY_CHARACTERS = 6_000;
const SUMMARIES = 5;

/**
 * What a pull request says of a task: what its sessions came to, the verdict of the checks, and all its sessions. The words of
 * agents stand in fences, so that they call nobody by name and close no issue.
 */
export function requestBody(boardRoot: string, { sessions: all }: Pick<Snapshot, "sessions">, view: TaskView): string {
  const sessions = (all.get(view.id) ?? []).filter(({ step }) => step !== "merge");
  const work = sessions.filter(({ step, state }) => step !== "checks" && state === "done");
  const parts = work.slice(-SUMMARIES).map((it) => {
    const said = shorten(messageOf(boardRoot, it).trim(), SUMMARY_CHARACTERS);
    return `## ${it.persona ?? it.step}\n\n${said === "" ? "(no message)" : fenced(said)}`;
  });
  const checks = sessions.find(({ step }) => step === "checks");
  const lines = sessions.map((it) => `- \`${it.path}\`: ${factsOf(it)}`).toSorted();
  return [
    `Task \`${view.id}\`.`,
    ...parts,
    `## Checks\n\n${checks === undefined ? "Nobody has checked it." : verdictOf(checks)}`,
    `## Sessions\n\n${lines.length === 0 ? "None." : lines.join("\n")}`,
  ].join("\n\n");
}

function messageOf(boardRoot: string, { path }: Session): string {
  try {
    return sessionMessage(readFileSync(join(boardRoot, path), "utf8"));
  } catch {
    return "";
  }
}

function verdictOf({ verdict, state, commitSha, reason }: Session): string {
  const at = commitSha === null ? "" : ` at ${commitSha.slice(0, 12)}`;
  return `\`${verdict ?? state}\`${at}${reason === null ? "" : `\n\n${fenced(reason)}`}`;
}

function factsOf({ state, verdict, agent, attempt, costUsd }: Session): string {
  const cost = costUsd === null ? "cost unknown" : `${costUsd.toFixed(2)} USD`;
  return [verdict ?? state, `attempt ${attempt}`, ...(agent === null ? [] : [agent]), cost].join(", ");
}
