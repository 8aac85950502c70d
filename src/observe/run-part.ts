import { join } from "node:path";
import { costOf, knownCostOf, type PriceTable, SHIPPED_PRICES } from "../agents/prices.ts";
import type { Finding } from "../board/finding.ts";
import type { RunView, StopReason } from "../decide/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { type RunRecord, readRuns } from "../process/read-runs.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { noteOfRunId, type RunNote, readRunNote } from "./run-note.ts";
import { followOutput, newOutput, type Output } from "./run-output.ts";

/** What is remembered of runs between looks; all of it can be found again from the spool. */
export type RunPart = {
  readonly runsDir: string;
  readonly outputs: Map<string, Output>;
  readonly evidence: Map<string, Evidence>;
};

export type RunReading = {
  runs: readonly RunView[];
  findings: readonly Finding[];
  /** Session files of these runs: they grow until the run is collected. */
  livePaths: ReadonlySet<string>;
  taskIds: ReadonlySet<string>;
  /** The task that a run works for, by the full path of its worktree. */
  taskOfWorktree: ReadonlyMap<string, string>;
  /** When there is more to see without anything happening: output left unread, evidence due. */
  lookAgainAt: number | null;
};

export type RunContext = {
  repo: Repository;
  now: number;
  staleAfterMs: number | null;
  graceMs: number;
  /** Of the board; the shipped ones are known here. */
  prices: PriceTable | null;
};

const EVIDENCE_MS = 10_000;

export function createRunPart(runtimeDir: string): RunPart {
  return { runsDir: join(runtimeDir, "runs"), outputs: new Map(), evidence: new Map() };
}

/** Every recorded run with what its output and its worktree tell. */
export function readRunViews(part: RunPart, context: RunContext): RunReading {
  const records = readRuns(part.runsDir);
  const tables = context.prices === null ? [SHIPPED_PRICES] : [context.prices, SHIPPED_PRICES];
  forgetOthers(part, records);
  const found = { runs: [] as RunView[], findings: [] as Finding[] };
  const livePaths = new Set<string>();
  const taskOfWorktree = new Map<string, string>();
  const looks: number[] = [];
  for (const record of records) {
    const recorded = readRunNote(record.record);
    if (recorded === null) found.findings.push(damaged(record));
    const note = recorded ?? noteOfRunId(record.runId);
    if (note === null) continue;
    if (note.sessionPath !== null) livePaths.add(note.sessionPath);
    if (note.worktree !== null) taskOfWorktree.set(note.worktree, note.facts.taskId);
    const output = part.outputs.get(record.runId) ?? newOutput(note);
    part.outputs.set(record.runId, output);
    // At once, which is later than now: what is due already is no date.
    if (followOutput(output, record, note)) looks.push(context.now + 1);
    const evidence = updateEvidence(part, { record, note, isOver: output.isOver }, context, looks);
    found.runs.push(viewOf(record, note, { output, evidence, tables }));
  }
  const taskIds = new Set(found.runs.map((it) => it.taskId));
  return { ...found, livePaths, taskIds, taskOfWorktree, lookAgainAt: looks.length === 0 ? null : Math.min(...looks) };
}

type Seen = { output: Output; evidence: Evidence | null; tables: readonly PriceTable[] };

function viewOf(record: RunRecord, note: RunNote, { output, evidence, tables }: Seen): RunView {
  return {
    runId: record.runId,
    ...note.facts,
    state: record.state,
    exitCode: record.exit?.code ?? null,
    stop: record.stop === null ? null : { ...record.stop, reason: stopReason(record.stop.reason) },
    startedAt: record.startedAt,
    lastOutputAt: record.lastOutputAt,
    outputBytes: record.stdoutBytes + record.stderrBytes,
    toolCalls: output.toolCalls,
    isOver: output.isOver,
    costUsd: costOf(output.usage, note.model, tables),
    leastUsd: knownCostOf(output.usage, note.model, tables).usd,
    evidence: evidence?.view ?? null,
    lastLine: output.lastLine,
  };
}

// Only a silent run is looked into: half way to stale, or soon after its answer, and not more often than every ten seconds.
function updateEvidence(
  part: RunPart,
  { record, note, isOver }: { record: RunRecord; note: RunNote; isOver: boolean },
  { repo, now, staleAfterMs, graceMs }: RunContext,
  looks: number[],
): Evidence | null {
  const previous = part.evidence.get(record.runId) ?? null;
  const afterMs = Math.min(isOver ? graceMs : Number.POSITIVE_INFINITY, (staleAfterMs ?? Number.POSITIVE_INFINITY) / 2);
  if (record.state !== "running" || !Number.isFinite(afterMs)) return previous;
  const silentSince = Math.max(record.startedAt, record.lastOutputAt ?? 0);
  const everyMs = Math.min(EVIDENCE_MS, Math.max(250, isOver ? afterMs / 2 : afterMs / 4));
  const dueAt = Math.max(silentSince + afterMs, (previous?.gatheredAt ?? 0) + everyMs);
  if (dueAt > now) {
    // Only the first look needs a date: it is what the later ones are compared with.
    if (previous === null) looks.push(dueAt);
    return previous;
  }
  const evidence = gatherEvidence(repo, { ...note, identity: record.identity, isOver }, previous, now);
  part.evidence.set(record.runId, evidence);
  return evidence;
}

function forgetOthers(part: RunPart, records: readonly RunRecord[]): void {
  const known = new Set(records.map((it) => it.runId));
  for (const cache of [part.outputs, part.evidence]) {
    for (const runId of cache.keys()) if (!known.has(runId)) cache.delete(runId);
  }
}

const REASONS: readonly string[] = [
  "person",
  "timeout",
  "output",
  "tool-calls",
  "budget",
  "stale",
  "lingering",
  "shutdown",
] satisfies StopReason[];

// A reason nobody knows was not given by the daemon: then a person gave it.
function stopReason(reason: string): StopReason {
  return REASONS.includes(reason) ? (reason as StopReason) : "person";
}

function damaged({ runId }: RunRecord): Finding {
  return {
    path: `runs/${runId}`,
    line: null,
    severity: "warning",
    code: "RUN_BROKEN",
    message: `the record of run ${runId} cannot be read`,
    hint: "It is no task's any more; remove its folder in the runtime directory.",
  };
}
