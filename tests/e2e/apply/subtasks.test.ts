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
    'tasks/1 subtasks: 3 in backlog/: before, posts, after; 1 left out: "Conflict": unresolved conflict marker `<<<<<<<`',
  ]);
});

it("a folder that is none is a line, too", async () => {
  const board = await goalBoard();
  rmSync(join(board.root, "board/backlog"), { recursive: true });
  board.write("board/backlog", "not a folder\n");
  await propose(board, "- {title: Alone}");

  expect(told(board)).toEqual([
    expect.stringMatching(/^tasks\/1 subtasks: no new task; 1 left out: "Alone": .*EEXIST/),
  ]);
});

it("what somebody else wrote under that title is no file of ours, and what we wrote before a crash is", async () => {
  const board = await goalBoard({
    "board/backlog/my-child.md": "---\ntitle: Write the store\nparent: goal\n---\n",
    "board/backlog/the-reader.md": "---\ntitle: The reader\nparent: goal\nproposed_by: tasks/1\n---\n",
  });
  const yaml = "- {title: Write the store}\n- {title: The reader}\n- {title: The reader}\n- {title: The writer}";
  await propose(board, yaml);
  await propose(board, yaml);
  // Another attempt that proposes the same has nothing new to say.
  await propose(board, yaml, 2);

  const ids = (await board.look()).tasks.map(({ id }) => id);
  expect(ids.toSorted()).toEqual(["goal", "my-child", "the-reader", "the-writer"]);
  expect(board.read("board/backlog/the-writer.md")).toContain("parent: goal\nproposed_by: tasks/1\n");
  const store = '"Write the store" is there already: my-child';
  expect(told(board)).toEqual([
    `tasks/1 subtasks: 2 in backlog/: the-reader, the-writer; 2 left out: ${store}; "The reader" is there already: the-reader`,
    expect.stringMatching(/^tasks\/2 subtasks: no new task; 4 left out: /),
  ]);
});

it("no more than fifty are made, whatever is proposed in however many rounds, and each is told of", async () => {
  const round = (from: number): string => {
    return Array.from({ length: 40 }, (_, at) => `- title: A title with many words, number ${from + at}`).join("\n");
  };
  const named = Array.from({ length: 10 }, (_, at) => `old-${at}`);
  const board = await goalBoard({
    "board/doing/goal.md": `---\nworkflow: plan\ngoal_tasks: ${named.join(", ")}\n---\n# The goal\n`,
    ...Object.fromEntries(named.map((id) => [`board/done/${id}.md`, "---\nparent: goal\n---\n# An old one\n"])),
  });
  await propose(board, round(100));
  await propose(board, round(200), 2);

  const ids = (await board.look()).tasks.map(({ id }) => id);
  expect(ids.filter((it) => it.startsWith("a-title"))).toHaveLength(40);
  const [first = "", second = ""] = told(board);
  expect(first).toMatch(/^tasks\/1 subtasks: 40 in backlog\/: a-title-.*-number-139$/);
  expect(second).toMatch(/^tasks\/2 subtasks: no new task; 40 left out: .*number 239": goal has 50 tasks of its own$/);
});
