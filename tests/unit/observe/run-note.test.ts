import { expect, it } from "vitest";
import { noteOfRunId, readRunNote } from "../../../src/observe/run-note.ts";

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

it("makes out whose run it is by its name alone, where its record cannot be read", () => {
  const note = noteOfRunId("fix-login.2.checks.0a1b2c3d");
  expect(note?.facts).toMatchObject({ taskId: "fix-login", attempt: 2, step: "checks", kind: "checks", slot: null });
  expect(noteOfRunId("a.1.work.0a1b2c3d")?.facts.kind).toBe("step");
  for (const odd of ["", "a", "a.x.work.0a1b", "a.1.work", "a.1.work.0a1b.more"]) expect(noteOfRunId(odd)).toBeNull();
});
