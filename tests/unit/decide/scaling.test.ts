import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot, TaskView } from "../../../src/decide/snapshot.ts";
import { type BoardWords, boardOf, claimed, runOf, sessionOf, type WorldWords } from "../../helpers/board-builder.ts";
import { SMALL_FACTORY } from "./steps/workflows.ts";

// How often a decision looks at the facts of its tasks, not how long that takes: the same on every machine.
function looksAt(snapshot: Snapshot): number {
  const count = { looks: 0 };
  const counting = <T extends object>(value: T): T =>
    new Proxy(value, {
      get(target, key, receiver) {
        count.looks += 1;
        return Reflect.get(target, key, receiver);
      },
    });
  const tasks = snapshot.tasks.map((view): TaskView => counting({ ...view, task: view.task && counting(view.task) }));
  decide({ ...snapshot, tasks });
  return count.looks;
}

describe("a decision", () => {
  it.each<[string, (count: number) => Snapshot]>([
    [
      "a long queue, slots taken",
      (count) =>
        boardOf(
          { planned: ids(count), doing: [claimed("x"), claimed("y", "B")] },
          { runs: [runOf("x"), runOf("y", { slot: "B" })] },
        ),
    ],
    ["a long queue, slots free", (count) => boardOf({ planned: ids(count) })],
    [
      "a full doing/",
      (count) =>
        boardOf(
          { doing: ids(count), planned: ids(count).map((id) => `p-${id}`) },
          { settings: { wip: { doing: 3, forReview: 8 } } },
        ),
    ],
    ["a chain of dependencies", (count) => boardOf({ planned: chain(count) })],
    ["one big cycle", (count) => boardOf({ planned: [...chain(count), { id: `t${count}`, dependencies: ["t0"] }] })],
    [
      "all wait for one",
      (count) => boardOf({ planned: ids(count).map((id) => ({ id, dependencies: ["x"] })), backlog: ["x"] }),
    ],
    [
      "all would change the same files",
      (count) => boardOf({ planned: ids(count).map((id) => ({ id, touches: ["src/**"] })) }),
    ],
    [
      "all accepted at once",
      (count) =>
        boardOf(
          { done: ids(count) },
          { branches: Object.fromEntries(ids(count).map((id) => [id, { isMerged: false }])) },
        ),
    ],
    [
      "reviewed, with sessions",
      (count) => boardOf({ for_review: ids(count) }, { sessions: ids(count).map((id) => sessionOf(id)) }),
    ],
    ["in the middle of a workflow", (count) => boardOf({ doing: inWorkflow(count) }, midway(count))],
    ["in the middle of a workflow, and reviewed", (count) => boardOf({ for_review: inWorkflow(count) }, midway(count))],
    ["everything out of place", (count) => boardOf(everywhere(count))],
  ])("looks at each task a few times, however many there are: %s", (_, make) => {
    const few = looksAt(make(500)) / 500;
    const many = looksAt(make(2_000)) / 2_000;
    // Sorting grows a little faster than the board does; anything else does not.
    expect(many).toBeLessThan(few * 1.6);
    expect(many).toBeLessThan(300);
  });
});

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `t${index}`);
}

function inWorkflow(count: number): { id: string; workflow: string }[] {
  return ids(count).map((id) => ({ id, workflow: "small" }));
}

function midway(count: number): WorldWords {
  const sessions = ids(count).flatMap((id) => [
    sessionOf(id, { step: "route", verdict: "factory", path: `sessions/${id}/route.md` }),
    sessionOf(id, { step: "scope", path: `sessions/${id}/scope.md`, after: { route: 1 } }),
  ]);
  return { sessions, workflows: [SMALL_FACTORY] };
}

function chain(count: number): { id: string; dependencies: string[] }[] {
  return ids(count).map((id, index) => ({ id, dependencies: [`t${index + 1}`] }));
}

function everywhere(count: number): BoardWords {
  const words = ids(count).map((id) => ({
    id,
    assigned: "A",
    attempt: 1,
    blocked: "x",
    stale: "y",
    laneRequest: "done",
    view: { headLaneRequest: null },
  }));
  return { planned: words.slice(0, count / 2), blocked: words.slice(count / 2) };
}
