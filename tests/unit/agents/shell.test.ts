import { describe, expect, it } from "vitest";
import type { LaunchRequest } from "../../../src/agents/adapter.ts";
import { shell } from "../../../src/agents/shell/index.ts";
import { EMPTY_SUMMARY } from "../../../src/agents/summarise.ts";
import type { Persona } from "../../../src/board/persona.ts";

const REQUEST: LaunchRequest = {
  prompt: "",
  systemPrompt: "",
  taskBody: "First\n\n```sh\necho one\n```\n\nnot this:\n\n```js\n1\n```\n\nthen\n\n```sh\necho two\n```\n",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  command: null,
  sessionDir: ".session",
};

function persona(agent: string | null, prompt: string): Persona {
  const knobs = { skills: [], tools: [], mutates: false, maxToolCalls: 12, reads: null, model: null };
  return {
    id: "tester",
    path: "personas/tester.md",
    blobSha: "",
    description: "",
    output: "tester.md",
    ...knobs,
    agent,
    prompt,
  };
}

describe("shell", () => {
  it("runs the blocks of the task as one script", () => {
    expect(shell.launch(REQUEST)).toMatchObject({ file: "sh", stdin: "echo one\n\necho two\n" });
  });

  it.each([
    ["shell", "echo mine\n"],
    ["shell/any", "echo mine\n"],
    ["claude", "echo one\n\necho two\n"],
    [null, "echo one\n\necho two\n"],
  ])("for a persona with agent %s", (agent, stdin) => {
    const tester = persona(agent, "```sh\necho mine\n```");
    expect(shell.launch({ ...REQUEST, persona: tester })).toMatchObject({ stdin });
  });

  it.each([
    ["no block", "Just words."],
    ["an empty block", "```sh\n\n```"],
    ["a block of another language", "```python\nprint()\n```"],
  ])("says before anything starts that there is %s", (_, taskBody) => {
    expect(shell.launch({ ...REQUEST, taskBody })).toEqual({
      problem: expect.stringMatching(/no ```sh block in the task/),
    });
    expect(shell.launch({ ...REQUEST, persona: persona("shell", taskBody) })).toEqual({
      problem: expect.stringMatching(/no ```sh block in the persona 'tester'/),
    });
  });

  it("is done without a word, too", () => {
    const facts = { exitCode: 0, signal: null, cause: "exit", stderrTail: "", wasStopped: false } as const;
    expect(shell.conclude({ ...facts, summary: EMPTY_SUMMARY })).toEqual({
      state: "done",
      message: "(no output)",
    });
  });
});
