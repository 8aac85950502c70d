import { expect, it } from "vitest";
import { readRunNote } from "../../../src/observe/run-note.ts";

const WHOLE = { taskId: "a", kind: "step", step: "work", attempt: 1 };

it("reads what it knows and takes the rest for unknown", () => {
  expect(readRunNote({ ...WHOLE, slot: 7, caps: { costUsd: 2 }, more: true })).toMatchObject({
    facts: {
      ...WHOLE,
      slot: null,
      caps: { wallMs: null, outputBytes: Number.POSITIVE_INFINITY, toolCalls: null, costUsd: 2 },
    },
    worktree: null,
  });
});

it.each([null, "text", {}, { ...WHOLE, kind: "dance" }, { ...WHOLE, taskId: 1 }, { ...WHOLE, attempt: "1" }])(
  "takes %j for no record of a run",
  (record) => {
    expect(readRunNote(record)).toBeNull();
  },
);
