import { LANES } from "../board/lane.ts";
import { PRIORITIES } from "../board/task.ts";

/** One `--option`. Keys are camelCase here and kebab-case on the command line. */
export type OptionSpec = {
  type: "boolean" | "string";
  describe: string;
  alias?: string;
  /** May be given several times, or once with commas. */
  isList?: true;
  choices?: readonly string[];
  /** What stands for the value in completions: task ids, lanes, personas, workflows, or nothing. */
  completes?: Completes;
};

export type Completes = "task" | "lane" | "persona" | "workflow";

/** One word that stands without dashes. All but the optional ones must be given. */
export type PositionalSpec = {
  describe: string;
  /** Left out, it is the first of its choices, or an empty list. */
  isOptional?: true;
  isList?: true;
  choices?: readonly string[];
  completes?: Completes;
};

export type CommandSpec = {
  describe: string;
  positionals: Readonly<Record<string, PositionalSpec>>;
  options: Readonly<Record<string, OptionSpec>>;
  examples: ReadonlyArray<readonly [command: string, meaning: string]>;
};

/** What a command receives: every declared name is there, absent strings as null. */
export type ArgsOf<Spec extends CommandSpec> = {
  [Name in keyof Spec["positionals"]]: Spec["positionals"][Name] extends { isList: true } ? readonly string[] : string;
} & {
  [Name in keyof Spec["options"]]: Spec["options"][Name] extends { type: "boolean" }
    ? boolean
    : Spec["options"][Name] extends { isList: true }
      ? readonly string[]
      : string | null;
};

const json = { type: "boolean", describe: "Print facts as JSON" } as const satisfies OptionSpec;
const task = { describe: "Id or alias of a task", completes: "task" } as const satisfies PositionalSpec;
const stopRuns = { type: "boolean", describe: "Stop the runs too; their work is kept" } as const satisfies OptionSpec;

/** The options that stand before or after any command. */
export const GLOBAL_OPTIONS = {
  cwd: { type: "string", alias: "C", describe: "Work as if started in this folder" },
} as const satisfies Record<string, OptionSpec>;

