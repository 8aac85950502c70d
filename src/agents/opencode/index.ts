import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** opencode, as of 1.18.33. */
export const opencode: AgentAdapter = {
  id: "opencode",
  title: "opencode",
  isFree: false,
  answer: "last",
  launch,
  parseLine,
  conclude,
};
