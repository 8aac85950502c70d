import { describe, expect, it } from "vitest";
import { type KnownTask, placeSubtasks } from "../../../src/board/place-subtasks.ts";
import type { ProposedSubtask } from "../../../src/board/read-subtasks.ts";

const PLAIN = { body: "", dependencies: [], touches: [], acceptance: [], persona: null, priority: null };
const GOAL: KnownTask = {
  id: "goal",
  title: "The goal",
  parent: null,
  proposedBy: null,
  dependencies: [],
  isGoal: true,
};

function place(proposed: readonly (Partial<ProposedSubtask> & { title: string })[], known: readonly KnownTask[]) {
  const subtasks = proposed.map((it) => ({ ...PLAIN, ...it }));
  const personas = new Set(["engineer"]);
  const { placed, left, notes } = placeSubtasks({ parent: "goal", proposedBy: "tasks/1" }, subtasks, {
    known,
    personas,
  });
  return {
    left,
    notes,
    placed: placed.map(({ id, subtask, dependencies }) => ({ id, persona: subtask.persona, dependencies })),
  };
}

function depsOf({ placed }: ReturnType<typeof place>): Record<string, readonly string[]> {
  return Object.fromEntries(placed.map(({ id, dependencies }) => [id, dependencies]));
}

describe("the dependencies of proposed tasks", () => {
  it("are ids, by whatever they were named", () => {
    const known = [GOAL, { ...GOAL, id: "old", title: "An old one", isGoal: false }];
    const proposed = [
      { title: "One", dependencies: ["An old one", "later"] },
      { title: "Two", dependencies: ["one", "One", "old"] },
    ];
    expect(depsOf(place(proposed, known))).toEqual({ one: ["old", "later"], two: ["one", "old"] });
  });

  it("are none on what waits for them", () => {
    const known = [
      { ...GOAL, parent: "epic" },
      { ...GOAL, id: "epic" },
      { ...GOAL, id: "after", dependencies: ["goal"], isGoal: false },
    ];
    const proposed = [
      { title: "One", dependencies: ["goal", "epic", "after", "One", "Two"] },
      { title: "Two", dependencies: ["Three"] },
      { title: "Three", dependencies: ["One"] },
    ];
    const result = place(proposed, known);

    expect(depsOf(result)).toEqual({ one: ["two"], two: ["three"], three: [] });
    expect(result.notes).toEqual([
      '"One" cannot wait for goal, which waits for it',
      '"One" cannot wait for epic, which waits for it',
      '"One" cannot wait for after, which waits for it',
      '"One" cannot wait for one, which waits for it',
      '"Three" cannot wait for one, which waits for it',
    ]);
  });

  it("may be the task they come from, where it has work of its own", () => {
    const result = place([{ title: "One", dependencies: ["goal"] }], [{ ...GOAL, isGoal: false }]);
    expect([depsOf(result), result.notes]).toEqual([{ one: ["goal"] }, []]);
  });
});

it("a persona that is not there is none", () => {
  const proposed = [
    { title: "One", persona: "engineer" },
    { title: "Two", persona: "../x" },
  ];
  expect(place(proposed, [GOAL])).toMatchObject({
    placed: [
      { id: "one", persona: "engineer" },
      { id: "two", persona: null },
    ],
    notes: ['"Two" names the persona "../x", which is not there'],
  });
});
