import { dirname, join } from "node:path";
import { acp } from "../../../src/agents/acp/index.ts";
import type { AcpRequest } from "../../../src/agents/acp/wire.ts";
import type { Launch, LaunchRequest } from "../../../src/agents/adapter.ts";
import { mainPath } from "../../helpers/run-cli.ts";

/** The client as `npm test` builds it. */
const CLIENT = join(dirname(mainPath), "..", "acp-client", "main.js");

const FIXTURES = new URL("../../fixtures/acp/", import.meta.url).pathname;

const REQUEST: LaunchRequest = {
  prompt: "/do it",
  systemPrompt: "You are the reviewer.",
  taskBody: "",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  command: null,
  sessionDir: ".session",
};

/** Less patience than a real agent needs. */
export const HASTY: Partial<AcpRequest> = { patience: { startMs: 20_000, cancelMs: 300, endMs: 300, quietMs: 50 } };

/** The launch of a program of `tests/fixtures/acp/` by the built client. */
export function launchAcp(
  program: readonly string[],
  more: Partial<LaunchRequest> = {},
  asked: Partial<AcpRequest> = HASTY,
): Launch {
  const [name = "", ...args] = program;
  const command = name.endsWith(".mjs") ? [process.execPath, join(FIXTURES, name), ...args] : program;
  const launch = acp.launch({ ...REQUEST, command, ...more });
  if ("problem" in launch) throw new Error(launch.problem);
  const request: AcpRequest = { ...JSON.parse(launch.stdin), ...asked };
  return { ...launch, args: [CLIENT], stdin: JSON.stringify(request) };
}
