import * as v from "valibot";
import { LANES } from "../board/lane.ts";
import {
  count,
  dollars,
  duration,
  durationOrNone,
  filled,
  hosts,
  insidePaths,
  text,
  texts,
} from "../board/schema-parts.ts";

const variables = v.pipe(
  texts("a list of names of environment variables"),
  v.check((all) => all.every((it) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(it)), "a list of names of environment variables"),
);
const money = v.union([dollars(), v.literal("none")], "a number of US dollars, such as 2.5, or none");
const command = v.union([v.array(filled("a list of words")), filled("a command")], "a command, or a list of its words");
const slotName = v.pipe(
  v.string("a short name"),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, "a name of letters, digits, - and _, at most 32"),
);

const sandbox = v.picklist(["auto", "bwrap", "srt", "cli", "none"], "one of auto, bwrap, srt, cli, none");

const slot = v.object(
  {
    name: slotName,
    agents: v.optional(about(texts("a list of agents"), "Tried in this order; default: the board's `agent`.")),
    personas: v.optional(about(texts("a list of personas"), "The only personas that run here.")),
    env: v.optional(about(variables, "Variables that a run here inherits.")),
    home: v.optional(about(filled("a path"), "HOME of a run here, relative to the board root.")),
    tools: v.optional(
      v.object(
        { allow: v.optional(texts("a list of tools")), deny: v.optional(texts("a list of tools")) },
        "{ allow, deny }",
      ),
    ),
    model: v.optional(about(filled("a model"), "For tasks and agents that name none.")),
    effort: v.optional(about(filled("an effort"), "How hard the model thinks, in the agent's words.")),
    permission: v.optional(
      about(
        v.picklist(["all", "edit", "read"], "one of all, edit, read"),
        "What an agent may do here: all, files but no commands, or read only.",
      ),
    ),
    sandbox: v.optional(about(sandbox, "What stands between a run here and the machine; default: the board's.")),
    long: v.optional(
      about(v.boolean("true or false"), "Only for tasks with `timeout: none`, which then run nowhere else."),
    ),
    max_turns: v.optional(about(count(1, 100_000), "Most turns of a run, for agents that can count them.")),
  },
  "a slot: { name, agents, … }",
);

const tool = v.object(
  {
    command: about(
      v.array(filled("a word"), "a list of words"),
      "The program and its first arguments; no shell reads them.",
    ),
    env: v.optional(about(variables, "Variables that it inherits.")),
    description: v.optional(about(filled("a line"), "What it answers, for the router.")),
  },
  "a tool: { command, env, description }",
);

const agent = v.object(
  {
    use: v.optional(about(filled("the name of an adapter"), "The adapter that speaks to it; default `command`.")),
    command: v.optional(about(command, "The program: prompt on stdin, answer on stdout. One text is run by sh.")),
    env: v.optional(about(variables, "Variables that it inherits.")),
  },
  "an agent: { use, command, env }",
);

const price = v.object(
  { input: dollars(), output: dollars(), cached: v.optional(dollars()), written: v.optional(dollars()) },
  "{ input, output, cached, written }: US dollars for a million tokens",
);

const staleLimits = v.object(
  Object.fromEntries(LANES.map((lane) => [lane, v.optional(durationOrNone())])),
  "durations by lane, such as { doing: 30m }",
);

