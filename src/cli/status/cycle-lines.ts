import { cycleBranchOf } from "../../board/branch.ts";
import type { Session } from "../../board/session.ts";
import { formatUsd } from "../../decide/one-line.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { cycleOfStep, newestWork } from "../../decide/workflow/cycle-facts.ts";
import { recordsOf } from "../../decide/workflow/node.ts";
import type { PlaceOf } from "../place-of.ts";
import { safe } from "./words.ts";

/** How many commits each cycle made, by its number; of those that are not in it nobody counted. */
export type CommitCounts = ReadonlyMap<number, number>;

/** The branches of a round-robin, one line a cycle, for the person who picks one; none for any other task. */
export function cycleLines({ id }: TaskView, { sessions, cycles }: Snapshot, commits: CommitCounts): string[] {
  const found = (sessions.get(id) ?? []).flatMap((it) => {
    const index = cycleOfStep(it.step);
    return index === null ? [] : [{ index, record: it }];
  });
  return found
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, record }) => {
      const branch = cycles.get(id)?.has(index) === true ? `: ${cycleBranchOf(id, index)}` : "";
      const count = commits.get(index);
      const facts = [
        record.persona ?? record.step,
        wordOf(record),
        ...(count === undefined ? [] : [`${String(count)} ${count === 1 ? "commit" : "commits"}`]),
        record.costUsd === null ? "cost unknown" : formatUsd(record.costUsd),
      ];
      return safe(`cycle ${String(index)}, ${facts.join(", ")}${branch}`);
    });
}

/** How to accept one of them; null for a task that has none. */
export function pickHint(view: TaskView, { sessions, cycles }: Snapshot, place: PlaceOf): string | null {
  const branches = cycles.get(view.id);
  if (branches === undefined || view.lane === "done") return null;
  const newest = newestWork(recordsOf(sessions.get(view.id) ?? []), branches)?.index ?? null;
  const otherwise = newest === null ? "without it nothing is merged" : `without it cycle ${String(newest)} is taken`;
  return `choose: write \`pick: <cycle>\` into ${place(view.path)}; ${otherwise}`;
}

function wordOf({ state, verdict }: Session): string {
  return state === "done" ? (verdict ?? state) : state;
}
