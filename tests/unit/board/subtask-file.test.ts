import { describe, expect, it } from "vitest";
import type { ProposedSubtask } from "../../../src/board/read-subtasks.ts";
import { formatSubtask } from "../../../src/board/subtask-file.ts";
import { parseTask } from "../../../src/board/task-file.ts";
import { anyText, fc, someOf } from "../../helpers/fast-check.ts";

const PLAIN: ProposedSubtask = {
  title: "Write the store",
  body: "Keep it on disk.",
  dependencies: [],
  touches: [],
  acceptance: [],
  persona: null,
  priority: null,
};
const PLACE = { parent: "goal", proposedBy: "tasks/1", dependencies: [] };

function taskOf(subtask: Partial<ProposedSubtask>, dependencies: readonly string[] = []) {
  const made = formatSubtask({ ...PLAIN, ...subtask }, { parent: "goal", proposedBy: "tasks/1", dependencies });
  if ("problem" in made) throw new Error(made.problem);
  return parseTask("board/backlog/a.md", "backlog", Buffer.from(made.text)).task;
}

describe("the file of a proposed task", () => {
  it("says what was proposed", () => {
    const subtask = { acceptance: ["it stays"], touches: ["src/**"], persona: "engineer", priority: "high" as const };
    expect(taskOf(subtask, ["first"])).toMatchObject({
      title: "Write the store",
      parent: "goal",
      proposedBy: "tasks/1",
      persona: "engineer",
      priority: "high",
      dependencies: ["first"],
      touches: ["src/**"],
      body: "\nKeep it on disk.\n\n## Acceptance criteria\n\n- it stays\n",
    });
  });

  it.each([
    ["front matter of its own", "---\ntitle: My post\n---\nPosts start like this."],
    ["a fence that nothing closes", "---\ntitle: My post"],
    ["a fence of code", "---js\nmodule.exports = {}\n---"],
    ["a rule", "---\n\nBelow it."],
  ])("a text that begins with %s stays text", (_, body) => {
    expect(taskOf({ body })).toMatchObject({ title: "Write the store", parent: "goal", body: `\n${body}\n` });
  });

  it("is not made where it could not be read", () => {
    const body = "Take this:\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs";
    expect(formatSubtask({ ...PLAIN, body }, PLACE)).toEqual({ problem: "unresolved conflict marker `<<<<<<<`" });
  });

  it("never throws, and is a task where it is made", () => {
    const word = fc.oneof(fc.string(), anyText, fc.constantFrom("---\na: b\n---", "<<<<<<< x", "- ? a\n", "\ufeff"));
    fc.assert(
      fc.property(word, word, fc.array(word, { maxLength: 3 }), (title, body, list) => {
        const made = formatSubtask(
          { ...PLAIN, title, body, touches: list, acceptance: list },
          { parent: "goal", proposedBy: "tasks/1", dependencies: list },
        );
        if ("problem" in made) return;
        expect(parseTask("a.md", "backlog", Buffer.from(made.text)).task).toMatchObject({ parent: "goal" });
      }),
      { numRuns: someOf(400) },
    );
  });
});
