import type { AgentAdapter } from "../adapter.ts";
import { conclude } from "./conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";

/** Claude Code, as of 2.1.328. */
export const claude: AgentAdapter = {
  id: "claude",
  title: "Claude Code",
  isFree: false,
  answer: "last",
  launch,
  parseLine,
  conclude,
};
