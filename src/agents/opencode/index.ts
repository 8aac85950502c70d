import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** opencode. */
export const opencode: AgentAdapter = {
  id: "opencode",
  title: "opencode",
  program: {
    file: "opencode",
    testedVersion: "1.18.33",
    keys: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"],
    logins: [".local/share/opencode/auth.json"],
    howToLogIn: "Run `opencode auth login`, or set the key of your provider.",
    keeps: [".config/opencode", ".local/share/opencode", ".local/state/opencode", ".cache/opencode"],
    // Its providers are the user's choice.
    domains: ["models.dev", "opencode.ai"],
  },
  isFree: false,
  tellsProgress: true,
  answer: "last",
  launch,
  parseLine,
  conclude,
};
