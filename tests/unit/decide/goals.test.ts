import { describe, expect, it } from "vitest";
import type { Edit } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf } from "../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./steps/workflows.ts";

const PLAN = workflowOf("plan", [stepOf("spec")]);
const GOAL = { id: "goal", workflow: "plan" };

function editsOf(snapshot: ReturnType<typeof boardOf>): Edit[] {
  return decide(snapshot).actions.filter((it): it is Edit => it.kind === "edit" && it.taskId === "goal");
}

describe("a goal", () => {
  it("names the tasks that its workflow made, and says how many are done", () => {
    const board = boardOf(
      { for_review: [GOAL], done: [{ id: "a", parent: "goal" }], backlog: [{ id: "b", parent: "goal" }, "other"] },
      { workflows: [PLAN] },
    );

    expect(editsOf(board)).toMatchObject([{ toLane: null, set: [["goal_tasks", "a, b"]] }]);
    expect(decide(board).waiting.get("goal")).toBe("1 of its 2 tasks are done; open: b");
  });

  it("is done when they are, merged and all", () => {
    const tasks = { for_review: [{ ...GOAL, goalTasks: "a" }], done: [{ id: "a", parent: "goal" }] };

    expect(editsOf(boardOf(tasks, { workflows: [PLAN] }))).toMatchObject([{ toLane: "done" }]);
    expect(editsOf(boardOf(tasks, { workflows: [PLAN], branches: { a: { isMerged: false } } }))).toEqual([]);
  });

  it("knows its tasks in done/ by their names", () => {
    const goal = { ...GOAL, goalTasks: "a, b, c, gone" };
    const lanes = { for_review: [goal], done: ["a", "b", "x"], backlog: [{ id: "c", parent: "goal" }] };
    const unread = (board: ReturnType<typeof boardOf>) => ({
      ...board,
      tasks: board.tasks.map((it) => (it.lane === "done" ? { ...it, task: null } : it)),
    });

    const board = unread(boardOf(lanes, { workflows: [PLAN] }));
    expect(decide(board).waiting.get("goal")).toBe("2 of its 3 tasks are done; open: c");
    expect(editsOf(board)).toMatchObject([{ toLane: null, set: [["goal_tasks", "a, b, c"]] }]);
    const all = unread(boardOf({ ...lanes, backlog: [] }, { workflows: [PLAN] }));
    expect(editsOf(all)).toMatchObject([{ toLane: "done", set: [["goal_tasks", "a, b"]] }]);
  });

  it("that has work of its own waits for a person", () => {
    const tasks = { for_review: [{ ...GOAL, goalTasks: "a" }], done: [{ id: "a", parent: "goal" }] };

    expect(editsOf(boardOf(tasks, { workflows: [PLAN], branches: { goal: {} } }))).toEqual([]);
  });

  it("is nobody's whose workflow made nothing: other boards use `parent`, too", () => {
    const board = boardOf({ for_review: ["goal"], done: [{ id: "a", parent: "goal" }] }, { workflows: [PLAN] });

    expect(editsOf(board)).toEqual([]);
  });
});
