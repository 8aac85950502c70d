import type { Lane } from "../board/lane.ts";
import type { DaemonKey, Task } from "../board/task.ts";
import type { Edit, EditIntent, Notice } from "./action.ts";
import type { EditableView } from "./board-index.ts";

/** A key of the daemon's; or a person's answer, which goes once it is used. */
export type KeyChange = readonly [DaemonKey | "answer", string | number | null];

export type EditWords = {
  intent: EditIntent;
  toLane?: Lane | null;
  set: readonly KeyChange[];
  subject: string;
  trailers?: Edit["trailers"];
  notice?: Notice | null;
};

/** The edit of a task's file, with only those keys that really change; null when nothing does. A claim is always whole. */
export function editOf(view: EditableView, words: EditWords): Edit | null {
  const toLane = words.toLane === undefined || words.toLane === view.lane ? null : words.toLane;
  const isWhole = words.intent === "assign";
  const set = words.set.filter(([key, value]) => keyOf(view.task, key) !== value || (isWhole && value !== null));
  if (toLane === null && set.length === 0) return null;
  const lane: Edit["trailers"] = toLane === null ? [] : [["Lane", `${view.lane}..${toLane}`]];
  return {
    kind: "edit",
    intent: words.intent,
    taskId: view.id,
    path: view.path,
    expectBlob: view.blobSha,
    toLane,
    set,
    subject: words.subject,
    trailers: [["Task", view.id], ...lane, ...(words.trailers ?? [])],
    notice: words.notice ?? null,
  };
}

function keyOf(task: Task, key: KeyChange[0]): string | number | null {
  switch (key) {
    case "answer":
      return typeof task.answer === "object" && task.answer !== null ? Object.values(task.answer).join() : task.answer;
    case "assigned":
      return task.assigned;
    case "branch":
      return task.branch;
    case "goal_tasks":
      return task.goalTasks;
    case "cycle":
      return task.cycle;
    case "attempt":
      return task.attempt;
    case "spent_usd":
      return task.spentUsd;
    case "blocked":
      return task.blocked;
    case "stale":
      return task.stale;
    case "lane":
      return task.laneRequest;
  }
}
