import { type DecisionKind, formatDecisionLine } from "../board/decision-line.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { listKeptWhole } from "../git/kept-whole.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { type Conclusion, concludeRun } from "./conclude-run.ts";
import { attemptOf, describeEnd, describeSetup, noteInContext } from "./context.ts";
import { noteDecision } from "./decisions.ts";
import { endOf, setupTail } from "./end-of-run.ts";
import { isPassing } from "./is-passing.ts";
import { makeSubtasks } from "./make-subtasks.ts";
import { noteMissingLaunch } from "./note-launch.ts";
import { readOutcome, type SavedOutcome, saveOutcome } from "./outcome-file.ts";
import { isLooking, type RunFacts } from "./run-facts.ts";
import { keepWork, putBranchBack, type SavedWork, setWorkAside } from "./save-work.ts";
import { isFinished, runningSession, writeSession } from "./session-record.ts";
import { verdictOfStep } from "./step-verdict.ts";
import { findTampering, type Tampered, undoTampering } from "./tampering.ts";
import { touchedFiles } from "./touched-files.ts";
import type { World } from "./world.ts";
import { writePrompts } from "./write-prompts.ts";

/**
 * Ends a step: what it moved outside its branch is undone, its work kept (on the branch when it ended well or was stopped,
 * on a preserved ref when it failed or was lost), and its session file finished.
 */
export async function collectStep(world: World, run: RunRecord, facts: RunFacts, snapshot: Snapshot): Promise<void> {
  if (isFinished(world, facts, run.runId)) return;
  noteMissingLaunch(world, facts, snapshot);
  const end = await endOf(world, run, facts);
  const outcome = readOutcome(run.runDir) ?? (await fixOutcome(world, run, facts, { end, snapshot }));
  // Only after its work is safe: a branch that it made may be all that holds it.
  await undoTampering(world, facts, outcome.undo);
  if (outcome.putBack !== null) await putBranchBack(world, facts, outcome.putBack);
  noteEnd(world, run, facts, outcome);
  settleSaid(world, facts, outcome, snapshot);
  failpoint("apply.collect.before-session");
  writeSession(world, outcome.session, outcome.message, end.activity);
  failpoint("apply.collect.after-session");
}

async function fixOutcome(
  world: World,
  run: RunRecord,
  facts: RunFacts,
  { end, snapshot }: { end: Awaited<ReturnType<typeof endOf>>; snapshot: Snapshot },
): Promise<SavedOutcome> {
  const concluded = concludeRun(run, facts, end);
  const tampered = await findTampering(world, run, facts);
  const moved = tampered.what;
  const conclusion = moved.length === 0 ? concluded : asTampered(concluded, moved);
  const subject = `Save what ${facts.persona ?? facts.step} left uncommitted on ${facts.taskId}\n`;
  // One that was cut off, or whose provider refused, did nothing wrong: the next run goes on from what it left.
  const isFailed = conclusion.state === "failed" && conclusion.failure !== "overloaded";
  // Whoever only looks leaves nothing on the branch, and what it changed all the same is kept beside it.
  const isSetAside = isFailed || isLooking(facts);
  const leave = tampered.undo.flatMap(({ kind, name }) => (kind === "worktree" ? [name] : []));
  const save = isSetAside ? setWorkAside : keepWork;
  const work = await save(world, facts, { message: subject, leave });
  const touched = await touchedFiles(world, facts, work.tip);
  const outcome: SavedOutcome = {
    session: {
      ...runningSession(facts, run.runId),
      question: null,
      ...verdictOfStep(conclusion, facts, {
        tools: Object.keys(world.settings().tools),
        personas: snapshot.personas,
      }),
      // A failing set-up is nobody's fault but its own: the agent is not parked for it.
      ...(run.exit?.cause === "setup" ? { agent: null } : {}),
      finishedAt: world.clock(),
      exitCode: run.exit?.code ?? null,
      commitSha: isLooking(facts) ? facts.startSha : work.tip,
      ...(touched.length === 0 ? {} : { touched }),
      costUsd: end.costUsd,
      leastUsd: end.leastUsd,
      tokens: end.summary.tokens,
      model: end.summary.model ?? facts.model,
      conversation: end.summary.sessionId,
      resetAt: conclusion.resetAt,
      toolCalls: end.summary.toolCalls,
    },
    message: messageOf(conclusion, work, {
      isLooking: isLooking(facts) && conclusion.state === "done",
      ...tampered,
      keptWhole: listKeptWhole(world.codeRepo, facts.taskId),
    }),
    putBack: isLooking(facts) ? null : work.putBack,
    undo: tampered.undo,
  };
  failpoint("apply.collect.before-outcome");
  const isRepeatable =
    (work.putBack === null || isLooking(facts)) &&
    work.leftovers.length + work.preserved.length + tampered.undo.length === 0;
  saveOutcome(run.runDir, outcome, { isRepeatable });
  failpoint("apply.collect.after-outcome");
  return outcome;
}

