import type { AgentPreset } from "../adapter.ts";

/** Programs that speak the protocol, as `acp/<name>`: how each is started, and what is known of it. */
export const PRESETS: Readonly<Record<string, AgentPreset>> = {
  "claude-agent-acp": {
    command: ["claude-agent-acp"],
    program: {
      file: "claude-agent-acp",
      testedVersion: "0.100.0",
      keys: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
      logins: [".claude/.credentials.json"],
      howToLogIn: "Run `claude` and type /login, or set ANTHROPIC_API_KEY.",
      keeps: [".claude", ".claude.json"],
      domains: ["api.anthropic.com", "claude.ai", "platform.claude.com"],
    },
  },
  "codex-acp": {
    command: ["codex-acp"],
    program: {
      file: "codex-acp",
      testedVersion: "2.6.0",
      keys: ["OPENAI_API_KEY", "CODEX_API_KEY"],
      logins: [".codex/auth.json"],
      howToLogIn: "Run `codex login`, or set OPENAI_API_KEY.",
      keeps: [".codex"],
      domains: ["api.openai.com", "auth.openai.com", "chatgpt.com"],
    },
  },
  copilot: {
    command: ["copilot", "--acp"],
    program: {
      file: "copilot",
      testedVersion: "1.0.102",
      keys: ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "COPILOT_PROVIDER_API_KEY"],
      logins: [".copilot/config.json"],
      howToLogIn: "Run `copilot login`.",
      keeps: [".copilot"],
      domains: ["*.githubcopilot.com", "api.github.com", "github.com"],
    },
  },
  gemini: {
    command: ["gemini", "--acp"],
    program: {
      file: "gemini",
      testedVersion: "0.61.0",
      keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
      logins: [".gemini/oauth_creds.json"],
      howToLogIn: "Run `gemini` once and log in, or set GEMINI_API_KEY.",
      keeps: [".gemini"],
      domains: ["*.googleapis.com", "accounts.google.com"],
    },
  },
  opencode: {
    command: ["opencode", "acp"],
    program: {
      file: "opencode",
      testedVersion: "1.18.33",
      keys: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"],
      logins: [".local/share/opencode/auth.json"],
      howToLogIn: "Run `opencode auth login`, or set the key of your provider.",
      keeps: [".config/opencode", ".local/share/opencode", ".local/state/opencode", ".cache/opencode"],
      domains: ["models.dev", "opencode.ai"],
    },
  },
  qwen: {
    command: ["qwen", "--acp"],
    program: {
      file: "qwen",
      testedVersion: "0.24.4",
      keys: ["OPENAI_API_KEY"],
      logins: [".qwen/oauth_creds.json"],
      howToLogIn: "Set OPENAI_API_KEY.",
      keeps: [".qwen"],
      domains: ["chat.qwen.ai", "portal.qwen.ai", "*.aliyuncs.com"],
    },
  },
};
