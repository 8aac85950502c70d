import { formatCommit } from "../board/commit-message.ts";
import { landingTrailers } from "../board/landing.ts";
import type { Session } from "../board/session.ts";
import { oneLine } from "../board/text.ts";

const DESPITE_CHARACTERS = 200;

/** The message of the commit that brings a task into the base: its title, its sessions, and trailers to find it by. */
export function formatMergeMessage({
  taskId,
  branchSha,
  title,
  sessions,
  despite = null,
}: {
  taskId: string;
  /** Tip of the task's branch. */
  branchSha: string;
  title: string;
  sessions: readonly Session[];
  /** What its checks had refuted when a person accepted it all the same. */
  despite?: string | null;
}): string {
  const personas = [...new Set(sessions.flatMap(({ persona }) => persona ?? []))];
  const costs = sessions.flatMap(({ costUsd, persona }) => (persona === null ? [] : [costUsd]));
  const known = costs.flatMap((it) => it ?? []);
  const cost = known.length === 0 ? [] : [["Cost-USD", known.reduce((sum, it) => sum + it, 0).toFixed(2)] as const];
  const overruled = despite === null ? [] : [["Accepted-Despite", oneLine(despite, DESPITE_CHARACTERS)] as const];
  const message = formatCommit([
    {
      subject: `Merge ${taskId}: ${title}`,
      trailers: [
        ...landingTrailers({ taskId, tip: branchSha }),
        ...personas.map((it) => ["Persona", it] as const),
        ...cost,
        ...overruled,
      ],
    },
  ]);
  const paths = sessions.map(({ path }) => `- ${path}\n`).toSorted();
  if (paths.length === 0) return message;
  const end = message.indexOf("\n") + 1;
  return `${message.slice(0, end)}\nSessions:\n${paths.join("")}${message.slice(end)}`;
}
