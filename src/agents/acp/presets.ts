/** Programs that speak the protocol, as `acp/<name>`: how each is started. A new one is one line. */
export const PRESETS: Readonly<Record<string, readonly string[]>> = {
  "claude-agent-acp": ["claude-agent-acp"],
  "codex-acp": ["codex-acp"],
  copilot: ["copilot", "--acp"],
  gemini: ["gemini", "--acp"],
  opencode: ["opencode", "acp"],
  qwen: ["qwen", "--acp"],
};
