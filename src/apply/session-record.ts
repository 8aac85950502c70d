import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Persona } from "../board/persona.ts";
import type { Session } from "../board/session.ts";
import { formatSession, parseSession } from "../board/session-file.ts";
import { isSessionOutput } from "../board/session-output.ts";
import { blobSha, writeFileDurably } from "../files/durable.ts";
import { commitPaths } from "../git/commit-paths.ts";
import { showFile } from "../git/objects.ts";
import { readRegularFile } from "./board-file.ts";
import { rememberSession } from "./kept-sessions.ts";
import type { RunFacts } from "./run-facts.ts";
import { fullRef, type World } from "./world.ts";

/** The path of the one session file of a step, relative to the board root. */
export function sessionPathOf(taskId: string, step: string, persona: Persona | null, output?: string): string {
  const wanted = output ?? persona?.output ?? `${step}.md`;
  return `sessions/${taskId}/${isSessionOutput(wanted) ? wanted : `${persona?.id ?? step}.md`}`;
}

/** What the session file of a run says while it runs. */
export function runningSession(facts: RunFacts, runId: string): Session {
  return {
    path: facts.sessionPath,
    taskId: facts.taskId,
    step: facts.step,
    persona: facts.persona,
    personaSha: facts.personaSha,
    agent: facts.agent,
    model: facts.model,
    slot: facts.slot,
    attempt: facts.attempt,
    runId,
    state: "running",
    ...(facts.after === undefined ? {} : { after: facts.after }),
    verdict: null,
    failure: null,
    // If it never starts, the next run still knows why, what was asked, and how often the ones before were lost.
    cause: facts.cause === "first" ? null : facts.cause,
    question: facts.about?.question ?? null,
    answered: facts.answered ?? null,
    reason: facts.losses > 0 ? `lost ${facts.losses} times before` : (facts.about?.reason ?? null),
    retries: facts.retries,
    reworks: facts.reworks,
    startedAt: facts.startedAt,
    finishedAt: null,
    exitCode: null,
    startSha: facts.countFromSha === "" ? null : facts.countFromSha,
    branchedFrom: facts.branchedFrom ?? null,
    ...(facts.touched === undefined ? {} : { touched: facts.touched }),
    commitSha: null,
    costUsd: null,
    tokensBefore: facts.usedBefore ?? null,
    conversation: facts.resumed ?? null,
    sandbox: facts.sandbox ?? null,
    ...(facts.parked === undefined || Object.keys(facts.parked).length === 0 ? {} : { parked: facts.parked }),
    ...(facts.promptBytes === undefined ? {} : { promptBytes: facts.promptBytes }),
    earlierUsd: facts.earlierUsd ?? 0,
    earlierUnknown: facts.earlierUnknown ?? 0,
    toolCalls: 0,
    settingsBlob: facts.settingsBlob,
    pausedBoard: false,
  };
}

/**
 * Writes a session file whole. `isRepeatable`: it can be written again should a power cut take it, as the start of a run can
 * from its record; its end cannot.
 */
export function writeSession(
  world: World,
  session: Session,
  message: string,
  activity: readonly string[],
  { isRepeatable = session.state === "running" } = {},
): void {
  const path = join(world.boardRoot, session.path);
  mkdirSync(dirname(path), { recursive: true });
  const text = formatSession(session, message, activity);
  if (readRegularFile(path)?.toString("utf8") !== text) {
    writeFileDurably(path, text, { isSynced: !isRepeatable });
  }
  rememberSession(world, session.path, session.state === "running" ? null : text);
}

/** Whether the session file speaks of this run and of its end already: only the record was left to remove. */
export function isFinished(world: World, facts: RunFacts, runId: string): boolean {
  const bytes = readRegularFile(join(world.boardRoot, facts.sessionPath));
  if (bytes === null) return false;
  const { session } = parseSession(facts.sessionPath, facts.taskId, bytes);
  return session?.runId === runId && session.state !== "running";
}

/**
 * Commits a session file that is about to be replaced, unless the board branch has these bytes already. Codes: GIT_LOCKED;
 * REF_MOVED when the board is not checked out any more: then what is on disk is not of this branch.
 */
export async function keepEarlierSession(world: World, boardBranch: string, path: string): Promise<void> {
  const bytes = readRegularFile(join(world.boardRoot, path));
  if (bytes === null) return;
  const committed = await showFile(world.boardRepo, fullRef(boardBranch), path);
  const format = world.boardRepo.objectFormat;
  if (committed !== null && blobSha(committed, format) === blobSha(bytes, format)) return;
  await commitPaths(world.boardRepo, {
    ref: fullRef(boardBranch),
    changes: [{ path }],
    message: `Keep ${path} before the next attempt replaces it\n`,
    patienceMs: 5_000,
    mustBeCheckedOut: true,
  });
}
