import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf, HOUR, NOW, SECOND, sessionOf, type TaskWords } from "../../helpers/board-builder.ts";
import { briefWork, whyOf } from "./brief.ts";

const unmerged = { a: { isMerged: false }, b: { isMerged: false }, c: { isMerged: false } };

describe("a merge that could not be tried", () => {
  it.each<[string, Partial<Session>, string[], string]>([
    ["rests", { finishedAt: NOW - SECOND }, [], "its merge waits for that of a: the setup of the worktree failed"],
    ["is tried by itself after that", { finishedAt: NOW - HOUR }, ["merge a"], "its merge waits for that of a"],
    [
      "is tried by itself when the settings changed",
      { finishedAt: NOW - SECOND, settingsBlob: "older" },
      ["merge a"],
      "its merge waits for that of a",
    ],
  ])("without a worktree that could be set up %s, and so do those behind it", (_, facts, work, why) => {
    const reason = "the setup of the worktree failed: `false` exited with 1";
    const sessions = [
      sessionOf("a", { step: "merge", attempt: 2, verdict: "waiting", failure: "setup", reason, ...facts }),
    ];
    const done = [{ ...accepted("a"), blocked: `the merge waits: ${reason}` }, accepted("b", -1), accepted("c")];
    const snapshot = boardOf({ done }, { branches: unmerged, sessions });
    expect(briefWork(snapshot)).toEqual(work);
    for (const id of ["b", "c"]) expect(whyOf(snapshot, id)).toBe(why);
    const [again] = /; tried again when .*/.exec(whyOf(snapshot, "a") ?? "") ?? [];
    expect(again).toBe(
      work.length > 0 ? undefined : "; tried again when board/board.md changes, or after 2026-11-20T10:04:59Z",
    );
    // Nothing that an end would have to wait for.
    expect(decide(snapshot).lookAgainAt).toBeNull();
  });
});

describe("a merge after a conflict", () => {
  it.each<[string, Partial<Session>, number]>([
    ["its rework is done", {}, 1],
    ["its rework failed", { state: "failed", failure: "agent" }, 1],
    ["its rework was stopped", { state: "stopped", failure: "stopped" }, 0],
    ["no rework ran: it was taken back", { finishedAt: NOW - 5 * HOUR }, 0],
    ["a review alone ran", { step: "for_review" }, 0],
  ])("counts it once there was a rework: %s", (_, work, conflicts) => {
    const conflict = sessionOf("a", { step: "merge", attempt: 1, verdict: "conflict", finishedAt: NOW - 4 * HOUR });
    const sessions = [conflict, sessionOf("a", { attempt: 2, finishedAt: NOW - 3 * HOUR, ...work })];
    const { actions } = decide(boardOf({ done: [accepted("a")] }, { branches: unmerged, sessions }));
    expect(actions.find(({ kind }) => kind === "merge")).toEqual({ kind: "merge", taskId: "a", conflicts });
  });
});

function accepted(id: string, enteredAt: number = 0): Exclude<TaskWords, string> {
  return { id, branch: `kanband/${id}`, attempt: 2, view: { enteredAt: NOW - 2 * HOUR + enteredAt } };
}
