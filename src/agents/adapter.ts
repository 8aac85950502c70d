import type { Persona } from "../board/persona.ts";
import type { FailureClass } from "../board/session.ts";

/** What a run is to be, in the words of the board. */
export type LaunchRequest = {
  prompt: string;
  /** The persona's prompt and the rules of the house; empty when there are none. */
  systemPrompt: string;
  taskBody: string;
  persona: Persona | null;
  model: string | null;
  effort: string | null;
  maxToolCalls: number | null;
  tools: { allow: readonly string[]; deny: readonly string[] } | null;
  /** The program of the board's own definition, with its first arguments. */
  command: readonly string[] | null;
  /** Where the session files that it may read are. */
  sessionDir: string;
};

/** The program to start: never a shell line, so nothing from a file can become a command or an option. */
export type Launch = {
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  stdin: string;
};

/** What a line of an agent's output says. */
export type AgentEvent =
  | { kind: "started"; sessionId: string | null }
  /** `isAnswer`: it belongs to the answer; false: it is only shown, such as progress on standard error. */
  | { kind: "text"; text: string; isAnswer: boolean }
  | { kind: "tool"; name: string; detail: string }
  /** `isTotal`: everything so far; false: comes on top of what was reported before. A cost of null is unknown. */
  | { kind: "usage"; costUsd: number | null; input: number; output: number; cached: number; isTotal: boolean }
  /** The whole answer; several may come, and the last counts. `text` null: the answer is what was said before. */
  | { kind: "result"; text: string | null; isError: boolean }
  /** `resetAt`: when a limit ends, ms since the epoch, where that is known. A later good result takes it back. */
  | { kind: "error"; class: FailureClass; message: string; resetAt: number | null };

/** Everything a run's output came to. A value: the same lines give the same summary, in one go or in many. */
export type AgentSummary = {
  sessionId: string | null;
  /** What was said so far that counts as the answer. */
  answer: string;
  result: { text: string | null; isError: boolean } | null;
  error: { class: FailureClass; message: string; resetAt: number | null } | null;
  /** Null is unknown. */
  costUsd: number | null;
  tokens: { input: number; output: number; cached: number };
  toolCalls: number;
};

/** How a run ended, and what it said. */
export type RunFacts = {
  exitCode: number | null;
  signal: string | null;
  /** setup: the setup script failed; spawn: the program was not found; wall, output: a cap; stop: killed when it was to stop. */
  cause: "exit" | "setup" | "spawn" | "wall" | "output" | "stop";
  summary: AgentSummary;
  /** The last part of standard error, or of the setup script's output when that failed. */
  stderrTail: string;
  /** The daemon asked it to stop, so however it ended says nothing about it. */
  wasStopped: boolean;
};

export type Conclusion =
  | { state: "done"; message: string }
  /** `reason` is one line, the same for the same failure; `message` is what was said until then. */
  | { state: "failed"; failure: FailureClass; reason: string; message: string; resetAt: number | null };

/** One agent program, as data: an adapter never spawns, reads files or keeps state. */
export type AgentAdapter = {
  id: string;
  title: string;
  /** It asks no model, so a run costs nothing. Otherwise the cost is unknown until the agent says it. */
  isFree: boolean;
  /** Which texts are the answer: all of them, line by line; the last one; or those since the last tool, put together as they are. */
  answer: "all" | "last" | "since-tool";
  /** What to start, or why this cannot be run, found before anything is. */
  launch(request: LaunchRequest): Launch | { problem: string };
  parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[];
  /** The one truth about success. */
  conclude(facts: RunFacts): Conclusion;
};
