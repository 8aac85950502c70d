/**
 * What lies in a worktree and starts programs when the agent's own program finds it, with nothing to tell it not to (each
 * seen, with gemini 0.61.0 and opencode 1.18.33): hooks, servers, plugins and tools. By the name of the program.
 */
export const UNSAFE_FILES: Readonly<Record<string, readonly string[]>> = {
  gemini: [".gemini/settings.json", ".gemini/extensions"],
  qwen: [".qwen/settings.json", ".qwen/extensions"],
  opencode: [".opencode/plugin", ".opencode/plugins", ".opencode/tool", ".opencode/tools"],
};
