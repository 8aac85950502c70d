import * as v from "valibot";
import { count, filled, insidePaths, names, text, texts } from "./schema-parts.ts";
import { isSessionOutput, SESSION_OUTPUT } from "./session-output.ts";
import { VERDICTS, type VerdictKind } from "./verdict-kind.ts";

const STEP_LIMIT = 100;
const ID = "a step id: letters, digits, - and _";

const WHEN = "step ids, each with a list of verdicts";

// Keys of these names are passed over when maps are read, so that a condition on such a step would be lost.
const NO_ID: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

const stepId = v.pipe(
  v.string(ID),
  v.regex(/^\w[\w-]{0,63}$/, ID),
  v.check((it) => !NO_ID.has(it), `another id than ${[...NO_ID].join(", ")}`),
);
const conditions = v.pipe(
  v.custom<Record<string, unknown>>((it) => typeof it === "object" && it !== null && !hasNoId(it), WHEN),
  v.record(v.string(), names("a list of verdicts"), WHEN),
);
const stepIds = names("a list of step ids");
const skillList = names("a list of skills");
const kinds = Object.keys(VERDICTS).filter((it): it is VerdictKind => Object.hasOwn(VERDICTS, it));

/** One step as it is written. */
export const StepKeys = v.object(
  {
    id: stepId,
    persona: v.optional(filled("a persona")),
    persona_from: v.optional(filled("a step id")),
    action: v.optional(v.picklist(["tool", "document"], "tool or document")),
    skills: v.optional(skillList),
    task: v.optional(text()),
    output: v.optional(v.pipe(v.string(SESSION_OUTPUT), v.check(isSessionOutput, SESSION_OUTPUT))),
    reads: v.optional(insidePaths("a list of session files")),
    needs: v.optional(stepIds),
    when: v.optional(conditions),
    mutates: v.optional(v.boolean("true or false")),
    gate: v.optional(v.literal("person", "person")),
    expand: v.optional(filled("a step id")),
    rework: v.optional(
      v.object(
        { verdict: filled("a verdict"), back_to: filled("a step id"), limit: v.optional(count(1, 100)) },
        "the keys verdict and back_to",
      ),
    ),
    verdicts: v.optional(v.picklist(kinds, `one of ${kinds.join(", ")}`)),
    skipped_as: v.optional(filled("a verdict")),
    agent: v.optional(filled("an agent")),
    model: v.optional(filled("a model")),
    max_tool_calls: v.optional(count(1, 1_000_000)),
    touches: v.optional(insidePaths("a list of globs")),
  },
  "the keys of a step, such as id and persona",
);
export type StepKeys = v.InferOutput<typeof StepKeys>;

/** The front matter of a workflow's file: a graph of steps, or a roster whose members take turns. */
export const WorkflowKeys = v.object({
  name: v.optional(text()),
  description: v.optional(text()),
  steps: v.optional(
    v.pipe(
      v.array(StepKeys, "a list of steps"),
      v.minLength(1, "at least one step"),
      v.maxLength(STEP_LIMIT, `at most ${String(STEP_LIMIT)} steps`),
    ),
  ),
  personas: v.optional(v.pipe(texts("a list of personas"), v.minLength(1, "at least one persona"))),
  parallelism: v.optional(count(1, 4)),
  max_cycles: v.optional(count(1, 1000)),
});

function hasNoId(value: object): boolean {
  return Object.keys(value).some((key) => NO_ID.has(key));
}
