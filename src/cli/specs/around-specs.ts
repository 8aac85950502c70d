import { type CommandSpec, json } from "./spec.ts";

/** What is round the board: figures, files, agents, personas, workflows, the machine. */
export const AROUND_SPECS = {
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
      ci: {
        type: "boolean",
        describe:
          "Also fail while a task is in doing/, or in for_review/ without a pull request of its own: a merge gate (annotates in GitHub Actions)",
      },
      json,
    },
    examples: [["kanband check --ci", "in a pipeline; `kanband init --ci` sets one up"]],
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
