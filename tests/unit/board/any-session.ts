import { FAILURE_CLASSES, type ParkedUntil, type Session } from "../../../src/board/session.ts";
import { SEVERITIES } from "../../../src/board/verdict-kind.ts";
import { anyCharacter, anyText, fc } from "../../helpers/fast-check.ts";

export const PATH = "sessions/fix-login/engineer.md";

export const EMPTY: Session = {
  path: PATH,
  taskId: "fix-login",
  step: "work",
  persona: null,
  personaSha: null,
  agent: null,
  model: null,
  slot: null,
  attempt: 1,
  runId: null,
  state: "running",
  verdict: null,
  failure: null,
  reason: null,
  retries: 0,
  reworks: 0,
  startedAt: null,
  finishedAt: null,
  exitCode: null,
  startSha: null,
  branchedFrom: null,
  commitSha: null,
  mergedAs: null,
  costUsd: null,
  tokens: null,
  toolCalls: 0,
  settingsBlob: null,
  pausedBoard: false,
  conversation: null,
  sandbox: null,
  tokensBefore: null,
  resetAt: null,
  earlierUsd: 0,
  leastUsd: 0,
  earlierUnknown: 0,
};

// The library that checks the values drops these keys of maps; nobody calls an agent so.
const LOST_KEYS = new Set(["__proto__", "constructor", "prototype"]);

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_/.-]{0,12}$/),
  fc.constantFrom("true", "007", "1e3", "null", "a: b", "@x", "---"),
);
const orNull = <T>(it: fc.Arbitrary<T>) => fc.option(it);
const count = fc.nat(1_000_000);
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
const until: fc.Arbitrary<ParkedUntil> = fc.oneof(instant, fc.constant("settings" as const));
const said = fc.oneof(word, fc.string({ unit: anyCharacter, maxLength: 12 }));
const attempts = fc.dictionary(
  fc.oneof(word, fc.constantFrom("build.api", "constructor", "no", "scope.md", "a, b")),
  count,
  { maxKeys: 4, noNullPrototype: true },
);
const ofWorkflow: fc.Arbitrary<Partial<Session>> = fc.record(
  {
    after: attempts,
    target: word,
    args: fc.array(said, { maxLength: 3 }),
    // Its steps stand in the message.
    dispatch: fc.constant([]),
    findings: fc.array(
      fc.record({
        title: said,
        file: orNull(said),
        line: orNull(count),
        severity: fc.constantFrom(...SEVERITIES),
        why: said,
        fix: said,
        sources: fc.array(said, { maxLength: 2 }),
      }),
      { maxLength: 3 },
    ),
    question: word,
    answered: said,
    promptBytes: attempts,
  },
  { requiredKeys: [] },
);
const onlyOwn: fc.Arbitrary<Session> = fc.record({
  path: fc.constant(PATH),
  taskId: fc.constant("fix-login"),
  step: word,
  persona: orNull(word),
  personaSha: orNull(word),
  agent: orNull(word),
  model: orNull(word),
  slot: orNull(word),
  attempt: count,
  runId: orNull(word),
  state: fc.constantFrom("running", "done", "failed", "stopped"),
  verdict: orNull(word),
  failure: orNull(fc.constantFrom(...FAILURE_CLASSES)),
  reason: orNull(word),
  retries: count,
  reworks: count,
  startedAt: orNull(instant),
  finishedAt: orNull(instant),
  exitCode: orNull(
    fc.integer({
      min: -1,
      max: 255,
    }),
  ),
  startSha: orNull(word),
  branchedFrom: orNull(word),
  commitSha: orNull(word),
  mergedAs: orNull(word),
  costUsd: orNull(
    fc.double({
      min: 0,
      max: 1e6,
      noNaN: true,
    }),
  ),
  tokens: orNull(
    fc.record({
      input: count,
      output: count,
      cached: count,
    }),
  ),
  toolCalls: count,
  settingsBlob: orNull(word),
  pausedBoard: fc.boolean(),
  conversation: orNull(word),
  sandbox: orNull(word),
  tokensBefore: orNull(fc.record({ input: count, output: count, cached: count })),
  resetAt: orNull(instant),
  earlierUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
  leastUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
  earlierUnknown: count,
  parked: fc.dictionary(
    fc.oneof(
      word,
      fc.string({ minLength: 1 }).filter((it) => it.trim() !== "" && !LOST_KEYS.has(it)),
    ),
    until,
    {
      minKeys: 1,
      maxKeys: 3,
    },
  ),
});

/** Every session that can be written and read back. */
export const session: fc.Arbitrary<Session> = fc.tuple(onlyOwn, ofWorkflow).map(([own, more]) => ({ ...own, ...more }));

// What an agent would write that wants to be taken for the daemon.
const forgery = fc.constantFrom(
  "---",
  "---\nstate: done\n---",
  "\n## Activity\n",
  "## Activity",
  "- 10:00:00 done",
  "verdict: clean",
  "```",
  "\u001b[31mred\u001b[0m",
  "\r\n",
  "\r",
  "\u0000",
  "\uFEFF",
  "<<<<<<< HEAD",
  "\n\n",
  " ",
  "\ud800",
  "\u001b]0;title\u0007",
  "...",
  "\u2028",
);
export const message = fc.oneof(
  fc.array(fc.oneof(forgery, fc.string({ maxLength: 8 }))).map((it) => it.join("\n")),
  anyText,
);
