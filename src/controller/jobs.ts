import type { JobView } from "../decide/snapshot.ts";

/** The effects under way. They are known in memory only: after a restart the snapshot shows how far each one came. */
export type Jobs = {
  /** What is under way, and what failed and is not to be tried again yet. */
  list(): readonly JobView[];
  /** Runs `work` unless a job of this kind for this task is listed; never throws, `onEnd` hears how it went. */
  start(job: JobName, work: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
};

/** `of` tells jobs of one kind apart that belong to no task. */
export type JobName = {
  kind: string;
  taskId: string | null;
  with?: readonly string[];
  slot?: string | null;
  costCapUsd?: number | null;
  of?: string;
};

export type JobsOptions = {
  /** Ms since the epoch. */
  clock: () => number;
  onEnd: (job: JobView, error: unknown) => void;
};

/** A job that failed for a reason nobody foresaw (a full disk, say) is tried again after 0.5 s, 1 s, 2 s … 60 s. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

type Failure = { job: JobView; count: number; retryAt: number };

export function createJobs({ clock, onEnd }: JobsOptions): Jobs {
  const running = new Map<string, { job: JobView; work: Promise<void> }>();
  const failures = new Map<string, Failure>();

  function ended(key: string, job: JobView, error: unknown): void {
    running.delete(key);
    if (error === null) failures.delete(key);
    else failures.set(key, failureOf(job, error, failures.get(key)?.count ?? 0, clock()));
    onEnd(job, error);
  }

  return {
    list() {
      const now = clock();
      const resting = [...failures].filter(([key, { retryAt }]) => retryAt > now && !running.has(key));
      return [...[...running.values()].map((it) => it.job), ...resting.map(([, { job }]) => job)];
    },
    start({ kind, taskId, with: others = [], slot = null, costCapUsd = null, of = "" }, work) {
      const key = `${kind} ${taskId ?? ""} ${of}`;
      if (running.has(key) || (failures.get(key)?.retryAt ?? 0) > clock()) return;
      const job: JobView = {
        kind,
        taskId,
        ...(others.length === 0 ? {} : { with: others }),
        slot,
        ...(of === "" ? {} : { of }),
        problem: null,
        retryAt: null,
        costCapUsd,
      };
      const promise = Promise.resolve()
        .then(work)
        .then(
          () => ended(key, job, null),
          (error: unknown) => ended(key, job, error ?? new Error("unknown")),
        );
      running.set(key, { job, work: promise });
    },
    async drained() {
      while (running.size > 0) await Promise.all([...running.values()].map((it) => it.work));
    },
  };
}

function failureOf({ kind, taskId, slot, of }: JobView, error: unknown, before: number, now: number): Failure {
  const retryAt = now + Math.min(FIRST_PAUSE_MS * 2 ** before, LONGEST_PAUSE_MS);
  const problem = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  return {
    job: { kind, taskId, slot, ...(of === undefined ? {} : { of }), problem, retryAt },
    count: before + 1,
    retryAt,
  };
}
