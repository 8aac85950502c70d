import type { JobView } from "../decide/snapshot.ts";

/** The effects under way. They are known in memory only: after a restart the snapshot shows how far each one came. */
export type Jobs = {
  list(): readonly JobView[];
  /** Runs `work` unless a job of this kind for this task is under way; never throws, `onEnd` hears how it went. */
  start(job: JobView, work: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
};

export function createJobs(onEnd: (job: JobView, error: unknown) => void): Jobs {
  const running = new Map<string, { job: JobView; work: Promise<void> }>();
  return {
    list: () => [...running.values()].map((it) => it.job),
    start(job, work) {
      const key = `${job.kind} ${job.taskId ?? ""}`;
      if (running.has(key)) return;
      const ended = (error: unknown): void => {
        running.delete(key);
        onEnd(job, error);
      };
      const promise = Promise.resolve()
        .then(work)
        .then(() => ended(null), ended);
      running.set(key, { job, work: promise });
    },
    async drained() {
      while (running.size > 0) await Promise.all([...running.values()].map((it) => it.work));
    },
  };
}