/** The front matter of board/board.md as people write it. Every key may be left out. */
export const SettingsFile = v.object({
  slots: v.optional(
    about(
      v.union(
        [count(1, 64), v.array(v.union([slot, slotName], "a slot: { name, agents, … }"))],
        "a number of slots from 1 to 64, or a list of slots",
      ),
      "How many runs may happen at once, or a list of slots with their profiles.",
    ),
  ),
  default_workflow: v.optional(about(filled("a workflow"), "For tasks that name neither persona nor workflow.")),
  agent: v.optional(about(filled("an agent"), "The agent of every slot that names none.")),
  tools: v.optional(
    about(v.record(filled("a name"), tool, "tools by name"), "Commands that a router may have run for an answer."),
  ),
  agents: v.optional(about(v.record(filled("a name"), agent, "agents by name"), "Agents of your own.")),
  wip: v.optional(
    about(
      v.object(
        { doing: v.optional(count(0, 1000)), for_review: v.optional(count(0, 10_000)) },
        "{ doing, for_review }",
      ),
      "Most tasks in a lane; 0 is no limit beyond the slots. A full for_review stops new starts.",
    ),
  ),
  stale_after: v.optional(about(staleLimits, "Silence after which a task is flagged, by lane; `none` never.")),
  stop_stale_after: v.optional(
    about(durationOrNone(), "Silence of every kind after which a run is stopped; default none."),
  ),
  timeout: v.optional(about(durationOrNone(), "Longest time of one run.")),
  grace: v.optional(about(duration(), "Time between asking a run to end and ending it.")),
  budget: v.optional(
    about(
      v.object(
        { run_usd: v.optional(money), task_usd: v.optional(money), day_usd: v.optional(money) },
        "{ run_usd, task_usd, day_usd }",
      ),
      "Most that a run, a task and a day may cost.",
    ),
  ),
  trust: v.optional(
    about(
      v.picklist(["shadow", "recommend", "approve", "auto"], "one of shadow, recommend, approve, auto"),
      "How far agents go by themselves.",
    ),
  ),
  merge: v.optional(
    about(v.picklist(["on-done", "manual"], "one of on-done, manual"), "Whether accepting a task merges it."),
  ),
  merge_batch: v.optional(
    about(count(1, 50), "How many accepted tasks are verified and merged together at most; 1: each by itself."),
  ),
  merge_style: v.optional(
    about(
      v.picklist(["merge", "squash", "rebase"], "one of merge, squash, rebase"),
      "Which commits a task becomes on the base: a merge of its branch, one commit, or each of its commits anew.",
    ),
  ),
  base: v.optional(about(filled("a branch"), "The branch that tasks start from and merge into.")),
  code: v.optional(
    about(filled("a path"), "The code repository, relative to the board root; default the board's own."),
  ),
  verify: v.optional(about(texts("a list of commands"), "Commands that must succeed for every task.")),
  checks: v.optional(
    about(
      v.object(
        {
          refuse: v.optional(
            about(
              insidePaths("a list of globs"),
              "Paths that no task may change unless its touches name them, beside the built-in ones; ! takes paths out.",
            ),
          ),
          config: v.optional(about(insidePaths("a list of globs"), "Files that are the base's while verify runs.")),
          commands: v.optional(
            about(texts("a list of commands"), "Commands, word for word, that an agent may have run to prove a claim."),
          ),
          hosts: v.optional(
            about(
              hosts("a list of hosts such as api.example.com or *.example.com"),
              "Hosts that are asked when an agent claims what a URL answers.",
            ),
          ),
          tests: v.optional(
            about(insidePaths("a list of globs"), "The same for tests, where the task's touches do not cover them."),
          ),
          retry: v.optional(about(count(0, 5), "How often verify is run again where it fails, on the same tree.")),
          timeout: v.optional(
            about(durationOrNone(), "Longest time of one run of verify, never more than that of the task."),
          ),
        },
        "{ refuse, config, tests, commands, hosts, retry, timeout }",
      ),
      "What is looked at before work counts as done.",
    ),
  ),
  trust_worktree: v.optional(
    about(
      v.boolean("true or false"),
      "Whether hooks, plugins and settings for agents that lie in the repository take effect.",
    ),
  ),
  sandbox: v.optional(
    about(
      sandbox,
      "What stands between a run and the rest of the machine; auto: the first of bwrap, srt, the agent's own (cli) that works here, else none.",
    ),
  ),
  domains: v.optional(
    about(
      hosts("a list of hosts such as api.example.com or *.example.com"),
      "Hosts that runs may reach under srt and cli beside what their agent needs.",
    ),
  ),
  prices: v.optional(
    about(
      v.object(
        { version: v.optional(v.union([text(), v.number()])), models: v.optional(v.record(filled("a model"), price)) },
        "{ version, models }",
      ),
      "What models cost, for agents that tell tokens only.",
    ),
  ),
  worktree: v.optional(
    about(
      v.object(
        {
          copy: v.optional(insidePaths("a list of globs")),
          setup: v.optional(texts("a list of commands")),
          pool: v.optional(count(0, 64)),
        },
        "{ copy, setup, pool }",
      ),
      "What a fresh worktree needs, and how many stay warm.",
    ),
  ),
  paused: v.optional(
    about(v.union([v.boolean(), text()], "true, false or a reason"), "True or a reason: nothing new starts."),
  ),
  notify: v.optional(about(text("a command"), "Run with an event as JSON on stdin.")),
  retry: v.optional(
    about(
      v.object(
        { limit: v.optional(count(0, 100)), base: v.optional(duration()), max: v.optional(duration()) },
        "{ limit, base, max }",
      ),
      "How often a failed run is tried again, and the waits between.",
    ),
  ),
  rework: v.optional(
    about(
      v.object({ limit: v.optional(count(0, 100)) }, "{ limit }"),
      "How often failed checks and reviews are given back.",
    ),
  ),
  review: v.optional(
    about(filled("a persona"), "Who reviews the branches of tasks in for_review/: a persona; `none`: nobody."),
  ),
});
export type SettingsFile = v.InferOutput<typeof SettingsFile>;

function about<TInput, TOutput>(schema: v.GenericSchema<TInput, TOutput>, description: string) {
  return v.pipe(schema, v.description(description));
}
