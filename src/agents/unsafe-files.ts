/**
 * What lies in a worktree and starts programs when the agent's own program finds it, with nothing to tell it not to: hooks,
 * servers, plugins and tools. Each seen, with gemini 0.61.0, opencode 1.18.33, copilot 1.0.102 and codex-acp 2.6.0, which
 * trusts every folder that it works in. By the name of the program.
 */
export const UNSAFE_FILES: Readonly<Record<string, readonly string[]>> = {
  "codex-acp": [".codex/config.toml", ".codex/hooks.json"],
  copilot: [".claude/settings.json", ".github/hooks", ".mcp.json"],
  gemini: [".gemini/settings.json", ".gemini/extensions"],
  qwen: [".qwen/settings.json", ".qwen/extensions"],
  opencode: [".opencode/plugin", ".opencode/plugins", ".opencode/tool", ".opencode/tools"],
};
