import * as v from "valibot";
import { count, dollars, durationOrNone, filled, insidePaths, names, text, texts } from "./schema-parts.ts";
import { PRIORITIES } from "./task.ts";

const name = filled("a name");

// Other boards say `medium` where this one says `normal`, and many write their priorities with a capital.
const priority = v.pipe(
  v.string("text"),
  v.transform((it): string => (it.toLowerCase() === "medium" ? "normal" : it.toLowerCase())),
  v.picklist(PRIORITIES, `one of ${PRIORITIES.join(", ")}`),
);

const override = v.union(
  [
    v.literal("skip"),
    v.object({
      persona: v.optional(name),
      skills: v.optional(texts("a list of skills")),
      agent: v.optional(name),
      model: v.optional(name),
    }),
  ],
  "`skip`, or { persona, skills, agent, model }",
);
const answers = v.union([text(), v.record(v.string("a step id"), text())], "a text, or texts by the ids of steps");
const overrides = v.record(
  v.string("a step id"),
  override,
  "steps by their ids, each `skip` or { persona, skills, agent, model }",
);

/** The keys of a task file that mean something here; every other key is the person's own. An absent or null key is unset. */
export const TaskKeys = v.object({
  title: v.optional(about(text(), "One line.")),
  id: v.optional(about(name, "Another name that `dependencies` of other tasks may use.")),
  work_package_id: v.optional(about(name, "The same as `id`.")),
  priority: v.optional(about(priority, "Which of the waiting tasks starts first.")),
  dependencies: v.optional(about(names("a list of task ids"), "Tasks that must be done and merged before this one.")),
  depends_on: v.optional(about(names("a list of task ids"), "The same as `dependencies`.")),
  persona: v.optional(about(name, "Who does it: a file of personas/, without `.md`.")),
  workflow: v.optional(about(name, "How it is done: a file of personas/workflows/, without `.md`.")),
  review: v.optional(about(name, "Who reviews its branch in for_review/: a persona; `none`: nobody.")),
  agent: v.optional(about(name, "The agent that must run it.")),
  model: v.optional(about(name, "The model that must run it.")),
  effort: v.optional(about(name, "How hard the model should think, in the agent's own words.")),
  slot: v.optional(about(name, "The slot that must run it.")),
  budget_usd: v.optional(about(dollars(), "Most that the whole task may cost.")),
  timeout: v.optional(about(durationOrNone(), "Longest time of one run.")),
  verify: v.optional(about(texts("a list of commands"), "Commands that must succeed before the task may go on.")),
  touches: v.optional(
    about(insidePaths("a list of globs"), "Files it will change; overlapping tasks do not run at once."),
  ),
  base: v.optional(about(name, "A branch, or a task whose branch, to start from.")),
  stack: v.optional(
    about(v.boolean("true or false"), "May start from the branch of a dependency that is not merged yet."),
  ),
  parent: v.optional(about(name, "The task this one is a part of.")),
  approved: v.optional(about(text(), "`<who> <when>`: lets a change that was planned go ahead.")),
  feedback: v.optional(about(text(), "What the next run should do better.")),
  answer: v.optional(about(answers, "What you decide of what a step asked; of what several asked, by their ids.")),
  override: v.optional(about(overrides, "What is to be otherwise in single steps of the workflow, by step id.")),
  personas: v.optional(about(names("a list of personas"), "The roster of a round-robin: they take turns.")),
  parallelism: v.optional(about(count(1, 4), "How many cycles of a round-robin may run at once, at most 4.")),
  pick: v.optional(about(count(0, 1_000_000), "The cycle of a round-robin whose branch you accept.")),
  pr: v.optional(
    about(text(), "Its pull request, as `kanband pr` writes it: while it is there, the daemon leaves the merge to it."),
  ),
  proposed_by: v.optional(about(text(), "Written by the daemon: the attempt of the step that proposed it.")),
  lane: v.optional(about(text(), "A request: the daemon moves the file there and removes the key.")),
  assigned: v.optional(about(text(), "Written by the daemon: the slot that works on it.")),
  branch: v.optional(about(text(), "Written by the daemon: the branch of the work.")),
  attempt: v.optional(about(count(0, 1_000_000), "Written by the daemon: the number of the run.")),
  goal_tasks: v.optional(about(text(), "Written by the daemon: the tasks that its workflow made.")),
  cycle: v.optional(about(count(0, 1_000_000), "Written by the daemon: the next cycle of a round-robin.")),
  spent_usd: v.optional(
    about(
      v.union([dollars(), v.literal("unknown")], "a number of US dollars, or unknown"),
      "Written by the daemon: the cost so far.",
    ),
  ),
  blocked: v.optional(about(text(), "Written by the daemon: what it waits for a person to do.")),
  stale: v.optional(about(text(), "Written by the daemon: what was seen, and since when nothing.")),
});
export type TaskKeys = v.InferOutput<typeof TaskKeys>;

/**
 * The part of `TaskKeys` that these keys of a file need, with the same answer: all are optional, so what is absent cannot be
 * wrong. A file has some four of the thirty-four, and few boards have many different sets of them.
 */
export function taskKeysFor(keys: readonly string[]): typeof TaskKeys {
  const known = keys.filter((key) => Object.hasOwn(TaskKeys.entries, key));
  const name = known.join(" ");
  const schema = parts.get(name) ?? v.object(pick(known));
  if (parts.size < MOST_PARTS) parts.set(name, schema);
  return schema;
}

const MOST_PARTS = 200;
const parts = new Map<string, typeof TaskKeys>();

function pick(keys: readonly string[]): typeof TaskKeys.entries {
  const entries = Object.entries(TaskKeys.entries).filter(([key]) => keys.includes(key));
  return Object.fromEntries(entries) as typeof TaskKeys.entries;
}

function about<TInput, TOutput>(schema: v.GenericSchema<TInput, TOutput>, description: string) {
  return v.pipe(schema, v.description(description));
}
