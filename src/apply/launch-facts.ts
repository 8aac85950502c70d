import type { Tokens } from "../agents/adapter.ts";
import { answerLine, answerTo } from "../board/answers.ts";
import type { Persona } from "../board/persona.ts";
import type { Session } from "../board/session.ts";
import { countUnknownCosts, knownUsd } from "../board/session-cost.ts";
import type { Task } from "../board/task.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { agentOf } from "./agent-of-launch.ts";
import type { RunFacts } from "./run-facts.ts";
import { OUTPUT_LIMIT_BYTES } from "./run-id.ts";
import { sessionPathOf } from "./session-record.ts";
import type { TakenWorktree } from "./take-worktree.ts";
import type { World } from "./world.ts";

export type LaunchEffect = Extract<Effect, { kind: "launch" }>;

/**
 * `countFromSha`: what the branch was before the daemon itself changed it for this launch. `branchedFrom`: where it left the
 * base, as far as that is known.
 */
export type Taken = TakenWorktree & { countFromSha: string; branchedFrom: string | null };

/** Causes after which the same mind goes on with the same work. */
const GOES_ON: ReadonlySet<LaunchEffect["cause"]> = new Set(["stopped", "lost", "answer", "verdict"]);
/** Causes that are about what the run before said. */
const ABOUT_IT: ReadonlySet<LaunchEffect["cause"]> = new Set(["answer", "verdict"]);

/** What is recorded with the run of a step. `worktree` null: there is none, and nothing will run. */
export function launchFacts(
  world: World,
  it: { effect: LaunchEffect; snapshot: Snapshot; task: Task; persona: Persona | null; worktree: Taken | null },
): RunFacts {
  const { effect, snapshot, task, persona, worktree } = it;
  const settings = world.settings();
  const { work } = effect;
  const agent = agentOf(effect, settings);
  const taken = worktree ?? { path: "", branch: "", tip: "", hasConflict: false, countFromSha: "", branchedFrom: null };
  const sessionPath = sessionPathOf(task.id, effect.step, persona, work?.output);
  const earlier = snapshot.sessions.get(task.id)?.find(({ path }) => path === sessionPath);
  // What a stopped run had done stays on the branch and counts as work of this attempt.
  const isContinued = GOES_ON.has(effect.cause);
  const continuedFrom = isContinued && work?.mutates !== false ? (earlier?.startSha ?? null) : null;
  const slot = settings.slots.find(({ name }) => name === effect.slot) ?? null;
  const answer = effect.cause === "answer" ? (work === undefined ? answerTo(effect.step, task) : work.answer) : null;
  const wallMs = task.timeoutMs === "none" ? null : (task.timeoutMs ?? settings.timeoutMs);
  return {
    taskId: task.id,
    kind: "step",
    slot: effect.slot,
    step: effect.step,
    ...(work === undefined
      ? {}
      : { unit: effect.step, after: work.after, work: { verdicts: work.verdicts, mutates: work.mutates } }),
    attempt: effect.attempt,
    persona: effect.persona,
    personaSha: persona?.blobSha ?? null,
    agent: effect.agent,
    model:
      task.model ?? work?.model ?? ("problem" in agent ? null : agent.model) ?? slot?.model ?? persona?.model ?? null,
    adapter: "problem" in agent ? null : agent.adapter.id,
    startedAt: world.clock(),
    caps: {
      wallMs,
      outputBytes: OUTPUT_LIMIT_BYTES,
      toolCalls: work === undefined ? (persona?.maxToolCalls ?? null) : work.maxToolCalls,
      costUsd: effect.costCapUsd,
    },
    sessionPath,
    retries: effect.retries,
    reworks: effect.reworks,
    losses: effect.losses ?? 0,
    settingsBlob: snapshot.settingsBlob,
    worktree: taken.path,
    branch: taken.branch,
    startSha: taken.tip,
    countFromSha: continuedFrom ?? taken.countFromSha,
    branchedFrom: taken.branchedFrom,
    ...(earlier?.touched === undefined ? {} : { touched: earlier.touched }),
    cause: effect.cause,
    ...(earlier !== undefined && ABOUT_IT.has(effect.cause) ? { about: aboutOf(earlier) } : {}),
    ...(effect.cause === "answer" ? { answer } : {}),
    answered: answer === null ? (earlier?.answered ?? null) : answerLine(answer.text),
    ...(earlier === undefined ? {} : goOnFrom(earlier)),
    parked: effect.parked ?? {},
    fingerprint: null,
    copied: [],
    commands: [],
    nonce: null,
    merge: null,
  };
  function goOnFrom(session: Session): Pick<RunFacts, "resumed" | "usedBefore" | "earlierUsd" | "earlierUnknown"> {
    const costs = { earlierUsd: costOfDay(session, world.clock()), earlierUnknown: countUnknownCosts([session]) };
    if (!isContinued || !isSameMind(session)) return costs;
    return { ...costs, resumed: session.conversation ?? null, usedBefore: usedBy(session) };
  }

  // A conversation belongs to one agent with one account, and keeps the persona it began with.
  function isSameMind(session: Session): boolean {
    const homeOf = (name: string | null) => settings.slots.find((it) => it.name === name)?.home ?? null;
    return (
      session.conversation != null &&
      session.agent === effect.agent &&
      session.personaSha === (persona?.blobSha ?? null) &&
      homeOf(session.slot) === homeOf(effect.slot)
    );
  }
}

function aboutOf({ question, reason }: Session): NonNullable<RunFacts["about"]> {
  return { question: question ?? null, reason };
}

function usedBy({ tokens, tokensBefore }: Session): Tokens {
  const sum = (key: keyof Tokens): number => (tokens?.[key] ?? 0) + (tokensBefore?.[key] ?? 0);
  return { input: sum("input"), output: sum("output"), cached: sum("cached") };
}

// The file is about to be replaced, and with it what it says of today's money.
function costOfDay(session: Session, now: number): number {
  const { startedAt, finishedAt, earlierUsd = 0 } = session;
  const isToday = (at: number | null): boolean =>
    at !== null && new Date(at).toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  const usd = (isToday(startedAt) ? earlierUsd : 0) + (isToday(finishedAt) ? knownUsd(session) : 0);
  return Math.round(usd * 1e6) / 1e6;
}
