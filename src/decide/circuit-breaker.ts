import { REVIEW_STEP } from "../board/review-claim.ts";
import type { FailureClass, Session } from "../board/session.ts";
import type { ActiveBoard, Board } from "./board-index.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, type Plan } from "./plan.ts";

/** So many tasks in a row with the same failure are no accident. */
const SAME_FAILURES = 3;
/** Nobody's fault, or looked after elsewhere: an agent whose provider refuses is parked, and burns nothing. */
const HARMLESS: ReadonlySet<FailureClass> = new Set(["stopped", "budget", "overloaded"]);
const NAMES_LENGTH = 150;
const SETTINGS_PATH = "board/board.md";

export type BrokenToolchain = { reason: string; session: Session };

/** The failure that the last three tasks share, with the session that was the third; null while all is well. */
export function brokenToolchain(board: Board): BrokenToolchain | null {
  const newest = newestResults(board);
  const [last] = newest;
  if (last === undefined || newest.length < SAME_FAILURES) return null;
  const isSame = newest.every(
    (it) => it.state === "failed" && it.failure === last.failure && it.reason === last.reason && !it.pausedBoard,
  );
  if (!isSame || last.failure === null || HARMLESS.has(last.failure)) return null;
  // Long names must leave room for what failed.
  const tasks = oneLine(
    newest
      .map(({ taskId }) => taskId)
      .toSorted()
      .join(", "),
    NAMES_LENGTH,
  );
  return { reason: oneLine(`the same failure on ${tasks}: ${whatOf(last)}`), session: last };
}

/** Pauses the board when three tasks in a row failed in the same way: a broken toolchain must not burn money all night. */
export function decidePause(board: ActiveBoard, breaker: BrokenToolchain | null, plan: Plan): void {
  const blob = board.snapshot.settingsBlob;
  const isBroken = board.snapshot.findings.some((it) => it.path === SETTINGS_PATH && it.severity === "error");
  if (isBroken) return;
  if (board.settings.paused !== false) return markMore(board, plan);
  if (breaker === null) return;
  addEdit(plan, {
    kind: "edit",
    intent: "pause-board",
    taskId: null,
    path: SETTINGS_PATH,
    expectBlob: blob,
    toLane: null,
    set: [["paused", breaker.reason]],
    subject: "Pause the board: the same failure on three tasks in a row",
    trailers: [["Task", breaker.session.taskId]],
    notice: { event: "paused", taskId: null, message: breaker.reason },
    marksSessions: sameFailures(board, isLike(breaker.session)),
  });
}

// Whatever was running when the board was paused fails in the same way meanwhile: unmarked it would pause the board again as
// soon as a person lets it go on, before anything was tried. A kill between the pause and its marks leaves the same, and then
// only the words tell.
function markMore(board: ActiveBoard, plan: Plan): void {
  const { paused } = board.settings;
  const [start = null] = (typeof paused === "string" ? /^the same failure on [^:]+: /.exec(paused) : null) ?? [];
  const marked = [...board.snapshot.sessions.values()].flat().filter((it) => it.pausedBoard);
  const kinds = new Set(marked.map(kindOf));
  const marksSessions = sameFailures(
    board,
    (it) => kinds.has(kindOf(it)) || (start !== null && it.failure !== null && oneLine(start + whatOf(it)) === paused),
  );
  if (marksSessions.length === 0) return;
  addEdit(plan, {
    kind: "edit",
    intent: "mark-failures",
    taskId: null,
    path: SETTINGS_PATH,
    expectBlob: board.snapshot.settingsBlob,
    toLane: null,
    set: [],
    subject: "Note more of the failure that paused the board",
    trailers: [],
    notice: null,
    marksSessions,
  });
}

// The words of the pause alone do not tell: a person may have put theirs.
function kindOf({ failure, reason }: Session): string {
  return JSON.stringify([failure, reason]);
}

function whatOf({ reason, failure }: Session): string {
  return reason ?? `a failure of class ${failure}`;
}

function isLike({ failure, reason }: Session): (it: Session) => boolean {
  return (it) => it.failure === failure && it.reason === reason;
}

// All of them, however many, and of each task all steps that found it out: of one that is tried again the end is open, and
// then the others must not count anew.
function sameFailures({ snapshot }: Board, isLikeIt: (it: Session) => boolean): string[] {
  const isSame = (it: Session): boolean => it.state === "failed" && isLikeIt(it);
  return [...snapshot.sessions.values()]
    .flatMap((sessions) => {
      const last = lastResult(sessions);
      return last !== null && isSame(last) ? sessions.filter((it) => isSame(it) && !it.pausedBoard) : [];
    })
    .map(({ path }) => path)
    .toSorted();
}

// What counts is how each task ended last; of its step and its checks that is the later one.
function newestResults(board: Board): readonly Session[] {
  const newest: Session[] = [];
  for (const sessions of board.snapshot.sessions.values()) {
    const last = lastResult(sessions);
    if (last === null) continue;
    const oldest = newest[SAME_FAILURES - 1];
    if (oldest !== undefined && newerFirst(oldest, last) < 0) continue;
    newest.push(last);
    newest.sort(newerFirst);
    if (newest.length > SAME_FAILURES) newest.pop();
  }
  return newest;
}

function lastResult(sessions: readonly Session[]): Session | null {
  let last: Session | null = null;
  for (const session of sessions) {
    // What is wrong with a reviewer stops nothing else.
    const { step } = session;
    if (step === "merge" || step === "restack" || step === REVIEW_STEP || session.finishedAt === null) continue;
    if (session.state !== "done" && session.state !== "failed") continue;
    if (last === null || session.finishedAt > (last.finishedAt ?? 0)) last = session;
    else if (session.finishedAt === last.finishedAt && newerFirst(session, last) < 0) last = session;
  }
  return last;
}

// Of one instant, checks come after the step they look at.
function newerFirst(a: Session, b: Session): number {
  const byTime = (b.finishedAt ?? 0) - (a.finishedAt ?? 0);
  if (byTime !== 0) return byTime;
  if (a.taskId !== b.taskId) return a.taskId < b.taskId ? -1 : 1;
  return Number(b.step === "checks") - Number(a.step === "checks");
}
