import { lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentAdapter, AgentEvent, AgentSummary } from "../agents/adapter.ts";
import { AGENTS } from "../agents/agents.ts";
import { EMPTY_SUMMARY, summarise } from "../agents/summarise.ts";
import { formatActivityLine, formatSession, parseSession } from "../board/session-file.ts";
import { appendFile, writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { TAIL_START, type TailCursor, tailLines } from "../process/tail-lines.ts";
import { type Activity, addLine, countLines, emptyActivity, linesOf, readActivity, type Stream } from "./activity.ts";
import { readRegularFile } from "./board-file.ts";
import { describeEvent } from "./describe-event.ts";
import { type RunFacts, readRunFacts } from "./run-facts.ts";
import { runningSession } from "./session-record.ts";
import { isBoardCheckedOut } from "./withdraw-sessions.ts";
import type { World } from "./world.ts";

// At most this much of a stream in one go, so that a torrent of one run does not keep the others waiting.
const TURN_BYTES = 256 * 1024;
// What a tool printed comes as one line; an agent that answers has its result in one, too.
const LINE_BYTES = 16 * 1024 * 1024;

/**
 * Appends what these runs, as they were just read, have said since the last call to their session files, one line an event.
 * Nothing is remembered that the file does not hold: after a restart the output is read from its beginning and as many lines
 * are passed over as are there already, so that none is lost and none comes twice. A file that is not as it was left is
 * written anew from the output. While another branch is checked out nothing is written; it is caught up with later. True
 * when something was said that may end a run: money, an answer, a tool call over its cap.
 */
export function syncSessions(world: World, runs: readonly RunRecord[]): boolean {
  const following = followingOf(world);
  const wanted = new Set(runs.map(({ runId }) => runId));
  for (const runId of following.keys()) if (!wanted.has(runId)) following.delete(runId);
  if (wanted.size === 0 || !isBoardCheckedOut(world)) return false;
  let isNews = false;
  for (const run of runs) {
    const facts = readRunFacts(run.record);
    const adapter = AGENTS.get(facts?.adapter ?? "");
    if (facts === null || facts.kind !== "step" || adapter === undefined) continue;
    try {
      const it = following.get(run.runId) ?? takeUp(world, facts, run);
      if (it === null || it.isFinishing) continue;
      following.set(run.runId, it);
      if (run.stdoutBytes > it.cursors.stdout.offset || run.stderrBytes > it.cursors.stderr.offset) {
        follow(world, adapter, it, run, { isOver: false });
        isNews ||= it.isNews;
        it.isNews = false;
      }
    } catch (error) {
      // Looked at anew next time, from what is on disk by then.
      following.delete(run.runId);
      world.log.warn({ runId: run.runId, error: String(error) }, "cannot write the session of a run yet");
    }
  }
  return isNews;
}

/**
 * Follows a run that is over to its last byte; what it said, line by line and summed up. Others get their turn in between:
 * one run may have said a great deal.
 */
export async function finishActivity(
  world: World,
  run: RunRecord,
  facts: RunFacts,
  adapter: AgentAdapter | undefined,
): Promise<{ activity: readonly string[]; summary: AgentSummary }> {
  const following = followingOf(world);
  const it = following.get(run.runId) ?? takeUp(world, facts, run);
  if (it === null || adapter === undefined) return { activity: [], summary: EMPTY_SUMMARY };
  it.isFinishing = true;
  following.set(run.runId, it);
  try {
    while (follow(world, adapter, it, run, { isOver: true })) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    following.delete(run.runId);
  }
  return { activity: linesOf(it.activity), summary: it.summary };
}

// A cache only: what it holds is derived from the session file and the spool.
const FOLLOWING = new WeakMap<object, Map<string, Following>>();

function followingOf({ boardRepo }: World): Map<string, Following> {
  const known = FOLLOWING.get(boardRepo) ?? new Map<string, Following>();
  FOLLOWING.set(boardRepo, known);
  return known;
}

type Following = {
  path: string;
  header: string;
  activity: Activity;
  summary: AgentSummary;
  cursors: Record<Stream, TailCursor>;
  /** Lines that the file holds already, of those that the output gives again. */
  skip: Record<Stream, number>;
  /** Size of the file as we left it. */
  fileBytes: number;
  toolCap: number | null;
  /** It said something that may end it, and nobody was told yet. */
  isNews: boolean;
  /** Its end is being written: nobody else follows it. */
  isFinishing: boolean;
};

/** True: there is more to read. */
function follow(
  world: World,
  adapter: AgentAdapter,
  it: Following,
  run: RunRecord,
  { isOver }: { isOver: boolean },
): boolean {
  const said: string[] = [];
  let isCompacted = false;
  let isMore = false;
  for (const stream of ["stdout", "stderr"] as const) {
    const limits = { maxBytes: TURN_BYTES, maxLineBytes: LINE_BYTES, atEnd: isOver };
    const tail = tailLines(join(run.runDir, stream), it.cursors[stream], limits);
    it.cursors[stream] = tail.cursor;
    isMore ||= tail.isMore;
    const events = tail.lines.flatMap((line) => adapter.parseLine(line, stream));
    it.summary = summarise(adapter, it.summary, events);
    it.isNews ||= events.some((event) => isNewsFor(it, event));
    for (const text of unknownLines(it, events, stream)) {
      const line = formatActivityLine(world.clock(), text);
      isCompacted = addLine(it.activity, line) || isCompacted;
      said.push(line);
    }
  }
  if (said.length > 0) write(it, said, isCompacted);
  return isMore;
}

function isNewsFor({ toolCap, summary }: Following, event: AgentEvent): boolean {
  if (event.kind === "tool") return toolCap !== null && summary.toolCalls > toolCap;
  return event.kind === "usage" || (event.kind === "result" && !event.isError);
}

function unknownLines(it: Following, events: readonly AgentEvent[], stream: Stream): string[] {
  const lines = events.flatMap((event) => describeEvent(event, stream) ?? []);
  const known = Math.min(it.skip[stream], lines.length);
  it.skip[stream] -= known;
  return lines.slice(known);
}

function write(it: Following, said: readonly string[], isCompacted: boolean): void {
  const file = lstatSync(it.path, { throwIfNoEntry: false });
  const isAsLeft = file?.isFile() === true && file.size === it.fileBytes;
  failpoint("apply.sync.before-append");
  if (isCompacted || !isAsLeft) writeWhole(it);
  else {
    const text = said.map((line) => `${line}\n`).join("");
    appendFile(it.path, text);
    it.fileBytes += Buffer.byteLength(text);
  }
  failpoint("apply.sync.after-append");
}

/** Where a daemon begins that has not followed this run yet; null when the session file has its end already. */
function takeUp(world: World, facts: RunFacts, run: RunRecord): Following | null {
  const path = join(world.boardRoot, facts.sessionPath);
  const bytes = readRegularFile(path) ?? Buffer.alloc(0);
  const { session } = parseSession(facts.sessionPath, facts.taskId, bytes);
  if (session?.runId === run.runId && session.state !== "running") return null;
  const header = formatSession(runningSession(facts, run.runId), "", []);
  // A line that a crash cut short is not there; the output gives it again.
  const text = bytes.toString("utf8", 0, bytes.lastIndexOf("\n") + 1);
  const known = text.startsWith(header) ? readActivity(text.slice(header.length)) : null;
  const activity = known ?? emptyActivity();
  const it: Following = {
    path,
    header,
    activity,
    summary: { ...EMPTY_SUMMARY, before: facts.usedBefore ?? EMPTY_SUMMARY.before },
    cursors: { stdout: TAIL_START, stderr: TAIL_START },
    skip: countLines(activity),
    fileBytes: bytes.length,
    toolCap: facts.caps.toolCalls,
    isNews: false,
    isFinishing: false,
  };
  if (known === null || Buffer.byteLength(text) !== bytes.length) writeWhole(it);
  return it;
}

function writeWhole(it: Following): void {
  const text = `${it.header}${linesOf(it.activity)
    .map((line) => `${line}\n`)
    .join("")}`;
  mkdirSync(dirname(it.path), { recursive: true });
  writeFileDurably(it.path, text, { isSynced: false });
  it.fileBytes = Buffer.byteLength(text);
}
