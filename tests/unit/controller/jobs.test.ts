import { describe, expect, it } from "vitest";
import { createJobs } from "../../../src/controller/jobs.ts";

describe("createJobs", () => {
  it("lists what is under way and says how it went", async () => {
    const ended: unknown[] = [];
    const jobs = createJobs((job, error) => ended.push([job.kind, job.taskId, error]));
    const broken = new Error("broken");

    jobs.start({ kind: "launch", taskId: "a" }, () => Promise.resolve());
    jobs.start({ kind: "collect", taskId: "b" }, () => Promise.reject(broken));
    expect(jobs.list()).toHaveLength(2);
    await jobs.drained();

    expect(jobs.list()).toEqual([]);
    expect(ended).toEqual([
      ["launch", "a", null],
      ["collect", "b", broken],
    ]);
  });

  it("does not start the same work twice at once", async () => {
    let count = 0;
    const jobs = createJobs(() => {});
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
    const jobs = createJobs((_job, error) => ended.push(error));
    jobs.start({ kind: "warm", taskId: null }, () => {
      throw new Error("at once");
    });
    await jobs.drained();

    expect(ended).toEqual([new Error("at once")]);
  });
});
