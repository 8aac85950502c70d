import { join } from "node:path";
import type { RunRecord } from "../process/read-runs.ts";
import { TAIL_START, tailLines } from "../process/tail-lines.ts";
import { setupTail } from "./end-of-run.ts";
import type { RunFacts } from "./run-facts.ts";
import { createVerifyReader, type VerifyResult } from "./verify-script.ts";

export type VerifyEnd =
  | {
      state: "ended";
      results: readonly VerifyResult[];
      /** Of the commands that were asked for by claims. */
      answers: readonly VerifyResult[];
      note: string;
      exitCode: number | null;
    }
  /** The commands never ran. */
  | { state: "setup-failed"; reason: string; text: string }
  /** Stopped from outside: it says nothing about the work, and is run again. */
  | { state: "void" }
  /** Cut off, with its supervisor: the same, but not for ever. */
  | { state: "lost" };

const READ_BYTES = 256 * 1024;
const LINE_BYTES = 64 * 1024;

/** How the commands of a run of `checks` or `merge` went. */
export function verifyEnd(run: RunRecord, facts: RunFacts): VerifyEnd {
  const reason = run.stop?.reason ?? null;
  if (reason === "person" || reason === "shutdown") return { state: "void" };
  if (run.state === "lost") return { state: "lost" };
  if (run.exit?.cause === "setup") {
    const text = setupTail(run);
    const last = text.trim().split("\n").at(-1) ?? "";
    return { state: "setup-failed", reason: `the setup of the worktree failed: ${last}`, text };
  }
  const { commands, asked = [] } = facts;
  const reader = createVerifyReader([...commands, ...asked.map(({ command }) => command)], facts.nonce ?? "");
  let cursor = TAIL_START;
  for (let isMore = true; isMore; ) {
    const limits = { maxBytes: READ_BYTES, maxLineBytes: LINE_BYTES, atEnd: true };
    const tail = tailLines(join(run.runDir, "stdout"), cursor, limits);
    for (const line of tail.lines) reader.line(line);
    ({ cursor, isMore } = tail);
  }
  const all = reader.results();
  return {
    state: "ended",
    results: all.slice(0, commands.length),
    answers: all.slice(commands.length),
    note: noteOf(run, reason),
    exitCode: run.exit?.code ?? null,
  };
}

function noteOf({ exit }: RunRecord, reason: string | null): string {
  const why = reason ?? exit?.cause;
  if (why === "timeout" || why === "wall") return "stopped after its longest time";
  if (why === "output") return "stopped: it printed more than it may";
  if (why === "stale") return "stopped: no sign of life for too long";
  return "";
}
