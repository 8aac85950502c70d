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
  /** What it may do; absent: everything. Nobody is there to be asked, so what it may not do is refused. */
  permission?: Permission;
  /** The agent's own id of the conversation to go on with; absent or null: a new one. */
  resume?: string | null;
  /** Limits for agents that can end themselves there; the others take no notice, and the daemon's own caps hold for all. */
  maxTurns?: number | null;
  budgetUsd?: number | null;
  /** It is to hold in what its model does by its own means: the only sandbox there is. Hosts that its commands may reach. */
  ownSandbox?: { domains: readonly string[] } | null;
  /** Hooks, plugins and settings for the agent that lie in the worktree may take effect. */
  trustsWorktree?: boolean;
  /** Absolute path of the worktree, for agents that keep trust by folder. */
  worktree?: string | null;
  /** Absolute path of a folder outside of the worktree, for this run alone, where the files of the launch are put. */
  filesDir?: string | null;
};

/** `edit`: files of the worktree, no commands; `read`: neither. */
export type Permission = "all" | "edit" | "read";

/** The program to start: never a shell line, so nothing from a file can become a command or an option. */
export type Launch = {
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  stdin: string;
  /** Programs that it needs besides `file`, which is our own then: names on the PATH, or paths. */
  needs?: readonly string[];
  /** Must be there before the start, in the request's `filesDir`: plain names. */
  files?: readonly { name: string; text: string }[];
  /**
   * Files of the worktree that would run programs unasked and that the agent cannot be told to pass over: with one there,
   * nothing starts.
   */
  unsafeFiles?: readonly string[];
};

/** `input` is without what was read from the provider's cache: that is `cached`. */
export type Tokens = { input: number; output: number; cached: number };

/** `written` is the part of `input` that was written to the provider's cache, which has a price of its own. */
export type PricedTokens = Tokens & { written: number };

/** What a line of an agent's output says. */
export type AgentEvent =
  | { kind: "started"; sessionId: string | null }
  /** Facts that are kept and not shown: the conversation's id, the model that really answers. Null: nothing new. */
  | { kind: "session"; sessionId: string | null; model: string | null }
  /** `isAnswer`: it belongs to the answer; false: it is only shown, such as progress on standard error. */
  | { kind: "text"; text: string; isAnswer: boolean }
  | { kind: "tool"; name: string; detail: string }
  /**
   * What one call of the model has used up at least, told again and again under one `id`. The next `usage` counts all calls
   * before it, and more exactly: it takes their place.
   */
  | { kind: "call"; id: string; model: string | null; tokens: PricedTokens }
  /**
   * `isTotal`: everything so far; false: comes on top of what was reported before. A cost of null is unknown.
   * `isOfConversation`: a total that counts the earlier runs of a resumed conversation, too. `model`: whose tokens they are.
   */
  | {
      kind: "usage";
      costUsd: number | null;
      input: number;
      output: number;
      cached: number;
      isTotal: boolean;
      written?: number;
      model?: string | null;
      isOfConversation?: boolean;
    }
  /** The whole answer; several may come, and the last counts. `text` null: the answer is what was said before. */
  | { kind: "result"; text: string | null; isError: boolean }
  /**
   * `resetAt`: when a limit ends, ms since the epoch, where that is known. A later good result takes it back.
   * `isRetried`: the agent waits and tries again by itself, so it is no failure yet.
   */
  | { kind: "error"; class: FailureClass; message: string; resetAt: number | null; isRetried?: boolean };

/** The least that calls have used up, by model; and what the latest of them have in it, by id, since each is told often. */
export type Calls = {
  /** The tokens that a `usage` had counted before the first of them. */
  counted: Tokens;
  byModel: ReadonlyMap<string, PricedTokens>;
  latest: ReadonlyMap<string, { model: string; tokens: PricedTokens }>;
};

/** What went wrong, as an agent reports it. */
export type Trouble = { class: FailureClass; message: string; resetAt: number | null };

/** Everything a run's output came to. A value: the same lines give the same summary, in one go or in many. */
export type AgentSummary = {
  sessionId: string | null;
  /** The model that answers, as the agent says. */
  model: string | null;
  /** What was said so far that counts as the answer. */
  answer: string;
  /** What was said last before the tool that emptied the answer: the last words of a run that got no further. */
  interim: string;
  result: { text: string | null; isError: boolean } | null;
  /** Nothing was begun after the result. */
  isOver: boolean;
  error: Trouble | null;
  /** What the agent waits for just now to try again. */
  retrying: Trouble | null;
  /** Null is unknown. */
  costUsd: number | null;
  tokens: Tokens;
  /** Tokens whose cost nobody said, by model; `""` is the model that was asked for. */
  unpriced: ReadonlyMap<string, PricedTokens>;
  /** Calls of the model that no `usage` has counted yet; part of `tokens`. */
  calls: Calls;
  /** What the conversation had used up before this run, for agents whose totals count that as well. */
  before: Tokens;
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
  /** A good end is its answer, whether or not it says anything: it was asked to do something, not to say it. */
  maySayNothing?: boolean;
  /** When it ended, ms since the epoch: "try again in 2 hours" counts from there. Absent: such a time stays unknown. */
  endedAt?: number | null;
};

export type Conclusion =
  | { state: "done"; message: string }
  /** `reason` is one line, the same for the same failure; `message` is what was said until then. */
  | { state: "failed"; failure: FailureClass; reason: string; message: string; resetAt: number | null };

/** The program behind an agent: how it is called, what was measured of it, and by what it shows that somebody is logged in. */
export type AgentProgram = {
  file: string;
  /** The version whose words and ways the adapter knows. */
  testedVersion: string;
  /** Environment variables that may hold a key. */
  keys: readonly string[];
  /** Files that a login leaves, relative to HOME. */
  logins: readonly string[];
  howToLogIn: string;
  /** Where it keeps its login, settings and conversations, relative to HOME: all of HOME that a sandbox leaves it. */
  keeps: readonly string[];
  /** Hosts without which it does not work: its provider, its login. Empty where that is the user's choice. */
  domains: readonly string[];
  /** It can hold in what its model does by itself, with nobody there to be asked. */
  hasOwnSandbox?: boolean;
};

/** One of the programs that an adapter for many of them knows. */
export type AgentPreset = { command: readonly string[]; program: AgentProgram };

/** One agent program, as data: an adapter never spawns, reads files or keeps state. */
export type AgentAdapter = {
  id: string;
  title: string;
  /** Null: there is no one program behind it. */
  program: AgentProgram | null;
  /** It asks no model, so a run costs nothing. Otherwise the cost is unknown until the agent says it. */
  isFree: boolean;
  /** It prints what it does as it goes, so that a long silence says that it waits for its provider. */
  tellsProgress: boolean;
  /**
   * Which texts are the answer: all of them, line by line; the last one; or those since the last tool, put together as they
   * are.
   */
  answer: "all" | "last" | "since-tool";
  /** Programs that it knows how to start, by name: `<id>/<name>` is an agent then. */
  presets?: Readonly<Record<string, AgentPreset>>;
  /** What to start, or why this cannot be run, found before anything is. */
  launch(request: LaunchRequest): Launch | { problem: string };
  parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[];
  /** The one truth about success. */
  conclude(facts: RunFacts): Conclusion;
};
