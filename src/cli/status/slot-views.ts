import { parseClaims, slotsOfAssigned } from "../../board/claim.ts";
import type { Lane } from "../../board/lane.ts";
import type { RunView, Snapshot, TaskView } from "../../decide/snapshot.ts";

/** What goes on in a slot, for whoever looks at the board. */
export type SlotView = {
  name: string;
  /**
   * idle; claimed: a task is assigned and its run is about to start, or was just collected; starting, running;
   * ending: it was told to stop; ended: it is over and not collected yet.
   */
  state: "idle" | "claimed" | "starting" | "running" | "ending" | "ended";
  taskId: string | null;
  /** The step it is given to, of a task with several; else null. */
  step: string | null;
  run: RunView | null;
  task: TaskView | null;
  /** What the daemon is doing for the task, such as `check`; empty when only an agent is at work. */
  jobs: readonly string[];
};

/** Every slot of the settings, and those that are in use although the settings no longer have them. */
export function slotViews(snapshot: Snapshot): SlotView[] {
  const names = new Set(snapshot.settings?.slots.map((it) => it.name) ?? []);
  for (const { slot } of snapshot.runs) if (slot !== null) names.add(slot);
  for (const { task } of snapshot.tasks) for (const slot of slotsOfAssigned(task?.assigned ?? null)) names.add(slot);
  return [...names].map((name) => slotView(snapshot, name));
}

// Work is claimed in the one, reviews in the other.
const CLAIMING: ReadonlySet<Lane> = new Set(["doing", "for_review"]);

function slotView(snapshot: Snapshot, name: string): SlotView {
  const run = snapshot.runs.find((it) => it.slot === name) ?? null;
  const task = snapshot.tasks.find((it) =>
    run === null ? CLAIMING.has(it.lane) && slotsOf(it).includes(name) : it.id === run.taskId,
  );
  const taskId = run?.taskId ?? task?.id ?? null;
  const underWay = snapshot.jobs.filter((it) => it.problem === null && it.taskId !== null && it.taskId === taskId);
  const jobs = underWay.map((it) => it.kind);
  const claim = parseClaims(task?.task?.assigned ?? null).find(({ slot }) => slot === name);
  const step = run === null ? (claim?.step ?? null) : (run.unit ?? null);
  return { name, state: stateOf(run, taskId), taskId, step, run, task: task ?? null, jobs };
}

function slotsOf({ task }: TaskView): readonly string[] {
  return slotsOfAssigned(task?.assigned ?? null);
}

function stateOf(run: RunView | null, taskId: string | null): SlotView["state"] {
  if (run === null) return taskId === null ? "idle" : "claimed";
  if (run.state === "exited" || run.state === "lost") return "ended";
  return run.stop === null ? run.state : "ending";
}
