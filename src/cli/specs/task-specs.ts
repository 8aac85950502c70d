import { LANES } from "../../board/lane.ts";
import { PRIORITIES } from "../../board/task.ts";
import { type CommandSpec, json, task } from "./spec.ts";

/** What is done with one task. */
export const TASK_SPECS = {
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
      review: {
        type: "string",
        describe: "Who reviews its branch in for_review/: a file of personas/, or none",
        completes: "persona",
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
  pr: {
    describe: "Push a task's branch and open a pull request; bring home what the forge merged",
    positionals: { task },
    options: {
      sync: { type: "boolean", describe: "Push and open nothing: only ask, and follow the forge's merge" },
      forge: {
        type: "string",
        describe: "The forge's program, where the remote's host does not tell",
        choices: ["gh", "glab"],
      },
      remote: { type: "string", describe: "Default: that of the base branch, else origin" },
      json,
    },
    examples: [
      ["kanband pr fix-login", "opens one; the next time it pushes what is new"],
      ["kanband pr fix-login --sync", "once it is merged there: the base follows, the task goes to done/"],
    ],
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
  undo: {
    describe: "Take back what the daemon did last to a task: lane, branch, worktree, merge",
    positionals: { task },
    options: { json },
    examples: [["kanband undo fix-login", "a merge is taken back by a new commit; what a person did is left alone"]],
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
  preserved: {
    describe: "List the work that was kept before a stop, a retry or a clean-up; show it, restore it or drop it",
    positionals: {
      what: {
        describe: "list (default), show, restore or drop",
        isOptional: true,
        choices: ["list", "show", "restore", "drop"],
      },
      names: {
        describe: "For list: tasks; else what the list says, as fix-login/2, or a task that has only one",
        isOptional: true,
        isList: true,
        completes: "task",
      },
    },
    options: {
      branch: { type: "string", describe: "With restore: make this branch instead of the task's own" },
      yes: { type: "boolean", describe: "With drop: also what is nowhere else" },
      json,
    },
    examples: [
      ["kanband preserved list fix-login", "number, age and files of each"],
      ["kanband preserved restore fix-login/2", "makes kanband/fix-login of it, when there is no such branch"],
      ["kanband preserved restore fix-login/2 --branch rescue", "makes a branch of your own of it"],
      ["kanband preserved drop fix-login/2", "only when a branch holds it too, or with --yes"],
    ],
  },
} as const satisfies Record<string, CommandSpec>;
