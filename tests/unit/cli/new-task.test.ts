import { describe, expect, it } from "vitest";
import { parseTask } from "../../../src/board/task-file.ts";
import { formatNewTask, type NewTask } from "../../../src/cli/format-new-task.ts";

const PLAIN: NewTask = {
  title: "Fix the login",
  priority: null,
  persona: null,
  workflow: null,
  review: null,
  dependencies: [],
  body: "",
};

function read(text: string) {
  return parseTask("board/backlog/a.md", "backlog", Buffer.from(text));
}

describe("formatNewTask", () => {
  it("has nothing that nobody said", () => {
    expect(formatNewTask(PLAIN)).toBe("---\ntitle: Fix the login\n---\n");
  });

  it("has everything that was said", () => {
    const text = formatNewTask({
      ...PLAIN,
      priority: "high",
      persona: "tester",
      workflow: "handoff",
      review: "none",
      dependencies: ["add-users", "12"],
      body: "Do it.\n\nWell.\n\n",
    });

    const { task, findings } = read(text);

    expect(findings).toEqual([]);
    expect(task).toMatchObject({ title: "Fix the login", priority: "high", persona: "tester", workflow: "handoff" });
    expect(task?.review).toBe("none");
    expect(task).toMatchObject({ dependencies: ["add-users", "12"] });
    expect(text.endsWith("---\n\nDo it.\n\nWell.\n")).toBe(true);
  });

  it.each([
    "yes",
    "007",
    "Fix: the login",
    "#1 of # many",
    "- a dash",
    'say "hello"',
    "it's",
    "---",
    "{a}",
    "@you",
    "über ﷽ 😀",
    "null",
  ])("gives back the title %s", (title) => {
    expect(read(formatNewTask({ ...PLAIN, title })).task?.title).toBe(title);
  });

  it.each(["true", "no", "1e3", "a, b", "[x]", "ünï"])("gives back the dependency %s", (id) => {
    expect(read(formatNewTask({ ...PLAIN, dependencies: [id] })).task?.dependencies).toEqual([id]);
  });
});
