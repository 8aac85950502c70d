import * as v from "valibot";
import { parseInstant } from "./instant.ts";
import { filled } from "./schema-parts.ts";
import { FAILURE_CLASSES, type Session } from "./session.ts";
import { SEVERITIES } from "./verdict-kind.ts";

const STATES = ["running", "done", "failed", "stopped"] as const;

const whole = v.pipe(v.number("a whole number"), v.integer("a whole number"));
const amount = v.pipe(v.number("a number of 0 or more"), v.minValue(0, "a number of 0 or more"));
const instant = v.pipe(
  v.string("an instant such as 2026-11-20T10:00:00Z"),
  v.check((it) => parseInstant(it) !== null, "an instant such as 2026-11-20T10:00:00Z"),
  v.transform((it) => parseInstant(it) ?? 0),
);

const words = v.array(v.string("text"), "a list of texts");

const FindingKeys = v.object({
  title: v.string("text"),
  file: v.nullable(v.string("a file")),
  line: v.nullable(whole),
  severity: v.picklist(SEVERITIES, `one of ${SEVERITIES.join(", ")}`),
  why: v.string("text"),
  fix: v.string("text"),
  sources: words,
});

/** The front matter of a session file. Only the daemon writes it, but a person or a merge may have been at it. */
export const SessionKeys = v.object({
  step: v.optional(filled("a step")),
  persona: v.optional(filled("a persona")),
  persona_sha: v.optional(filled("a blob id")),
  agent: v.optional(filled("an agent")),
  model: v.optional(filled("a model")),
  slot: v.optional(filled("a slot")),
  of: v.optional(filled("a step")),
  attempt: v.optional(whole, 0),
  run: v.optional(filled("a run id")),
  state: v.picklist(STATES, `one of ${STATES.join(", ")}`),
  verdict: v.optional(filled("a verdict")),
  failure: v.optional(v.picklist(FAILURE_CLASSES, `one of ${FAILURE_CLASSES.join(", ")}`)),
  reason: v.optional(v.string("text")),
  retries: v.optional(whole, 0),
  reworks: v.optional(whole, 0),
  started: v.optional(instant),
  finished: v.optional(instant),
  exit: v.optional(whole),
  start_commit: v.optional(filled("a commit")),
  branched_from: v.optional(filled("a commit")),
  commit: v.optional(filled("a commit")),
  merged_as: v.optional(filled("a commit")),
  touched: v.optional(words),
  cost_usd: v.optional(v.union([amount, v.literal("unknown")], "a number of US dollars, or unknown"), "unknown"),
  cost_at_least_usd: v.optional(amount),
  tokens: v.optional(v.object({ input: amount, output: amount, cached: amount }, "{ input, output, cached }")),
  earlier_usd: v.optional(amount),
  earlier_unknown: v.optional(whole),
  tokens_before: v.optional(v.object({ input: amount, output: amount, cached: amount }, "{ input, output, cached }")),
  conversation: v.optional(filled("the id of a conversation")),
  reset_at: v.optional(instant),
  sandbox: v.optional(filled("a sandbox")),
  parked: v.optional(
    v.record(filled("an agent"), v.union([v.literal("settings"), instant], "an instant, or settings")),
  ),
  after: v.optional(counts("the attempts of steps")),
  target: v.optional(filled("a target")),
  args: v.optional(v.array(v.string("text"), "a list of arguments")),
  // Whatever it is: the steps themselves stand in the message.
  dispatch: v.optional(v.unknown()),
  findings: v.optional(v.array(FindingKeys, "a list of findings")),
  question: v.optional(filled("a question")),
  answered: v.optional(v.string("text")),
  cause: v.optional(filled("a cause")),
  prompt: v.optional(counts("the bytes of parts")),
  tool_calls: v.optional(whole, 0),
  settings: v.optional(filled("a blob id")),
  paused_board: v.optional(v.boolean("true or false"), false),
});

type Keys = v.InferOutput<typeof SessionKeys>;

/** The facts as the rest of the program knows them. The task is the folder's name, whatever the file says. */
export function sessionOf(path: string, taskId: string, keys: Keys): Session {
  return {
    path,
    taskId,
    step: keys.step ?? path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, ""),
    persona: keys.persona ?? null,
    personaSha: keys.persona_sha ?? null,
    agent: keys.agent ?? null,
    model: keys.model ?? null,
    slot: keys.slot ?? null,
    attempt: keys.attempt,
    runId: keys.run ?? null,
    state: keys.state,
    verdict: keys.verdict ?? null,
    failure: keys.failure ?? null,
    reason: keys.reason ?? null,
    retries: keys.retries,
    reworks: keys.reworks,
    startedAt: keys.started ?? null,
    finishedAt: keys.finished ?? null,
    exitCode: keys.exit ?? null,
    startSha: keys.start_commit ?? null,
    branchedFrom: keys.branched_from ?? null,
    commitSha: keys.commit ?? null,
    mergedAs: keys.merged_as ?? null,
    costUsd: keys.cost_usd === "unknown" ? null : keys.cost_usd,
    leastUsd: keys.cost_at_least_usd ?? 0,
    tokens: keys.tokens ?? null,
    tokensBefore: keys.tokens_before ?? null,
    conversation: keys.conversation ?? null,
    resetAt: keys.reset_at ?? null,
    sandbox: keys.sandbox ?? null,
    earlierUsd: keys.earlier_usd ?? 0,
    earlierUnknown: Math.max(0, keys.earlier_unknown ?? 0),
    ...(keys.of === undefined ? {} : { of: keys.of }),
    ...(keys.cause === undefined ? {} : { cause: keys.cause }),
    ...(keys.parked === undefined ? {} : { parked: keys.parked }),
    ...ofWorkflow(keys),
    toolCalls: keys.tool_calls,
    settingsBlob: keys.settings ?? null,
    pausedBoard: keys.paused_board,
  };
}

// Most sessions have none of these, and none of them is what an absent key would stand for.
function ofWorkflow(keys: Keys): Partial<Session> {
  const { touched, after, target, args, dispatch, findings, question, answered, prompt } = keys;
  return {
    ...(touched === undefined ? {} : { touched }),
    ...(after === undefined ? {} : { after }),
    ...(target === undefined ? {} : { target }),
    ...(args === undefined ? {} : { args }),
    ...(dispatch === undefined ? {} : { dispatch: [] }),
    ...(findings === undefined ? {} : { findings }),
    ...(question === undefined ? {} : { question }),
    ...(answered === undefined ? {} : { answered }),
    ...(prompt === undefined ? {} : { promptBytes: prompt }),
  };
}

// A record of the schema library would drop a step that is called `constructor`.
function counts(expected: string) {
  return v.custom<Record<string, number>>(
    (it) =>
      typeof it === "object" && it !== null && !Array.isArray(it) && Object.values(it).every(Number.isSafeInteger),
    expected,
  );
}