/** Every command, declared once: help, both parsers and the completions read this table. */
export const SPECS = {
  init: {
    describe: "Make a board in this repository",
    positionals: {},
    options: {
      branch: { type: "string", describe: "Keep the board on a branch of its own, checked out at kanban/" },
      json,
    },
    examples: [
      ["kanband init", "board/, personas/ and sessions/ at the top of the repository"],
      ["kanband init --branch kanban", "the same on its own branch; the code branches never see it"],
    ],
  },
  up: {
    describe: "Start the daemon: give planned tasks to idle slots until told to stop",
    positionals: {},
    options: {
      detach: { type: "boolean", alias: "d", describe: "Return once the daemon is ready and leave it running" },
      untilIdle: { type: "boolean", describe: "End when nothing is left to do" },
      dryRun: { type: "boolean", describe: "Print what would be done now and change nothing" },
      poll: { type: "string", describe: "Look every so often instead of watching: 2s, 1m (network file systems)" },
      stopRuns: { ...stopRuns, describe: "When ended, stop the runs too; their work is kept" },
      wait: { type: "boolean", describe: "When ended, wait for the runs in progress" },
      json,
    },
    examples: [
      ["kanband up", "in the foreground, with the live board"],
      ["kanband up --detach", "in the background"],
      ["kanband up --dry-run", "only the plan"],
    ],
  },
  down: {
    describe: "End the daemon of this board; its runs go on unless told otherwise",
    positionals: {},
    options: { stopRuns, wait: { type: "boolean", describe: "Let the runs in progress finish first" }, json },
    examples: [["kanband down --stop-runs", "end everything"]],
  },
  status: {
    describe: "Show the board: lanes, slots, and why each waiting task waits",
    positionals: {},
    options: { watch: { type: "boolean", alias: "w", describe: "Redraw as things change, until Ctrl-C" }, json },
    examples: [["kanband status --watch", "the live board"]],
  },
  why: {
    describe: "Say why a task is not running",
    positionals: { task },
    options: { json },
    examples: [["kanband why fix-login", "one line, and what to do about it"]],
  },
  new: {
    describe: "Write a new task file",
    positionals: { title: { describe: "The title; the id is made from it" } },
    options: {
      lane: { type: "string", describe: "Lane to put it into (default: backlog)", choices: LANES, completes: "lane" },
      priority: { type: "string", describe: "Default: normal", choices: PRIORITIES },
      persona: { type: "string", describe: "Who is to do it: a file of personas/", completes: "persona" },
      workflow: {
        type: "string",
        describe: "How it is to be done: a file of personas/workflows/",
        completes: "workflow",
      },
      depends: { type: "string", describe: "Tasks that must be done before", isList: true, completes: "task" },
      body: { type: "string", describe: "The text below the title; `-` reads it from standard input" },
      json,
    },
    examples: [
      ['kanband new "Add /users endpoint"', "board/backlog/add-users-endpoint.md"],
      ['kanband new "Fix login" --lane planned --body - < notes.md', "with a text, ready to start"],
    ],
  },
  move: {
    describe: "Move a task file to another lane, exactly as `mv` would",
    positionals: { task, lane: { describe: "Where to", choices: LANES, completes: "lane" } },
    options: { json },
    examples: [["kanband move fix-login planned", "queue it"]],
  },
  stop: {
    describe: "Stop a task: its run ends, its work is kept",
    positionals: { task },
    options: { backlog: { type: "boolean", describe: "Put it into backlog/ instead of blocked/" }, json },
    examples: [["kanband stop fix-login", "moves it to blocked/"]],
  },
  approve: {
    describe: "Approve what a task waits for: its plan, by the ids of what it says",
    positionals: { task },
    options: { json },
    examples: [
      ["kanband approve fix-login", "writes `approved:` into the file; a plan that changes later is not approved"],
    ],
  },
  accept: {
    describe: "Accept a finished task: it moves to done/ and is merged",
    positionals: { task },
    options: { json },
    examples: [["kanband accept fix-login", "the same as `mv board/for_review/fix-login.md board/done/`"]],
  },
  rework: {
    describe: "Send a task back with a remark; the next run reads it",
    positionals: { task },
    options: {
      message: { type: "string", alias: "m", describe: "What is to be better; `-` reads it from standard input" },
      json,
    },
    examples: [['kanband rework fix-login -m "Cover the empty one"', "back to planned/"]],
  },
  show: {
    describe: "Show one task: facts, sessions, preserved work, the file",
    positionals: { task },
    options: { json },
    examples: [["kanband show fix-login", "everything known about it"]],
  },
  log: {
    describe: "Show the history of one task",
    positionals: { task },
    options: { json },
    examples: [["kanband log fix-login", "each commit that names it or moved its file"]],
  },
  report: {
    describe: "Sum cost, tokens, prompts and time: by persona, workflow, verdict and day",
    positionals: {},
    options: {
      since: { type: "string", describe: "Only runs that began since then: 2026-11-20, or 7d, 12h" },
      task: { type: "string", describe: "Only this task", completes: "task" },
      json,
    },
    examples: [
      ["kanband report --since 7d", "what the last week cost"],
      ["kanband report --task fix-login", "what one task cost, and who in it"],
    ],
  },
  check: {
    describe: "Check the files of the board: path, line, what is wrong",
    positionals: {},
    options: {
      ci: { type: "boolean", describe: "Also fail while a task is in doing/ or for_review/: a merge gate" },
      json,
    },
    examples: [["kanband check --ci", "in a pipeline"]],
  },
  agents: {
    describe: "List the agents, or look each over: found, tested version, logged in, parked",
    positionals: {
      what: { describe: "list (default) or doctor", isOptional: true, choices: ["list", "doctor"] },
    },
    options: { json },
    examples: [
      ["kanband agents", "which there are, and which slots name them"],
      ["kanband agents doctor", "asks each program for its version; starts no model"],
    ],
  },
  personas: {
    describe: "List the personas, show one with its prompt, look them over, or write a new one",
    positionals: {
      what: {
        describe: "list (default), show, lint or new",
        isOptional: true,
        choices: ["list", "show", "lint", "new"],
      },
      names: {
        describe: "The persona to show or write; those to lint, else all, with who is sent what",
        isOptional: true,
        isList: true,
        completes: "persona",
      },
    },
    options: {
      description: { type: "string", describe: "With new: what it is for, in a line" },
      mutates: { type: "boolean", describe: "With new: it may change files" },
      json,
    },
    examples: [
      ["kanband personas", "who there is, and how much each has to be told"],
      ["kanband personas show pr_reviewer", "its knobs and its prompt"],
      ["kanband personas lint", "warnings for people; exit code 1 for a file that cannot be read alone"],
      ["kanband personas new db_admin --mutates", "personas/db_admin.md, in the shape of the others"],
    ],
  },
  workflows: {
    describe: "List the workflows, or show the graph of one: rounds, who does what, which files",
    positionals: {
      what: { describe: "list (default) or show", isOptional: true, choices: ["list", "show"] },
      names: {
        describe: "What to show: files of personas/workflows/",
        isOptional: true,
        isList: true,
        completes: "workflow",
      },
    },
    options: { mermaid: { type: "boolean", describe: "Print the source of a Mermaid flowchart" }, json },
    examples: [
      ["kanband workflows", "which there are, and what is wrong with them"],
      ["kanband workflows show factory", "round after round, as text"],
      ["kanband workflows show factory --mermaid", "the same to be drawn"],
    ],
  },
  doctor: {
    describe: "Look over the machine, the repository and the daemon",
    positionals: {},
    options: { json },
    examples: [["kanband doctor", "one line a check: ok, warn or fail"]],
  },
  demo: {
    describe: "Watch a real board work in a scratch repository; needs no network and no key",
    positionals: {},
    options: { keep: { type: "boolean", describe: "Keep the scratch repository and print its path" } },
    examples: [["kanband demo --keep", "and look around in it afterwards"]],
  },
  completion: {
    describe: "Print a completion script",
    positionals: {
      shell: { describe: "Which shell", choices: ["bash", "zsh", "fish"] },
      words: { describe: "Asked by the script itself: the words typed so far", isOptional: true, isList: true },
    },
    options: {},
    examples: [
      ["source <(kanband completion bash)", "bash; zsh likewise"],
      ["kanband completion fish | source", "fish"],
    ],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof SPECS;

/** Whether a word names a command. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(SPECS, word);
}

/** `untilIdle` as it is typed: `until-idle`. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
