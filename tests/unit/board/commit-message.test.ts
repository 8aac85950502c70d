import { describe, expect, it } from "vitest";
import { describeChange, formatCommit, subjectOf, trailersOf } from "../../../src/board/commit-message.ts";

describe("formatCommit", () => {
  it("one change", () => {
    const trailers = [
      ["Task", "a"],
      ["Lane", "planned..doing"],
      ["Slot", "A"],
    ] as const;

    expect(formatCommit([{ subject: "Assign a to slot A", trailers }])).toBe(
      "Assign a to slot A\n\nTask: a\nLane: planned..doing\nSlot: A\n",
    );
  });

  it("several changes", () => {
    const parts = ["a", "b", "c"].map((id) => ({ subject: `Add ${id}`, trailers: [["Task", id]] as const }));

    expect(formatCommit(parts)).toBe(
      "Add a and 2 more changes\n\n- Add a\n- Add b\n- Add c\n\nTask: a\nTask: b\nTask: c\n",
    );
    expect(formatCommit(parts.slice(0, 2))).toMatch(/^Add a and 1 more change\n/);
  });

  it("several changes: what is said of a task stands below its name, and can be told apart again", () => {
    const message = formatCommit([
      {
        subject: "Assign a",
        trailers: [
          ["Task", "a"],
          ["Lane", "planned..doing"],
          ["Slot", "A"],
        ],
      },
      {
        subject: "Assign b",
        trailers: [
          ["Task", "b"],
          ["Lane", "planned..doing"],
          ["Slot", "B"],
        ],
      },
      { subject: "Pause", trailers: [["Cause", "c"]] },
      {
        subject: "Record the run of a",
        trailers: [
          ["Task", "a"],
          ["Persona", "engineer"],
          ["Slot", "A"],
        ],
      },
    ]);
    const lines = message.trimEnd().split("\n\n").at(-1)?.split("\n") ?? [];

    expect(lines).toEqual([
      "Cause: c",
      "Task: a",
      "Lane: planned..doing",
      "Slot: A",
      "Persona: engineer",
      "Task: b",
      "Lane: planned..doing",
      "Slot: B",
    ]);
    const trailers = lines.map((line) => line.split(": ") as [string, string]);
    expect(trailersOf(trailers, "b")).toEqual([
      ["Task", "b"],
      ["Lane", "planned..doing"],
      ["Slot", "B"],
    ]);
    expect(trailersOf(trailers, "c")).toEqual([]);
  });

  it("several changes: what is said of each can be found again", () => {
    const subjects = [
      "Pause the board: same",
      "Send up back to mend its conflict with low",
      "Block low",
      "Start 2 of x: y",
    ];
    const message = formatCommit(subjects.map((subject) => ({ subject, trailers: [] })));
    expect(["up", "low", "x", "nobody"].map((id) => subjectOf(message, id))).toEqual([
      ...subjects.slice(1),
      "Pause the board: same and 3 more changes",
    ]);
    expect(subjectOf("Block a\n\nTask: a\n", "a")).toBe("Block a");
  });

  it("no trailers, no changes", () => {
    expect(formatCommit([{ subject: "Edit x", trailers: [] }])).toBe("Edit x\n");
    expect(formatCommit([])).toBe("Update the board\n");
  });

  it("nothing in a name can add a line or a trailer", () => {
    const message = formatCommit([{ subject: "Add a\n\nTask: forged", trailers: [["Ta sk:", "x\nLane: forged"]] }]);

    expect(message).toBe("Add a Task: forged\n\nTa-sk: x Lane: forged\n");
  });

  it("a long subject is cut", () => {
    expect(formatCommit([{ subject: "x".repeat(500), trailers: [] }]).length).toBeLessThanOrEqual(101);
  });
});

describe("describeChange", () => {
  const path = "board/doing/a.md";

  it.each([
    [{ kind: "added", from: null, to: "planned" }, "Add a to planned", "none..planned"],
    [{ kind: "edited", from: "doing", to: "doing" }, "Edit a", undefined],
    [{ kind: "moved", from: "planned", to: "doing" }, "Move a from planned to doing", "planned..doing"],
    [{ kind: "removed", from: "doing", to: null }, "Remove a from doing", "doing..none"],
  ] as const)("%j", (change, subject, lane) => {
    const part = describeChange({ path, id: "a", ...change });

    expect(part.subject).toBe(subject);
    expect(Object.fromEntries(part.trailers)).toEqual(lane === undefined ? { Task: "a" } : { Task: "a", Lane: lane });
  });

  it("a file that is no task goes by its path", () => {
    expect(describeChange({ path: "board/board.md", id: null, kind: "edited", from: null, to: null })).toEqual({
      subject: "Edit board/board.md",
      trailers: [],
    });
  });
});
