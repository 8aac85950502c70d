import type { AgentAdapter } from "../adapter.ts";
import { concludeWithResult } from "../conclude.ts";
import { launch } from "./launch.ts";
import { parseLine } from "./parse.ts";
import { PRESETS } from "./presets.ts";

/** Any agent of the Agent Client Protocol, version 1; `src/acp-client/` speaks it. */
export const acp: AgentAdapter = {
  id: "acp",
  title: "Agent Client Protocol",
  isFree: false,
  tellsProgress: true,
  answer: "since-tool",
  program: null,
  presets: PRESETS,
  launch,
  parseLine,
  conclude: concludeWithResult,
};
