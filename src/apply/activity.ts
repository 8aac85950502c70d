/** The lines of activity of one run, bounded: of a run that talks without end the beginning and the end are kept. */
export type Activity = {
  lines: string[];
  bytes: number;
  /** What was left out, and before which line; null while everything is here. */
  leftOut: { before: number; stdout: number; stderr: number; at: string } | null;
};

export type Stream = "stdout" | "stderr";

const LIMIT_BYTES = 640 * 1024;
const HEAD_BYTES = 128 * 1024;
const TAIL_BYTES = 256 * 1024;

const LINE = /^- (\d\d:\d\d:\d\d) (.*)$/;
const LEFT_OUT = /^\* (\d+) lines of stdout and (\d+) of stderr left out here$/;

/** Nothing said yet. */
export function emptyActivity(): Activity {
  return { lines: [], bytes: 0, leftOut: null };
}

/** Adds a line; true when lines before it were left out for it. */
export function addLine(activity: Activity, line: string): boolean {
  activity.lines.push(line);
  activity.bytes += sizeOf(line);
  if (activity.bytes <= LIMIT_BYTES) return false;
  const { lines, leftOut } = activity;
  const before = leftOut?.before ?? indexAfter(lines, HEAD_BYTES);
  const from = Math.max(before, lines.length - indexAfter(lines.toReversed(), TAIL_BYTES));
  const dropped = lines.slice(before, from);
  const stderr = dropped.filter((it) => streamOf(it) === "stderr").length;
  activity.leftOut = {
    before,
    stdout: (leftOut?.stdout ?? 0) + dropped.length - stderr,
    stderr: (leftOut?.stderr ?? 0) + stderr,
    at: LINE.exec(line)?.[1] ?? "00:00:00",
  };
  activity.lines = [...lines.slice(0, before), ...lines.slice(from)];
  activity.bytes = activity.lines.reduce((sum, it) => sum + sizeOf(it), 0);
  return true;
}

/** The lines as the session file has them, with one that says how much is left out where it is. */
export function linesOf({ lines, leftOut }: Activity): string[] {
  if (leftOut === null) return lines;
  const mark = `- ${leftOut.at} * ${leftOut.stdout} lines of stdout and ${leftOut.stderr} of stderr left out here`;
  return lines.toSpliced(leftOut.before, 0, mark);
}

/** Undoes `linesOf`; null when a line is none of ours. */
export function readActivity(text: string): Activity | null {
  const activity = emptyActivity();
  for (const line of text.split("\n").slice(0, -1)) {
    const [, at = "", said = ""] = LINE.exec(line) ?? [];
    if (at === "") return null;
    const mark = LEFT_OUT.exec(said);
    if (mark === null) {
      activity.lines.push(line);
      activity.bytes += sizeOf(line);
    } else {
      activity.leftOut = { before: activity.lines.length, stdout: Number(mark[1]), stderr: Number(mark[2]), at };
    }
  }
  return activity;
}

/** How many lines of each stream there ever were: with that a replay of the output knows where to go on. */
export function countLines({ lines, leftOut }: Activity): Record<Stream, number> {
  const stderr = lines.filter((it) => streamOf(it) === "stderr").length;
  return {
    stdout: lines.length - stderr + (leftOut?.stdout ?? 0),
    stderr: stderr + (leftOut?.stderr ?? 0),
  };
}

/** A line without its time. */
export function saidIn(line: string): string {
  return LINE.exec(line)?.[2] ?? line;
}

function streamOf(line: string): Stream {
  return saidIn(line).startsWith("! ") ? "stderr" : "stdout";
}

function indexAfter(lines: readonly string[], bytes: number): number {
  let sum = 0;
  const index = lines.findIndex((line) => (sum += sizeOf(line)) > bytes);
  return index === -1 ? lines.length : index;
}

function sizeOf(line: string): number {
  return Buffer.byteLength(line) + 1;
}
