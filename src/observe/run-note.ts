import type { Tokens } from "../agents/adapter.ts";
import type { RunKind, RunView } from "../decide/snapshot.ts";

/** What the record of a run says of it: written when the run started, read back by whoever looks later. */
export type RunNote = {
  /** What goes into the snapshot as it is. */
  facts: Pick<
    RunView,
    "kind" | "taskId" | "with" | "slot" | "step" | "unit" | "persona" | "agent" | "attempt" | "caps" | "sandbox"
  >;
  adapter: string | null;
  /** The model that was asked for. */
  model: string | null;
  /** What the conversation that it goes on with had used up; null: it began one, or it is not known. */
  usedBefore: Tokens | null;
  /** Relative to the board root. */
  sessionPath: string | null;
  /** Full path. */
  worktree: string | null;
  /** Full ref of the task's branch. */
  branch: string | null;
};

const KINDS: readonly string[] = ["step", "checks", "merge"] satisfies RunKind[];

/** Reads the record of a run; null when it is damaged or somebody else's. */
export function readRunNote(record: unknown): RunNote | null {
  if (typeof record !== "object" || record === null) return null;
  const { kind, taskId, step, attempt, ...rest } = record as Partial<Record<string, unknown>>;
  if (!isKind(kind) || typeof taskId !== "string" || typeof step !== "string" || typeof attempt !== "number")
    return null;
  const caps = (typeof rest["caps"] === "object" && rest["caps"] !== null ? rest["caps"] : {}) as Partial<
    Record<string, unknown>
  >;
  const facts = {
    kind,
    taskId,
    ...batchOf(rest["merge"]),
    step,
    unit: textOf(rest["unit"]),
    attempt,
    slot: textOf(rest["slot"]),
    persona: textOf(rest["persona"]),
    agent: textOf(rest["agent"]),
    caps: {
      wallMs: numberOf(caps["wallMs"]),
      outputBytes: numberOf(caps["outputBytes"]) ?? Number.POSITIVE_INFINITY,
      toolCalls: numberOf(caps["toolCalls"]),
      costUsd: numberOf(caps["costUsd"]),
    },
  };
  const sandbox = rest["sandbox"];
  return {
    facts: sandbox === "bwrap" || sandbox === "none" ? { ...facts, sandbox } : facts,
    adapter: textOf(rest["adapter"]),
    model: textOf(rest["model"]),
    usedBefore: tokensOf(rest["usedBefore"]),
    sessionPath: textOf(rest["sessionPath"]),
    worktree: textOf(rest["worktree"]),
    branch: textOf(rest["branch"]),
  };
}

/**
 * What the name of a run says of it, where its record cannot be read: as long as anything of it is alive, nobody else may have
 * its task. The name holds the task's id with all odd characters replaced, so an odd id is not found so.
 */
export function noteOfRunId(runId: string): RunNote | null {
  const [taskId = "", attempt = "", step = "", ...rest] = runId.split(".");
  if (rest.length !== 1 || !/^\d+$/.test(attempt)) return null;
  const kind = step === "checks" || step === "merge" ? step : "step";
  const caps = { wallMs: null, outputBytes: Number.POSITIVE_INFINITY, toolCalls: null, costUsd: null };
  return {
    facts: { kind, taskId, step, attempt: Number(attempt), slot: null, persona: null, agent: null, caps },
    adapter: null,
    model: null,
    usedBefore: null,
    sessionPath: null,
    worktree: null,
    branch: null,
  };
}

/** The tasks that are verified together with its own. */
function batchOf(merge: unknown): Pick<RunView, "with"> {
  if (typeof merge !== "object" || merge === null || !("batch" in merge) || !Array.isArray(merge.batch)) return {};
  const ids = merge.batch.slice(1).map((it: { taskId?: unknown }) => textOf(it.taskId));
  const others = ids.filter((id) => id !== null);
  return others.length === 0 ? {} : { with: others };
}

function isKind(value: unknown): value is RunKind {
  return typeof value === "string" && KINDS.includes(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function tokensOf(value: unknown): Tokens | null {
  if (typeof value !== "object" || value === null) return null;
  const { input, output, cached } = value as Partial<Record<string, unknown>>;
  return { input: numberOf(input) ?? 0, output: numberOf(output) ?? 0, cached: numberOf(cached) ?? 0 };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
