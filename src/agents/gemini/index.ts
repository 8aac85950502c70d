import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** Gemini CLI. */
export const gemini: AgentAdapter = {
  id: "gemini",
  title: "Gemini CLI",
  program: {
    file: "gemini",
    testedVersion: "0.61.0",
    keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    logins: [".gemini/oauth_creds.json"],
    howToLogIn: "Run `gemini` once and log in, or set GEMINI_API_KEY.",
    keeps: [".gemini"],
    domains: ["*.googleapis.com", "accounts.google.com"],
  },
  isFree: false,
  tellsProgress: true,
  answer: "since-tool",
  launch,
  parseLine,
  conclude,
};