/** What follows from the message of a step that is done, besides its session file. All of it may be done again. */
function settleSaid(world: World, facts: RunFacts, { session, message }: SavedOutcome, snapshot: Snapshot): void {
  if (session.state !== "done") return;
  const { step, attempt, verdict, question } = session;
  const kind = verdict === "decision" ? "question" : "result";
  const text = kind === "question" ? (question ?? "") : (verdict ?? "done");
  if (facts.work !== undefined || kind === "question" || facts.cause === "answer") {
    noteDecision(
      world,
      facts.taskId,
      formatDecisionLine({ at: session.finishedAt ?? world.clock(), step, attempt, kind, text }),
    );
  }
  orTold(world, facts, "rework", "the prompts of its findings", () => writePrompts(world, session));
  orTold(world, facts, "subtasks", "what it proposes", () => makeSubtasks(world, facts, message, snapshot));
}

// Whatever an agent wrote, its step comes to an end: what cannot be made of it is a line for people.
function orTold(world: World, facts: RunFacts, kind: DecisionKind, what: string, make: () => void): void {
  const { taskId, step, attempt } = facts;
  try {
    make();
  } catch (error) {
    if (isPassing(error)) throw error;
    world.log.error({ taskId, step, err: error }, "what a message asks for cannot be made");
    const text = `${what} could not be made into files: ${error instanceof Error ? error.message : String(error)}`;
    noteDecision(world, taskId, formatDecisionLine({ at: world.clock(), step, attempt, kind, text }));
  }
}

function noteEnd(world: World, run: RunRecord, facts: RunFacts, { session }: SavedOutcome): void {
  const setup = setupTail(run);
  if (setup !== "") noteInContext(world, facts.taskId, describeSetup(attemptOf(facts), setup));
  noteInContext(world, facts.taskId, describeEnd(`End of attempt ${attemptOf(facts)}`, session));
}

function asTampered(concluded: Conclusion, moved: readonly string[]): Conclusion {
  const reason = `it changed the repository outside its branch: ${moved.join("; ")}`;
  return { ...concluded, state: "failed", failure: "agent", reason };
}

function messageOf(
  { message, reason, state }: Conclusion,
  work: SavedWork,
  { what, kept, notes: said, keptWhole, isLooking }: Tampered & { keptWhole: readonly string[]; isLooking: boolean },
): string {
  const notes = [
    state === "done" || reason === null ? "" : `The run ended as ${state}: ${reason}.`,
    isLooking && work.preserved.length > 0
      ? "It changed files, which a step that only reads may not: they are not used."
      : "",
    ...what.map((it) => `Undone: ${it}.`),
    ...said,
    work.leftovers.length === 0 ? "" : `Committed by the daemon: ${list(work.leftovers)}.`,
    keptWhole.length === 0 ? "" : `What no commit can hold is kept as it was: ${list(keptWhole)}.`,
    ...[...kept, ...work.preserved].map(
      (ref) => `Its work is kept: \`git log ${ref}\`, \`git checkout -b <name> ${ref}\`.`,
    ),
  ].filter((it) => it !== "");
  return [message.trim(), notes.join("\n")].filter((it) => it !== "").join("\n\n");
}

const LISTED = 20;

function list(files: readonly string[]): string {
  const shown = files
    .slice(0, LISTED)
    .map((it) => `\`${it}\``)
    .join(", ");
  return files.length > LISTED ? `${shown} and ${files.length - LISTED} more` : shown;
}
