import { describe, expect, it } from "vitest";
import { resolveAgent } from "../../../src/agents/resolve-agent.ts";
import { launchOf } from "../../../src/apply/agent-request.ts";
import type { Persona } from "../../../src/board/persona.ts";
import { personaOf } from "../../helpers/board-builder.ts";

const WISH = {
  prompt: "do it",
  systemPrompt: "you build",
  taskBody: "",
  persona: null as Persona | null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null as { allow: readonly string[]; deny: readonly string[] } | null,
  permission: null as "all" | "edit" | "read" | null,
  sessionDir: ".session",
  filesDir: "/files",
};

function argsOf(agent: string, wish: Partial<typeof WISH>): string {
  const resolved = resolveAgent(agent, {});
  if ("problem" in resolved) throw new Error(resolved.problem);
  const launch = launchOf(resolved, { ...WISH, ...wish });
  return "problem" in launch ? `problem: ${launch.problem}` : launch.args.join(" ");
}

describe("what an agent may do", () => {
  it.each([
    ["a persona that may change files", { persona: personaOf("engineer") }, "bypassPermissions"],
    ["nobody in particular", {}, "bypassPermissions"],
    ["a persona that reads", { persona: personaOf("reviewer", { mutates: false }) }, "dontAsk"],
    ["what the slot says, whoever it is", { persona: personaOf("engineer"), permission: "read" as const }, "dontAsk"],
  ])("%s", (_, wish, mode) => {
    expect(argsOf("claude", wish)).toContain(`--permission-mode ${mode}`);
  });

  it("the tools that a persona brings along are asked for where the agent knows such lists", () => {
    const persona = personaOf("reviewer", { mutates: false, tools: ["Read", "Bash(git log:*)"] });
    expect(argsOf("claude", { persona })).toContain("--allowedTools Read Bash(git log:*)");
    expect(argsOf("codex", { persona })).toContain("-s read-only");
  });

  it("those of the slot hold, or nothing starts", () => {
    const persona = personaOf("reviewer", { tools: ["Grep"] });
    const tools = { allow: ["Read"], deny: [] };
    expect(argsOf("claude", { persona, tools })).toContain("--allowedTools Read");
    expect(argsOf("claude", { persona, tools })).not.toContain("Grep");
    expect(argsOf("codex", { persona, tools })).toMatch(/^problem: codex knows no lists of tools/);
  });
});
