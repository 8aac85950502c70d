import { isRecordStep } from "../../board/record-steps.ts";
import type { Session } from "../../board/session.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { whoDoes } from "../status/words.ts";

export type TransitionEvent = "lane" | "run" | "session" | "stale" | "finding" | "board";

/** One thing that happened between two looks at the board, in words. */
export type Transition = { event: TransitionEvent; taskId: string | null; text: string };

/** What changed from one snapshot to the next, in the order in which a person would tell it. Null: the first look. */
export function describeTransitions(before: Snapshot | null, after: Snapshot): Transition[] {
  return [
    ...boardChanges(before, after),
    ...findingChanges(before, after),
    ...sessionChanges(before, after),
    ...taskChanges(before, after),
    ...runChanges(before, after),
  ];
}

function boardChanges(before: Snapshot | null, { repo, settings }: Snapshot): Transition[] {
  const changes: Transition[] = [];
  // Somebody's git holds the index for a moment now and then: that is no news.
  if (repo.state !== "busy" && repo.detail !== detailOf(before)) {
    changes.push(ofBoard(repo.state === "ready" ? "the repository is ready again" : repo.detail));
  }
  const paused = settings?.paused ?? false;
  if (paused !== (before?.settings?.paused ?? false)) {
    changes.push(ofBoard(paused === false ? "resumed" : `paused${typeof paused === "string" ? `: ${paused}` : ""}`));
  }
  return changes;
}

function detailOf(before: Snapshot | null): string {
  return before === null || before.repo.state === "busy" ? "" : before.repo.detail;
}

function findingChanges(before: Snapshot | null, after: Snapshot): Transition[] {
  const known = new Set((before?.findings ?? []).map(({ path, message }) => `${path} ${message}`));
  return after.findings
    .filter(({ path, message }) => !known.has(`${path} ${message}`))
    .map(({ path, line, message }) => ({ event: "finding", taskId: null, text: `${path}:${line ?? 1}: ${message}` }));
}

function taskChanges(before: Snapshot | null, after: Snapshot): Transition[] {
  // The first look tells nothing: everything would be new.
  if (before === null || before.tasks === after.tasks) return [];
  const old = new Map(notIn(after.tasks, before.tasks).map((view) => [view.id, view]));
  const fresh = notIn(before.tasks, after.tasks);
  const ids = new Set(fresh.map(({ id }) => id));
  const gone = [...old.values()].filter(({ id }) => !ids.has(id));
  return [
    ...fresh.flatMap((view) => changesOf(old.get(view.id), view)),
    ...gone.map(({ id, lane }) => ofTask("lane", id, `is gone from ${lane}`)),
  ];
}

// A task to which nothing happened is the same object in both: of thousands, few are looked at.
function notIn(known: readonly TaskView[], views: readonly TaskView[]): TaskView[] {
  const same = new Set(known);
  return views.filter((view) => !same.has(view));
}

function changesOf(old: TaskView | undefined, { id, lane, task }: TaskView): Transition[] {
  const changes: Transition[] = [];
  const reason = task?.blocked ?? null;
  if (old === undefined) changes.push(ofTask("lane", id, `is new in ${lane}`));
  else if (old.lane !== lane) {
    const why = lane === "blocked" && reason !== null ? `: ${reason}` : "";
    changes.push(ofTask("lane", id, `${old.lane} -> ${lane}${why}`));
  }
  const stale = task?.stale ?? null;
  if (stale !== null && old?.task?.stale == null) changes.push(ofTask("stale", id, `stale: ${stale}`));
  if (stale === null && old?.task?.stale != null && old.lane === lane) changes.push(ofTask("stale", id, "moves again"));
  return changes;
}

function runChanges(before: Snapshot | null, after: Snapshot): Transition[] {
  const known = new Set((before?.runs ?? []).map(({ runId }) => runId));
  return after.runs
    .filter(({ runId, state }) => !known.has(runId) && (state === "running" || state === "starting"))
    .map(({ taskId, kind, slot, persona, step, attempt, unit }) => {
      const what = kind === "step" ? whoDoes(unit == null && persona !== null ? null : step, persona) : kind;
      const where = slot === null ? "" : ` in slot ${slot}`;
      return ofTask(
        "run",
        taskId,
        `${what} runs${where}${kind === "step" && attempt > 1 ? `, attempt ${attempt}` : ""}`,
      );
    });
}

function sessionChanges(before: Snapshot | null, after: Snapshot): Transition[] {
  if (before === null) return [];
  return [...after.sessions].flatMap(([taskId, sessions]) => {
    const old = new Map((before.sessions.get(taskId) ?? []).map((it) => [it.path, keyOf(it)]));
    return sessions
      .filter((it) => it.state !== "running" && old.get(it.path) !== keyOf(it))
      .map((it) => ofTask("session", taskId, describeEnd(it)));
  });
}

function keyOf({ attempt, runId, state, verdict, finishedAt }: Session): string {
  return [attempt, runId, state, verdict, finishedAt].join(" ");
}

function describeEnd({ step, persona, state, verdict, reason }: Session): string {
  const who = isRecordStep(step) ? step : whoDoes(step === "work" && persona !== null ? null : step, persona);
  const outcome = verdict ?? state;
  return `${who}: ${outcome}${reason === null || outcome === reason ? "" : `, ${reason}`}`;
}

function ofTask(event: TransitionEvent, taskId: string, text: string): Transition {
  return { event, taskId, text };
}

function ofBoard(text: string): Transition {
  return { event: "board", taskId: null, text };
}
