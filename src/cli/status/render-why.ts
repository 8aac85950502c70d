import type { Decision } from "../../decide/action.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { type Line, print } from "./line.ts";
import { slotViews } from "./slot-views.ts";
import { formatElapsed, safe } from "./words.ts";

/**
 * Why a task is not running: first one line that can be grepped, `<id>: <reason>`, then what to do about it.
 * Throws TASK_UNKNOWN.
 */
export function renderWhy(
  snapshot: Snapshot,
  decision: Decision,
  taskId: string,
  { now, hasColor }: { now: number; hasColor: boolean },
): string {
  const view = snapshot.tasks.find(({ id }) => id === taskId);
  if (view === undefined) throw new KanbandError("TASK_UNKNOWN", `no task '${taskId}'`);
  const reason = explainTask(snapshot, decision, view, now);
  const lines: Line[] = [
    [[safe(view.id), "bold"], [": "], [safe(reason)]],
    [["  file  ", "dim"], [safe(view.path)]],
    ...view.findings.map(
      (it): Line => [
        ["  line  ", "dim"],
        [`${it.line ?? 1}: ${safe(it.message)}`, "red"],
      ],
    ),
    ...view.duplicates.map(
      (it): Line => [
        ["  also  ", "dim"],
        [safe(it.path), "red"],
      ],
    ),
    ...adviceFor(view, snapshot).map((it): Line => [["  next  ", "dim"], [it]]),
  ];
  return lines.map((line) => `${print(line, hasColor)}\n`).join("");
}

/** The one line: what the task waits for, or what it is doing. */
export function explainTask(snapshot: Snapshot, decision: Decision, view: TaskView, now: number): string {
  const waiting = decision.waiting.get(view.id);
  if (waiting !== undefined) return waiting;
  const slot = slotViews(snapshot).find((it) => it.taskId === view.id && it.run !== null);
  if (slot?.run != null) {
    const { persona, startedAt, lastLine } = slot.run;
    const who = persona === null ? "" : ` as ${persona}`;
    return `runs in slot ${slot.name}${who} for ${formatElapsed(now - startedAt)}${lastLine === null ? "" : `: ${lastLine}`}`;
  }
  if (decision.actions.some((it) => "taskId" in it && it.taskId === view.id))
    return "its turn has come: it goes on at once";
  return restingWords(view);
}

function restingWords({ lane, task }: TaskView): string {
  switch (lane) {
    case "backlog":
      return "is parked in backlog/: nothing there is ever started";
    case "planned":
    case "doing":
      return "nothing keeps it from running: it is next";
    case "for_review":
      return "is finished and checked, and waits for a person";
    case "done":
      return "is done";
    case "blocked":
      return task?.blocked == null ? "waits for a person" : `is blocked: ${task.blocked}`;
  }
}

function adviceFor(view: TaskView, { sessions }: Snapshot): string[] {
  const id = safe(view.id);
  const hints = view.findings.flatMap((it) => it.hint ?? []);
  if (hints.length > 0) return [...new Set(hints)].map(safe);
  if (view.duplicates.length > 0) return ["remove or rename one of the files"];
  switch (view.lane) {
    case "backlog":
      return [`kanband move ${id} planned`];
    case "blocked":
      return [`mend the cause, then: kanband move ${id} planned`];
    case "for_review":
      return [`kanband accept ${id}`, `kanband rework ${id} -m "what is to be better"`];
    case "doing":
      return (sessions.get(view.id) ?? [])
        .filter((it) => it.state === "running")
        .map((it) => `tail -f ${safe(it.path)}`);
    case "planned":
    case "done":
      return [];
  }
}
