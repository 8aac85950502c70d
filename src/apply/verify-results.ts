import { join } from "node:path";
import type { CheckClaim } from "../board/check-claim.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { TAIL_START, tailLines } from "../process/tail-lines.ts";
import { setupTail } from "./end-of-run.ts";
import type { RunFacts } from "./run-facts.ts";
import { readSetupFailure } from "./setup-script.ts";
import { createVerifyReader, type VerifyReader, type VerifyResult } from "./verify-script.ts";

export type VerifyEnd =
  | {
      state: "ended";
      results: readonly VerifyResult[];
      /** Of the commands that were asked for by claims. */
      answers: readonly VerifyResult[];
      /** What they did to the files of the checks. */
      changes: readonly CheckClaim[];
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
    const { reason: why } = readSetupFailure(text, run.exit.code);
    return { state: "setup-failed", reason: `the setup of the worktree failed: ${why}`, text };
  }
  const { commands, asked = [] } = facts;
  const all = [...commands, ...asked.map(({ command }) => command)];
  const reader = createVerifyReader(all, facts.nonce ?? "", commands.length);
  let cursor = TAIL_START;
  for (let isMore = true; isMore; ) {
    const limits = { maxBytes: READ_BYTES, maxLineBytes: LINE_BYTES, atEnd: true };
    const tail = tailLines(join(run.runDir, "stdout"), cursor, limits);
    for (const line of tail.lines) reader.line(line);
    ({ cursor, isMore } = tail);
  }
  const exitCode = run.exit?.code ?? null;
  const note = noteOf(run, reason);
  const doubt = note === "" ? doubtIn(reader, exitCode) : "";
  const results = reader.results().map((it) => (doubt === "" ? it : unproved(it)));
  return {
    state: "ended",
    results: results.slice(0, commands.length),
    answers: results.slice(commands.length),
    changes: changeClaim(reader),
    note: note === "" ? doubt : note,
    exitCode,
  };
}

/** Nothing is said of it where nothing was changed. */
function changeClaim(reader: VerifyReader): CheckClaim[] {
  const change = reader.change();
  if (change === null) return [];
  const evidence = `${change.path || "one of them"} was changed by ${change.by} while the checks ran`;
  const what = "the tests and the configuration stay as they are while the checks run";
  return [{ what, verdict: "REFUTED", evidence, reason: evidence }];
}

/** What keeps the marks from being believed; "": nothing. */
function doubtIn(reader: VerifyReader, exitCode: number | null): string {
  if (reader.isForged())
    return "its output holds marks that only the daemon's own script writes, and that it did not write";
  const expected = reader.exitCode();
  if (expected === null || expected === exitCode) return "";
  return `the script that runs the commands ended with ${exitCode ?? "an unknown status"}, where its output says ${expected}`;
}

// What failed has failed, whoever says so.
function unproved(result: VerifyResult): VerifyResult {
  return result.state === "passed" ? { ...result, state: "cut off" } : result;
}

function noteOf({ exit }: RunRecord, reason: string | null): string {
  const why = reason ?? exit?.cause;
  if (why === "timeout" || why === "wall") return "stopped after its longest time";
  if (why === "output") return "stopped: it printed more than it may";
  if (why === "stale") return "stopped: no sign of life for too long";
  return "";
}
