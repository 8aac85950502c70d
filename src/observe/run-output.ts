import type { AgentAdapter, AgentSummary } from "../agents/adapter.ts";
import { AGENTS } from "../agents/agents.ts";
import { EMPTY_SUMMARY, summarise } from "../agents/summarise.ts";
import { oneLine } from "../board/text.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { readSpool } from "../process/spool.ts";
import type { RunNote } from "./run-note.ts";

/** What the output of a run came to so far, and how far it was read. */
export type Output = {
  readonly offsets: { stdout: number; stderr: number };
  toolCalls: number;
  /** A good result came, and nothing after it. */
  isOver: boolean;
  /** What it told of money, tokens and models. */
  usage: AgentSummary;
  lastLine: string | null;
};

type Stream = keyof Output["offsets"];

// At most so much of one run in one look: a torrent of one must not keep the others waiting.
const LOOK_BYTES = 1_048_576;
const LINE_LENGTH = 200;

/** The output of a run of which nothing was read yet. */
export function newOutput({ usedBefore }: Pick<RunNote, "usedBefore">): Output {
  const usage = { ...EMPTY_SUMMARY, before: usedBefore ?? EMPTY_SUMMARY.before };
  return { offsets: { stdout: 0, stderr: 0 }, toolCalls: 0, isOver: false, usage, lastLine: null };
}

/** Takes in what a run has said since the last look; true when there is more than one look takes. */
export function followOutput(output: Output, record: RunRecord, note: RunNote): boolean {
  const adapter = note.adapter === null ? undefined : AGENTS.get(note.adapter);
  const isOver = record.state === "exited" || record.state === "lost";
  const sizes = { stdout: record.stdoutBytes, stderr: record.stderrBytes };
  return [followStream("stderr"), followStream("stdout")].includes(true);

  function followStream(stream: Stream): boolean {
    if (sizes[stream] <= output.offsets[stream]) return false;
    const { bytes } = readSpool(
      record.runDir,
      stream,
      output.offsets[stream],
      Math.min(LOOK_BYTES, sizes[stream] - output.offsets[stream]),
    );
    const isFull = bytes.length === LOOK_BYTES;
    const end = bytes.lastIndexOf(0x0a) + 1;
    // A line that is longer than a whole look is taken in pieces.
    const taken = (isOver && !isFull) || (isFull && end === 0) ? bytes.length : end;
    output.offsets[stream] += taken;
    for (const line of bytes.toString("utf8", 0, taken).split("\n")) takeLine(output, line, stream, adapter);
    return isFull;
  }
}

function takeLine(output: Output, line: string, stream: Stream, adapter: AgentAdapter | undefined): void {
  if (line.trim() === "") return;
  if (adapter === undefined) {
    output.lastLine = oneLine(line, LINE_LENGTH);
    return;
  }
  for (const event of adapter.parseLine(line, stream)) {
    switch (event.kind) {
      case "tool":
        output.toolCalls += 1;
        output.isOver = false;
        output.lastLine = oneLine(`${event.name} ${event.detail}`, LINE_LENGTH);
        break;
      case "usage":
      case "call":
      case "session":
        output.usage = summarise(adapter, output.usage, [event]);
        break;
      case "text":
      case "result":
        output.isOver = event.kind === "result" && !event.isError;
        output.lastLine = lastLineOf(event.text ?? "") ?? output.lastLine;
        break;
      case "error":
        output.lastLine = oneLine(event.message, LINE_LENGTH);
        break;
      case "started":
        output.isOver = false;
        break;
    }
  }
}

function lastLineOf(text: string): string | null {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return line.trim() === "" ? null : oneLine(line, LINE_LENGTH);
}
