import { slotsOfAssigned } from "../../board/claim.ts";
import type { Session } from "../../board/session.ts";
import { countUnknownCosts, describeSpent } from "../../board/session-cost.ts";
import type { BranchView, TaskView } from "../../decide/snapshot.ts";
import { promptWords } from "../status/draw-steps.ts";

/** The facts of a task as name and value, only those that say something. */
export function factLines(
  view: TaskView,
  waiting: string | null,
  branch: ({ name: string } & BranchView) | null,
  sessions: readonly Session[] = [],
): [string, string][] {
  const { task } = view;
  const facts: [string, string | null][] = [
    ["id", view.id],
    ["lane", view.lane + (view.enteredAt === null ? "" : ` since ${instant(view.enteredAt)}`)],
    ["priority", task === null || task.priority === "normal" ? null : task.priority],
    ["persona", task?.persona ?? null],
    ["workflow", task?.workflow ?? null],
    ["review", task?.review ?? null],
    ["depends on", joined(task?.dependencies)],
    ["slot", joined(slotsOfAssigned(task?.assigned ?? null))],
    ["attempt", task?.attempt == null ? null : String(task.attempt)],
    [
      "branch",
      branch === null
        ? null
        : `${branch.name} at ${branch.sha.slice(0, 7)}${branch.isMerged === true ? ", merged" : ""}`,
    ],
    ["stands on", joined(Object.entries(branch?.stackedOn ?? {}).map(([id, sha]) => `${id} at ${sha.slice(0, 7)}`))],
    ["verify", joined(task?.verify)],
    ["spent", spentWords(task?.spentUsd ?? null, sessions)],
    ["approved", task?.approved ?? null],
    ["blocked", task?.blocked ?? null],
    ["stale", task?.stale ?? null],
    ["waits", waiting],
    ["also at", joined(view.duplicates.map(({ path }) => path))],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

function spentWords(spentUsd: number | "unknown" | null, sessions: readonly Session[]): string | null {
  const known = typeof spentUsd === "number" ? `$${spentUsd.toFixed(2)}` : null;
  return spentUsd === null ? null : (describeSpent(known, countUnknownCosts(sessions)) ?? spentUsd.toString());
}

/** One session file on one line: where, who by, how it went, what it cost. */
export function describeSession(session: Session): string {
  const { path, state, verdict, attempt, startedAt, finishedAt, agent, reason, promptBytes } = session;
  const seconds =
    startedAt === null || finishedAt === null ? null : `${((finishedAt - startedAt) / 1000).toFixed(1)} s`;
  const parts = [
    verdict === null ? state : `${state}, ${verdict}`,
    `attempt ${attempt}`,
    agent,
    seconds,
    agent === null ? null : costWords(session),
    promptBytes === undefined ? null : promptWords(promptBytes),
    reason,
  ];
  return `${path}  ${parts.filter((it) => it !== null).join(" · ")}`;
}

function costWords({ costUsd, leastUsd = 0 }: Session): string {
  if (costUsd !== null) return `$${costUsd.toFixed(2)}`;
  return leastUsd > 0 ? `cost unknown, at least $${leastUsd.toFixed(2)}` : "cost unknown";
}

function joined(items: readonly string[] | undefined): string | null {
  return items === undefined || items.length === 0 ? null : items.join(", ");
}

function instant(at: number): string {
  return new Date(at).toISOString().replace("T", " ").slice(0, 16);
}
