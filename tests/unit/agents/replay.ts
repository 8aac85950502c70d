import { readFileSync } from "node:fs";
import type { AgentAdapter, AgentEvent, AgentSummary, Conclusion, RunFacts } from "../../../src/agents/adapter.ts";
import { AGENTS } from "../../../src/agents/agents.ts";
import { EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";

/** What a real program printed, cut from a recording, and how it ended. The first line of the file tells the end. */
export type Transcript = {
  lines: readonly string[];
  end: { exit: number | null; signal: string | null; stderr: string };
};

export type Replayed = { events: readonly AgentEvent[]; summary: AgentSummary; conclusion: Conclusion };

/** When all the recorded runs ended, for the clocks in what they said. */
export const ENDED_AT = Date.parse("2026-11-20T12:00:00Z");

export function agentNamed(id: string): AgentAdapter {
  const agent = AGENTS.get(id);
  if (agent === undefined) throw new Error(`no agent ${id}`);
  return agent;
}

export function readTranscript(id: string, name: string): Transcript {
  const path = new URL(`../../fixtures/agents/${id}/${name}.jsonl`, import.meta.url);
  const [head = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  return { lines, end: (JSON.parse(head) as { end: Transcript["end"] }).end };
}

/** A recorded run through its adapter, as the daemon would take it in. */
export function replay(
  id: string,
  name: string,
  facts: Partial<RunFacts> = {},
  before = EMPTY_SUMMARY.before,
): Replayed {
  return play(id, readTranscript(id, name), facts, before);
}

export function play(
  id: string,
  { lines, end }: Transcript,
  facts: Partial<RunFacts> = {},
  before = EMPTY_SUMMARY.before,
): Replayed {
  const agent = agentNamed(id);
  const events = [
    ...end.stderr.split("\n").flatMap((line) => agent.parseLine(line, "stderr")),
    ...lines.flatMap((line) => agent.parseLine(line, "stdout")),
  ];
  const summary = summarise(agent, { ...EMPTY_SUMMARY, before }, events);
  const conclusion = agent.conclude({
    exitCode: end.exit,
    signal: end.signal,
    cause: "exit",
    summary,
    stderrTail: end.stderr,
    wasStopped: false,
    endedAt: ENDED_AT,
    ...facts,
  });
  return { events, summary, conclusion };
}
