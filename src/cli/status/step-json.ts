import type { StepView } from "./step-views.ts";

/** One step of a task: instants are ISO 8601 in UTC, absent values are null. */
export type StepJson = Omit<StepView, "needs" | "startedAt" | "finishedAt"> & {
  needs: string[];
  startedAt: string | null;
  finishedAt: string | null;
};

/** Steps as values for scripts. */
export function stepsJson(steps: readonly StepView[]): StepJson[] {
  return steps.map(({ needs, startedAt, finishedAt, ...step }) => {
    return { ...step, needs: [...needs], startedAt: instantOrNull(startedAt), finishedAt: instantOrNull(finishedAt) };
  });
}

/** An instant in ms as JSON has it. */
export function instantOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
