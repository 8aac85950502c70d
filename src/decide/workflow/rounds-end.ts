import { MOST_CYCLES } from "../../board/workflow.ts";
import { oneLine } from "../one-line.ts";
import { cycleOfStep, hasChanges } from "./cycle-facts.ts";
import type { Rounds } from "./rounds-situation.ts";
import type { StepStates } from "./situation.ts";

/** Why no further cycle begins. `isForced`: nor is one that failed tried again. */
export type Ending = { line: string; isForced: boolean };

type Turns = Rounds & { size: number; startSha: string | null };

/**
 * Why a round-robin is at its end, or will be once what runs is over; null while more is to come. The budget ends it like
 * any other end: what was bought with it is there to be looked at.
 */
export function endingOf(states: StepStates, turns: Turns): Ending | null {
  const { budget, size, since, workflow } = turns;
  if (budget !== null) return { line: oneLine(budget), isForced: true };
  if (since === null) return null;
  if (quietAtEnd(states, turns) >= size) {
    return { line: `a whole round of ${String(size)} changed nothing`, isForced: false };
  }
  const most = workflow.roundRobin?.maxCycles ?? MOST_CYCLES;
  const count = [...states.keys()].filter((it) => isOfStay(it, turns)).length;
  return count < most
    ? null
    : { line: `it had ${String(count)} cycles, and ${String(most)} is the most`, isForced: false };
}

/** How many cycles, counted from the newest, brought nothing new. Those that still run are passed over: they may yet. */
function quietAtEnd(states: StepStates, turns: Turns): number {
  let count = 0;
  for (const [step, { kind }] of [...states].toReversed()) {
    if (!isOfStay(step, turns)) break;
    if (kind !== "done") continue;
    if (!isQuiet(step, turns)) break;
    count += 1;
  }
  return count;
}

// One that began before the newest work was there has not seen it, so its silence says nothing of that.
function isQuiet(step: string, { records, startSha }: Turns): boolean {
  const record = records.get(step);
  if (record === undefined || hasChanges(record) || record.verdict === "must-fix") return false;
  return startSha === null || record.startSha === startSha;
}

function isOfStay(step: string, { records, since }: Turns): boolean {
  if (cycleOfStep(step) === null) return false;
  return (records.get(step)?.startedAt ?? Number.POSITIVE_INFINITY) >= (since ?? 0);
}
