import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** Codex CLI. */
export const codex: AgentAdapter = {
  id: "codex",
  title: "Codex CLI",
  program: {
    file: "codex",
    testedVersion: "0.169.0",
    keys: ["OPENAI_API_KEY", "CODEX_API_KEY"],
    logins: [".codex/auth.json"],
    howToLogIn: "Run `codex login`, or set OPENAI_API_KEY.",
    keeps: [".codex"],
    domains: ["api.openai.com", "auth.openai.com", "chatgpt.com"],
    hasOwnSandbox: true,
  },
  isFree: false,
  tellsProgress: true,
  answer: "last",
  launch,
  parseLine,
  conclude,
};
