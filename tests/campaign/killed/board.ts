import { onTestFinished } from "vitest";
import { type AgentBoard, agentBoard } from "../../agents/bench-board.ts";
import { CLIS, type Cli } from "../../agents/clis.ts";
import { steps } from "../../agents/model/script.ts";
import type { ModelServer, Script } from "../../agents/model/server.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { OWN_AGENTS, WORK } from "./kinds.ts";
import { endTagged } from "./tagged.ts";

const SETTINGS = "wip: { for_review: 10000 }\nretry: { limit: 1, base: 100ms, max: 1s }\n";

const AGENTS = `agents:\n${OWN_AGENTS.map((it) => `  ${it}: { use: command, command: [sh, work.sh, ${it}] }\n`).join("")}`;

/** A board with these programs, whose tasks all begin with `prefix`; what is left of its runs is ended with the test. */
export async function makeBoard(model: ModelServer, prefix: string, clis: readonly Cli[]): Promise<AgentBoard> {
  onTestFinished(() => endTagged(prefix));
  const board = await agentBoard(model, [...clis, ...OWN_AGENTS.flatMap(asCli)], {
    slots: 4,
    settings: SETTINGS + AGENTS,
  });
  writeFiles(board.root, { "work.sh": WORK });
  await board.git("add", "work.sh");
  await board.git("commit", "--quiet", "--message", "Say what there is to do");
  return board;
}

/** A program that needs nothing and asks no model, in the list of a slot. */
function asCli(agent: string): Cli[] {
  return CLIS.slice(0, 1).map((it) => ({ ...it, name: agent, agent, env: () => ({}), home: () => ({}) }));
}

// By the way in which they ask; those that ask in the same one have models of their own.
const ASKERS: Readonly<Record<string, string>> = {
  anthropic: "claude",
  responses: "codex",
  gemini: "gemini",
  "rig-model": "opencode",
  "qwen3-coder-plus": "acp/qwen",
  "gpt-5.4": "acp/copilot",
};

/** Every model has the work of the task done by one command. */
export const doAsAsked: Script = (asked) => {
  const kind = /\[\[(\w+)\]\]/.exec(asked.said)?.[1];
  const cli = CLIS.find(({ name }) => name === ASKERS[asked.api === "chat" ? asked.model : asked.api]);
  if (kind === undefined || cli === undefined) return { text: "OK" };
  return steps({ text: "I begin.", tool: cli.shell(`sh work.sh ${kind}`) }, { text: "All of it is done." })(asked);
};
