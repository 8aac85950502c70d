import { type Line, pad, type Span, widthOf } from "./line.ts";
import type { StepView } from "./step-views.ts";
import { formatBytes, formatCost, formatElapsed, safe } from "./words.ts";

const MARKS: Readonly<Record<StepView["state"], Span>> = {
  done: ["✓", "green"],
  claimed: ["●", "dim"],
  running: ["●", "green"],
  checks: ["●", "cyan"],
  ready: ["○"],
  later: ["○", "yellow"],
  gate: ["◆", "yellow"],
  waiting: ["·", "dim"],
  skipped: ["-", "dim"],
  blocked: ["■", "red"],
};

/** One line a step: where it stands, who does it, what it came to, cost, time, and the size of its prompt. */
export function drawSteps(steps: readonly StepView[], now: number): Line[] {
  const rows = steps.map((step) => rowOf(step, now));
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map((row) => widthOf([row[at] ?? [""]]))));
  return rows.map((row) => [
    ...row.slice(0, 4).flatMap((span, at) => [...pad([span], widths[at] ?? 0), ["  "] as Span]),
    [
      row
        .slice(4)
        .flatMap(([text]) => (text === "" ? [] : [text]))
        .join(" · "),
      "dim",
    ],
  ]);
}

/** Mark, id, persona, state with verdict, and whatever else there is to say. */
function rowOf(step: StepView, now: number): Span[] {
  const { id, persona, state, attempt, verdict, costUsd, reason, slot, session } = step;
  const word = wordOf(step);
  const hasRun = session !== null || state === "running";
  return [
    MARKS[state],
    [safe(id), state === "skipped" ? "dim" : undefined],
    [persona === null || persona === id ? "" : safe(persona), "dim"],
    [verdict === null || verdict === state ? word : `${word}, ${safe(verdict)}`],
    [attempt === null || attempt < 2 ? "" : `attempt ${attempt}`],
    [slot === null ? "" : `slot ${safe(slot)}`],
    [timeOf(step, now)],
    [hasRun && state !== "skipped" ? (costUsd === null ? "cost unknown" : formatCost(costUsd)) : ""],
    [promptOf(step)],
    // What the person is to do is the reason of the task itself.
    [reason === null || word === WAITS ? "" : safe(reason)],
  ];
}

const WAITS = "waits for you";

function wordOf({ state, reason }: StepView): string {
  if (state === "checks") return "is checked";
  return state === "gate" && reason?.startsWith("trust is shadow") !== true ? WAITS : state;
}

function timeOf({ startedAt, finishedAt, state }: StepView, now: number): string {
  if (startedAt === null) return "";
  if (finishedAt !== null) return formatElapsed(finishedAt - startedAt);
  return state === "running" ? formatElapsed(now - startedAt) : "";
}

function promptOf({ promptBytes }: StepView): string {
  return promptBytes === null ? "" : promptWords(promptBytes);
}

/** How big a prompt was, and how much of it was the persona: `prompt 3.1 kB, persona 1.9 kB`. */
export function promptWords(bytes: Readonly<Record<string, number>>): string {
  const whole = `prompt ${formatBytes(Object.values(bytes).reduce((sum, it) => sum + it, 0))}`;
  const persona = Object.hasOwn(bytes, "persona") ? bytes["persona"] : undefined;
  return persona === undefined ? whole : `${whole}, persona ${formatBytes(persona)}`;
}
