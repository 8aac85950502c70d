import type { RunView, Snapshot } from "../../decide/snapshot.ts";
import { promptWords } from "./draw-steps.ts";
import { type Line, pad, type Span, widthOf } from "./line.ts";
import { type SlotView, slotViews } from "./slot-views.ts";
import { stepViews } from "./step-views.ts";
import { formatCost, formatElapsed, safe, whoDoes } from "./words.ts";

/** One line a slot: task, persona, how long, what it said last. */
export function drawSlots(snapshot: Snapshot, now: number, width: number): Line[] {
  const rows = slotViews(snapshot).map((slot) => rowOf(slot, now, snapshot));
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map((row) => widthOf([row[at] ?? [""]]))));
  // What a task is called must not push out what it is doing.
  widths[1] = Math.min(widths[1] ?? 0, Math.max(16, Math.floor(width / 3)));
  return rows.map((row) => {
    const last = row.slice(4);
    return [
      [" "],
      ...row.slice(0, 4).flatMap((span, at) => [...pad([span], widths[at] ?? 0), ["  "] as Span]),
      ...last,
    ];
  });
}

/** Slot, task, persona, time, and whatever else there is to say. */
function rowOf({ name, state, taskId, step, run, task, jobs }: SlotView, now: number, snapshot: Snapshot): Span[] {
  const slot: Span = [safe(name), "bold"];
  if (taskId === null) return [slot, ["idle", "dim"]];
  const steps = step === null || task === null ? [] : stepViews(task, snapshot);
  const own = steps.find(({ id }) => id === step) ?? null;
  const persona: Span = [safe(whoDoes(step, run?.persona ?? own?.persona ?? task?.task?.persona ?? null)), "dim"];
  const isAtWork = state === "running" || state === "starting";
  const since: Span = [run === null ? "" : formatElapsed(now - run.startedAt)];
  const notes: Span[] = [];
  if (run !== null && run.kind !== "step") notes.push([`${run.kind}  `, "cyan"]);
  if (!isAtWork) notes.push([`${stateWords(state, run?.stop?.reason ?? null, jobs)}  `, "yellow"]);
  if (run !== null && run.attempt > 1) notes.push([`attempt ${run.attempt}  `, "dim"]);
  if (run !== null) notes.push(...costNotes(run));
  const session = snapshot.sessions.get(taskId)?.find(({ runId }) => run !== null && runId === run.runId);
  if (session?.promptBytes !== undefined) notes.push([`${promptWords(session.promptBytes)}  `, "dim"]);
  if (run?.lastLine != null) notes.push([safe(run.lastLine), "dim"]);
  return [slot, [safe(taskId), "cyan"], persona, since, ...notes];
}

// Unknown is no 0: where a part is known, it is said to be a part.
function costNotes({ costUsd, leastUsd = 0 }: RunView): Span[] {
  if (costUsd !== null) return [[`${formatCost(costUsd)}  `, "dim"]];
  return leastUsd > 0 ? [[`at least ${formatCost(leastUsd)}  `, "dim"]] : [];
}

function stateWords(state: SlotView["state"], reason: string | null, jobs: readonly string[]): string {
  if (jobs.length > 0) return jobs.join(", ");
  if (state === "ending") return `stopping (${reason ?? "asked to"})`;
  return state === "ended" ? "ended" : "assigned";
}
