import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf, HOUR, NOW, runOf, SECOND, sessionOf, type TaskWords } from "../../helpers/board-builder.ts";
import { briefWork, whyOf } from "./brief.ts";

const unmerged = { a: { isMerged: false }, b: { isMerged: false }, c: { isMerged: false } };

describe("a batch", () => {
  it("tells what each of a batch comes after, and how often it was in conflict", () => {
    const conflict = { step: "merge", attempt: 1, verdict: "conflict", finishedAt: NOW - 3 * HOUR } as const;
    const sessions = [sessionOf("c", conflict), sessionOf("c", { attempt: 2, finishedAt: NOW - 2 * HOUR })];
    const done = [{ ...accepted("a", 1), dependencies: ["b"] }, accepted("b", 2), accepted("c", 3)];
    const { actions } = decide(boardOf({ done }, { branches: unmerged, sessions }));
    expect(actions.find(({ kind }) => kind === "merge")).toEqual({
      kind: "merge",
      taskId: "b",
      conflicts: 0,
      batch: [
        { taskId: "a", conflicts: 0, after: ["b"] },
        { taskId: "c", conflicts: 1, after: [] },
      ],
    });
  });

  it("starts nothing for what somebody is at: a job of the batch, or whoever ends the last run of it", () => {
    const done = [accepted("a"), accepted("b"), accepted("c")];
    const job = boardOf({ done }, { branches: unmerged, jobs: [{ kind: "merge", taskId: "a", with: ["b"] }] });
    const end = boardOf({ done }, { branches: unmerged, jobs: [{ kind: "collect", taskId: "a", with: ["b"] }] });
    for (const snapshot of [job, end]) {
      expect(briefWork(snapshot)).toEqual([]);
      expect(whyOf(snapshot, "c")).toBe("its merge waits for that of a");
    }
  });

  it("stops the merge of a batch when one of it is taken out of done/, and takes its time from no single task", () => {
    const runs = [runOf("a", { kind: "merge", with: ["b"], startedAt: NOW - HOUR })];
    const branches = { a: { isMerged: false }, b: { isMerged: false } };
    const hasty = { id: "a", timeoutMs: SECOND };
    expect(briefWork(boardOf({ done: [hasty, "b"] }, { runs, branches }))).toEqual([]);
    expect(briefWork(boardOf({ done: ["a"], backlog: ["b"] }, { runs, branches }))).toEqual(["stop a-1: person"]);
    expect(briefWork(boardOf({ done: ["a"] }, { runs, branches }))).toEqual(["stop a-1: person"]);
  });
});

function accepted(id: string, enteredAt: number = 0): Exclude<TaskWords, string> {
  return { id, branch: `kanband/${id}`, attempt: 2, view: { enteredAt: NOW - HOUR + enteredAt } };
}
