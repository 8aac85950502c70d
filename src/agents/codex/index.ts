import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** Codex CLI, as of 0.169.0. */
export const codex: AgentAdapter = {
  id: "codex",
  title: "Codex CLI",
  isFree: false,
  answer: "last",
  launch,
  parseLine,
  conclude,
};
