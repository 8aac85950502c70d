import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** Gemini CLI, as of 0.61.0. */
export const gemini: AgentAdapter = {
  id: "gemini",
  title: "Gemini CLI",
  isFree: false,
  answer: "since-tool",
  launch,
  parseLine,
  conclude,
};
