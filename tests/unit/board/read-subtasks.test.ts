import { describe, expect, it } from "vitest";
import { readSubtasks } from "../../../src/board/read-subtasks.ts";
import { fc } from "../../helpers/fast-check.ts";

const block = (text: string) => `Split.\n\n\`\`\`subtasks\n${text}\n\`\`\`\n`;
const EMPTY = { body: "", dependencies: [], touches: [], acceptance: [], persona: null, priority: null };

describe("proposed subtasks", () => {
  it("are read with all that they say", () => {
    const text = `
- title: Add the endpoint
  body: |
    Answer with JSON.

    ---
    priority: urgent
  dependencies: [Make the table]
  touches: [src/api/**]
  acceptance:
    - "GET /users answers 200"
    - It: works
  persona: engineer
  priority: Medium
- title: Make the table`;
    expect(readSubtasks(block(text))).toEqual({
      subtasks: [
        {
          title: "Add the endpoint",
          body: "Answer with JSON.\n\n---\npriority: urgent",
          dependencies: ["Make the table"],
          touches: ["src/api/**"],
          // A map where a text was meant.
          acceptance: ["GET /users answers 200"],
          persona: "engineer",
          priority: "normal",
        },
        { ...EMPTY, title: "Make the table" },
      ],
      problems: ["subtask 1: `acceptance` is to be a list of texts"],
    });
  });

  it("may be JSON, below a key, and only the last block counts", () => {
    const message = `${block("- title: Old")}${block('{"subtasks": [{"title": "New"}]}')}`;
    expect(readSubtasks(message)).toEqual({ subtasks: [{ ...EMPTY, title: "New" }], problems: [] });
  });

  it.each([
    ["nothing", "No split.", []],
    ["a quotation", "> ```subtasks\n> - title: x\n> ```", []],
    ["no list", block("just: one"), [/expected a list of \{ title, body, … \}, not a map/]],
    ["broken", block("- [title: x"), [/^subtasks: line \d of its block is not readable YAML/]],
    ["no title", block("- body: x"), [/^subtask 1: it has no `title`$/]],
  ])("%s", (_, message, expected) => {
    const { subtasks, problems } = readSubtasks(message);
    expect(subtasks).toEqual([]);
    expect(problems).toEqual(expected.map((it) => expect.stringMatching(it)));
  });

  it("what is wrong in one is left out, and said", () => {
    const text = `- title: "a\\u202e\\nb"\n  touches: [../x, src/a]\n  priority: soon\n  persona: "x\\ny"\n  dependencies: {a: b}`;
    const { subtasks, problems } = readSubtasks(block(text));
    expect(subtasks).toEqual([{ ...EMPTY, title: "a\\u{202e} b", touches: ["src/a"] }]);
    expect(problems).toHaveLength(4);
  });

  it("are bounded", () => {
    const { subtasks, problems } = readSubtasks(
      block(`- title: ${"x".repeat(500)}\n  body: ${"y".repeat(20_000)}\n${"- title: a\n".repeat(60)}`),
    );
    expect(subtasks).toHaveLength(50);
    expect(subtasks[0]?.title).toHaveLength(150);
    expect(subtasks[0]?.body).toHaveLength(16_000);
    expect(problems).toEqual(["subtasks: there are 61; the first 50 are read"]);
    expect(readSubtasks(`${"x".repeat(1024 * 1024)}\n${block("- title: a")}`)).toMatchObject({
      subtasks: [],
      problems: [expect.stringContaining("million")],
    });
  });

  it("never throw", () => {
    const token = fc.constantFrom(
      "- ",
      "title: x\n",
      "\n",
      "  ",
      "[",
      "{",
      "&a",
      "*a",
      "```",
      "\0",
      ": ",
      "- - ",
      "dependencies: ",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ maxLength: 5 }))), (parts) => {
        const { subtasks, problems } = readSubtasks(block(parts.join("")));
        expect([...subtasks.map(({ title }) => title), ...problems].join("")).not.toContain("\n");
      }),
      { numRuns: 1_500 },
    );
  });
});
