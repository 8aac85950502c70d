import type { Lane } from "./lane.ts";
import { oneLine } from "./text.ts";

export type CommitPart = {
  subject: string;
  trailers: ReadonlyArray<readonly [string, string]>;
  /** Goes with something that says more, such as a session file with the move of its task: listed, never the subject. */
  isMinor?: boolean;
};

const SUBJECT_CHARACTERS = 100;
const TRAILER_CHARACTERS = 500;

/**
 * The message of one commit for everything that changed in a tick: one part gives its subject, several give a summary and a list.
 * The trailers of all parts follow as the last paragraph, where `git interpret-trailers` and `git log --grep` find them. Those
 * below a `Task:` are that task's; what belongs to no task comes first.
 */
export function formatCommit(edits: readonly CommitPart[]): string {
  const major = edits.filter(({ isMinor }) => isMinor !== true);
  const [first, ...others] = major.length === 0 ? edits.slice(0, 1) : major;
  if (first === undefined) return "Update the board\n";
  const subjects = edits.map(({ subject }) => oneLine(subject, SUBJECT_CHARACTERS) || "Update the board");
  const count = `${String(others.length)} more change${others.length === 1 ? "" : "s"}`;
  const subject =
    others.length === 0
      ? oneLine(first.subject, SUBJECT_CHARACTERS) || "Update the board"
      : `${oneLine(first.subject, SUBJECT_CHARACTERS - 24)} and ${count}`;
  const list = subjects.length === 1 ? "" : `\n${subjects.map((it) => `- ${it}\n`).join("")}`;
  const trailers = groupTrailers(edits).map(formatTrailer).join("");
  return `${subject}\n${list}${trailers === "" ? "" : `\n${trailers}`}`;
}

/** What a message says of one task where it lists several changes: the line that names it first. Else it is the subject. */
export function subjectOf(message: string, taskId: string): string {
  const [subject = "", ...lines] = message.split("\n");
  const places = lines
    .filter((it) => it.startsWith("- "))
    .map((it) => ({ line: it.slice(2), at: it.split(/[\s:,]+/).indexOf(taskId) }))
    .filter(({ at }) => at > 0);
  return places.toSorted((a, b) => a.at - b.at)[0]?.line ?? subject;
}

/** The trailers that speak of one task, of all those of a commit: from its `Task:` to the next. */
export function trailersOf(trailers: CommitPart["trailers"], taskId: string): CommitPart["trailers"] {
  let of: string | null = null;
  return trailers.filter(([key, value]) => {
    if (key === "Task") of = value;
    return of === taskId;
  });
}

function groupTrailers(edits: readonly CommitPart[]): CommitPart["trailers"] {
  const groups = new Map<string, Map<string, readonly [string, string]>>([["", new Map()]]);
  for (const { trailers } of edits) {
    const taskId = trailers.find(([key]) => key === "Task")?.[1] ?? "";
    const group = groups.get(taskId) ?? new Map<string, readonly [string, string]>([["Task", ["Task", taskId]]]);
    for (const trailer of trailers) if (trailer[0] !== "Task") group.set(trailer.join("\0"), trailer);
    groups.set(taskId, group);
  }
  return [...groups.values()].flatMap((it) => [...it.values()]);
}

/** What a person's change of a file comes to, for the commit that takes it in. `id` is null for a file that is no task. */
export function describeChange(change: {
  path: string;
  from: Lane | null;
  to: Lane | null;
  id: string | null;
  kind: "added" | "edited" | "moved" | "removed";
}): CommitPart {
  const { path, from, to, id, kind } = change;
  const name = id ?? path;
  const task = id === null ? [] : [["Task", id] as const];
  const lane = [["Lane", `${from ?? "none"}..${to ?? "none"}`] as const];
  switch (kind) {
    case "added":
      return {
        subject: `Add ${name}${to === null ? "" : ` to ${to}`}`,
        trailers: to === null ? task : [...task, ...lane],
      };
    case "edited":
      return { subject: `Edit ${name}`, trailers: task };
    case "moved":
      return { subject: `Move ${name} from ${from ?? "nowhere"} to ${to ?? "nowhere"}`, trailers: [...task, ...lane] };
    case "removed":
      return {
        subject: `Remove ${name}${from === null ? "" : ` from ${from}`}`,
        trailers: from === null ? task : [...task, ...lane],
      };
  }
}

function formatTrailer([key, value]: readonly [string, string]): string {
  const name = key.replace(/[^A-Za-z0-9-]+/g, "-").replace(/^-+|-+$/g, "") || "Note";
  return `${name}: ${oneLine(value, TRAILER_CHARACTERS)}\n`;
}
