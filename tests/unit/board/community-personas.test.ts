import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePersona } from "../../../src/board/persona-file.ts";
import { bytes, withBlock } from "./bytes.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/personas/community");
const names = readdirSync(FOLDER).filter((it) => it !== "README.md");

function read(name: string) {
  return parsePersona(`personas/${name}`, "abc", readFileSync(join(FOLDER, name)));
}

function parse(...lines: string[]) {
  return parsePersona("personas/a.md", "abc", bytes(withBlock(...lines)));
}

describe("personas with other authors' habits", () => {
  it("are at least ten", () => {
    expect(names.length).toBeGreaterThanOrEqual(10);
  });

  it.each(names)("%s loads with at most warnings", (name) => {
    const { persona, findings } = read(name);

    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(persona?.id).toBe(name.replace(/\.md$/, ""));
    expect(persona?.description.length).toBeGreaterThan(30);
    expect(persona?.prompt.length).toBeGreaterThan(100);
  });

  it("say of their tools what they mean", () => {
    const toolsOf = (name: string) => read(name).persona?.tools;

    expect(toolsOf("plugin-maker.md")).toEqual(["Read", "Write", "Glob"]);
    expect(toolsOf("screen-designer.md")).toEqual(["Write", "Read", "MultiEdit", "WebSearch", "WebFetch"]);
    expect(toolsOf("read-only-auditor.md")).toContain("Bash(git show:*, git blame:*)");
    expect(toolsOf("security-watch.md")).toEqual(["bash"]);
    expect(toolsOf("bug-fixer.md")).toEqual([]);
    expect(toolsOf("go-reviewer-ja.md")).toEqual(["Read", "Grep", "Glob", "Bash"]);
  });

  it("keep the whole of a description that YAML refuses, and what follows it", () => {
    const { persona, findings } = read("screen-designer.md");

    expect(persona?.description).toMatch(/^Use this agent when a screen.*<example> Context: A new settings page.*/);
    expect(persona?.description).toContain('user: "Our account page');
    expect(findings).toEqual([expect.objectContaining({ severity: "warning", line: 3 })]);
    expect(read("plan-writer.md").persona?.description).toMatch(/^\*\*PRIMARY AGENT for plans\*\*: .*"what if"\.$/);
    expect(read("plugin-maker.md").persona).toMatchObject({ model: null });
    expect(read("go-reviewer-ja.md").persona).toMatchObject({ model: "opus" });
  });
});

describe("a front matter that YAML refuses", () => {
  it("loses a key of somebody else's that cannot be read, and nothing more", () => {
    const { persona, findings } = parse("description: A thing", "vibe: it's: bad", "vibe: again", "max_tool_calls: 7");

    expect(persona).toMatchObject({ description: "A thing", maxToolCalls: 7 });
    expect(findings.map(({ severity }) => severity)).toEqual(["warning"]);
  });

  it.each([
    ["broken list", ["name: a", "tools: [Read, Edit"]],
    ["one of ours twice", ["model: one", "model: two"]],
    ["no truth value", ["mutates: [true"]],
  ])("is an error where one of our own keys is unclear: %s", (_, lines) => {
    const { persona, findings } = parse(...lines);

    expect(persona).toBeNull();
    expect(findings).toEqual([expect.objectContaining({ severity: "error", code: "PERSONA_INVALID" })]);
  });

  it("keeps the lines of what comes after", () => {
    const { findings } = parse("description: Examples: one", "user: two", "", "max_tool_calls: 0");

    expect(findings.map(({ line, severity }) => [line, severity])).toEqual([
      [2, "warning"],
      [5, "error"],
    ]);
  });
});
