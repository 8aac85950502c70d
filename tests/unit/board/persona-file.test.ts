import { describe, expect, it } from "vitest";
import { parsePersona } from "../../../src/board/persona-file.ts";
import { bytes, withBlock } from "./bytes.ts";

const parse = (...lines: string[]) => parsePersona("personas/engineer.md", "abc", bytes(withBlock(...lines)));

describe("parsePersona", () => {
  it("has defaults for everything but the prompt", () => {
    expect(parsePersona("personas/engineer.md", "abc", bytes("You build.\n"))).toEqual({
      persona: {
        id: "engineer",
        path: "personas/engineer.md",
        blobSha: "abc",
        description: "",
        agent: null,
        model: null,
        output: "engineer.md",
        skills: [],
        tools: [],
        mutates: false,
        maxToolCalls: 12,
        reads: null,
        prompt: "You build.\n",
      },
      findings: [],
    });
  });

  it("reads every key", () => {
    const { persona, findings } = parse(
      "name: engineer",
      "description: Builds",
      "agent: shell",
      "model: sonnet",
      "output: findings/cold.md",
      "skills: [a, b]",
      "tools: Read, Bash(git log:*, git show:*), Grep",
      "mutates: true",
      "max_tool_calls: 40",
      "reads: scope.md",
      "color: red",
    );

    expect(findings).toEqual([]);
    expect(persona).toMatchObject({
      agent: "shell",
      model: "sonnet",
      output: "findings/cold.md",
      skills: ["a", "b"],
      mutates: true,
      maxToolCalls: 40,
      tools: ["Read", "Bash(git log:*, git show:*)", "Grep"],
      reads: ["scope.md"],
    });
  });

  it("limits the tool calls of one that may not change files, unless it says otherwise", () => {
    expect(parse("mutates: false").persona?.maxToolCalls).toBe(12);
    expect(parse("mutates: true").persona?.maxToolCalls).toBeNull();
    expect(parse("mutates: true", "max_tool_calls: 3").persona?.maxToolCalls).toBe(3);
  });

  it("`model: inherit` is no choice", () => {
    expect(parse("model: inherit").persona?.model).toBeNull();
  });

  it("an empty list of reads is not the default", () => {
    expect(parse("reads: []").persona?.reads).toEqual([]);
  });

  it("a published description that is no YAML is read with a warning", () => {
    const { persona, findings } = parse(
      "name: engineer",
      "description: Use when: the build is red. Examples: @x",
      "mutates: true",
    );

    expect(persona).toMatchObject({ description: "Use when: the build is red. Examples: @x", mutates: true });
    expect(findings).toEqual([expect.objectContaining({ severity: "warning", line: 3, code: "PERSONA_INVALID" })]);
  });

  it("another name inside is a warning", () => {
    const { persona, findings } = parse("name: builder");

    expect(persona?.id).toBe("engineer");
    expect(findings[0]).toMatchObject({ severity: "warning", line: 2 });
  });

  it.each([
    ["output: ../../main.md", /`output`.*expected a file name ending in \.md/],
    ["output: /etc/x.md", /expected a file name/],
    ["output: checks.md", /other than checks\.md/],
    ["output: decisions.md", /other than checks\.md/],
    ["output: tasks/01-mend.md", /outside tasks\//],
    ["output: a/CON.md", /expected a file name/],
    ["output: notes.txt", /ending in \.md/],
    ["max_tool_calls: 0", /whole number from 1/],
    ["mutates: maybe", /true or false/],
    ["tools: {a: b}", /list of names/],
    ["tools: [a]]", /YAML/],
  ])("%s", (line, message) => {
    const { persona, findings } = parse(line);

    expect(persona).toBeNull();
    expect(findings[0]).toMatchObject({ line: 2, severity: "error", code: "PERSONA_INVALID" });
    expect(findings[0]?.message).toMatch(message);
  });

  it("a persona without a prompt is none", () => {
    expect(parsePersona("personas/a.md", "abc", bytes("---\nname: a\n---\n\n")).findings[0]?.message).toMatch(
      /no prompt/,
    );
  });
});
