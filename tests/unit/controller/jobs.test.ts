import { describe, expect, it } from "vitest";
import { createJobs, type Jobs } from "../../../src/controller/jobs.ts";
import type { JobView } from "../../../src/decide/snapshot.ts";

describe("createJobs", () => {
  it("lists what is under way and says how it went", async () => {
    const ended: unknown[] = [];
    const jobs = jobsOf((job, error) => ended.push([job.kind, job.taskId, error]));
    const broken = new Error("broken");

    jobs.start({ kind: "launch", taskId: "a" }, () => Promise.resolve());
    jobs.start({ kind: "collect", taskId: "b" }, () => Promise.reject(broken));
    expect(jobs.list()).toHaveLength(2);
    await jobs.drained();

    expect(jobs.list()).toEqual([{ kind: "collect", taskId: "b", slot: null, problem: "broken", retryAt: 1_500 }]);
    expect(ended).toEqual([
      ["launch", "a", null],
      ["collect", "b", broken],
    ]);
  });

  it("rests after a failure, longer each time, and starts afresh after a success", async () => {
    const now = { ms: 0 };
    const outcomes = [true, true, false, true];
    const starts: number[] = [];
    const jobs = createJobs({ clock: () => now.ms, onEnd: () => {} });

    for (; outcomes.length > 0; now.ms += 100) {
      jobs.start({ kind: "merge", taskId: "a" }, async () => {
        starts.push(now.ms);
        if (outcomes.shift() === true) throw new Error("disk full");
      });
      await jobs.drained();
    }

    expect(starts).toEqual([0, 500, 1_500, 1_600]);
    expect(jobs.list()[0]).toMatchObject({ problem: "disk full", retryAt: 2_100 });
  });

  it("does not start the same work twice at once", async () => {
    let count = 0;
    const jobs = jobsOf(() => {});
    for (let time = 0; time < 3; time++) {
      jobs.start({ kind: "merge", taskId: "a" }, async () => {
        count += 1;
      });
    }
    await jobs.drained();

    expect(count).toBe(1);
  });

  it("turns a throw before the first await into an ending too", async () => {
    const ended: unknown[] = [];
    const jobs = jobsOf((_job, error) => ended.push(error));
    jobs.start({ kind: "warm", taskId: null }, () => {
      throw new Error("at once");
    });
    await jobs.drained();

    expect(ended).toEqual([new Error("at once")]);
  });
});

function jobsOf(onEnd: (job: JobView, error: unknown) => void): Jobs {
  return createJobs({ clock: () => 1_000, onEnd });
}
