import { type CommandSpec, json, stopRuns, task } from "./spec.ts";

/** The board as a whole: made, worked on, looked at. */
export const BOARD_SPECS = {
  init: {
    describe: "Make a board in this repository",
    positionals: {},
    options: {
      branch: { type: "string", describe: "Keep the board on a branch of its own, checked out at kanban/" },
      ci: {
        type: "boolean",
        describe: "Also add a GitHub Actions workflow and git hooks that check the board; no file is overwritten",
      },
      json,
    },
    examples: [
      ["kanband init", "board/, personas/ and sessions/ at the top of the repository"],
      ["kanband init --branch kanban", "the same on its own branch; the code branches never see it"],
      ["kanband init --ci", "with `kanband check --ci` as a gate for merges, also to a board that is there"],
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
} as const satisfies Record<string, CommandSpec>;
