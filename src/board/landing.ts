/** The trailer that names the tip of the branch that came into the base with a commit. */
const MERGED = "Merged";
/** The trailer that says of how many commits a landing consists, where it is more than one. */
const COMMITS = "Commits";

/** What the commit says that brought a task into the base; with several commits, the last of them. */
export type Landing = {
  taskId: string;
  /** Tip of the task's branch. */
  tip: string;
  /** How many commits of the base, back along the first parents, it consists of. */
  commits: number;
};

/** The trailers that a landing is found by. */
export function landingTrailers({ taskId, tip }: Pick<Landing, "taskId" | "tip">): [key: string, value: string][] {
  return [
    ["Task", taskId],
    [MERGED, tip],
  ];
}

/** The message of the last of several commits of a landing: its own, and what the message of the landing says. */
export function joinLanding(own: string, landing: string, commits: number): string {
  const [text, trailers] = splitTrailers(withoutLanding(own));
  const [about, found] = splitTrailers(landing);
  const count = commits === 1 ? "" : `${COMMITS}: ${commits}\n`;
  return `${text === "" ? "" : `${text}\n\n`}${about}\n\n${trailers}${found}${count}`;
}

function splitTrailers(message: string): [text: string, trailers: string] {
  const paragraphs = message.trim().split(/\n\s*\n/);
  const last = paragraphs.at(-1) ?? "";
  const isTrailers = paragraphs.length > 1 && /^[A-Za-z0-9-]+: .*(?:\n(?:[A-Za-z0-9-]+: |[ \t]).*)*$/.test(last);
  return isTrailers ? [paragraphs.slice(0, -1).join("\n\n"), `${last}\n`] : [message.trim(), ""];
}

/** The landing of which a commit's message speaks in its last paragraph; null when it speaks of none. */
export function readLanding(message: string): Landing | null {
  const last =
    message
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? "";
  const pairs = last.split("\n").map((line): [string, string] => {
    const at = line.indexOf(": ");
    return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 2).trim()];
  });
  return landingOf(pairs);
}

/** The landing of which the trailers of a commit speak; null when they speak of none. */
export function landingOf(trailers: ReadonlyArray<readonly [key: string, value: string]>): Landing | null {
  const valueOf = (name: string): string => trailers.findLast(([key]) => key === name)?.[1] ?? "";
  const [taskId, tip] = [valueOf("Task"), valueOf(MERGED)];
  if (taskId === "" || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tip)) return null;
  const commits = Number(valueOf(COMMITS) || "1");
  return { taskId, tip, commits: Number.isSafeInteger(commits) && commits > 0 ? commits : 1 };
}

/** How a line of a landing's message begins that names the tip of its branch. */
export const MERGED_LINE = `${MERGED}: `;

/** The same of the line that says of how many commits a landing consists. */
export const COMMITS_LINE = `${COMMITS}: `;

/** The tips that a message names in such lines, wherever they stand: whoever joins several commits joins their messages. */
export function tipsIn(message: string): string[] {
  return [...message.matchAll(/^Merged: ([0-9a-f]{40}|[0-9a-f]{64})$/gm)].map((it) => it[1] ?? "");
}

/** A message of somebody else's commit that no longer speaks of a landing: the base is searched for these. */
export function withoutLanding(message: string): string {
  return message.replace(/^(?=(?:Task|Merged|Commits|Undoes)[ \t]*:)/gim, "> ");
}
