import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** Claude Code. */
export const claude: AgentAdapter = {
  id: "claude",
  title: "Claude Code",
  program: {
    file: "claude",
    testedVersion: "2.1.328",
    keys: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
    logins: [".claude/.credentials.json"],
    howToLogIn: "Run `claude` and type /login, or set ANTHROPIC_API_KEY.",
    keeps: [".claude", ".claude.json"],
    domains: ["api.anthropic.com", "claude.ai", "platform.claude.com"],
    hasOwnSandbox: true,
  },
  isFree: false,
  tellsProgress: true,
  answer: "last",
  launch,
  parseLine,
  conclude,
};
