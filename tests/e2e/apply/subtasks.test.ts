import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeSubtasks } from "../../../src/apply/make-subtasks.ts";
import { type ApplyBoard, applyBoard } from "./apply-board.ts";

const GOAL = "---\nworkflow: plan\n---\n# The goal\n";

async function goalBoard(files: Record<string, string> = {}): Promise<ApplyBoard> {
  return await applyBoard({ "board/doing/goal.md": GOAL, ...files });
}

/** Makes tasks of what the step `tasks` says in this attempt, upon the board as it is now. */
async function propose(board: ApplyBoard, yaml: string, attempt = 1): Promise<void> {
  const message = `\`\`\`subtasks\n${yaml}\n\`\`\``;
  makeSubtasks(board.world, { taskId: "goal", step: "tasks", attempt }, message, await board.look());
}

function told(board: ApplyBoard): string[] {
  const lines = board.read("sessions/goal/decisions.md").split("\n");
  return lines.flatMap((it) => /^- \S+ (.*)$/.exec(it)?.[1] ?? []);
}

it("one that cannot be a file is a line, and keeps the others from nothing", async () => {
  const board = await goalBoard();
  await propose(
    board,
    [
      "- {title: Before}",
      "- title: Posts",
      "  body: |",
      "    ---",
      "    title: My post",
      "    ---",
      "    Posts start like this.",
      "- title: Conflict",
      "  body: |",
      "    Take this:",
      "    <<<<<<< ours",
      "- {title: After}",
    ].join("\n"),
  );

  expect((await board.look()).tasks.map(({ id, task }) => [id, task?.title])).toEqual([
    ["goal", "The goal"],
    ["after", "After"],
    ["before", "Before"],
    ["posts", "Posts"],
  ]);
  expect(told(board)).toEqual([
    'tasks/1 subtasks: in backlog/: before, posts, after; left out: "Conflict": unresolved conflict marker `<<<<<<<`',
  ]);
});

it("a folder that is none is a line, too", async () => {
  const board = await goalBoard();
  rmSync(join(board.root, "board/backlog"), { recursive: true });
  board.write("board/backlog", "not a folder\n");
  await propose(board, "- {title: Alone}");

  expect(told(board)).toEqual([expect.stringMatching(/^tasks\/1 subtasks: no new task; left out: "Alone": .*EEXIST/)]);
});
