import { git } from "../../git/run.ts";
import type { OpenBoard } from "../open-board.ts";

export type HistoryEntry = {
  sha: string;
  /** ISO 8601. */
  at: string;
  author: string;
  subject: string;
  trailers: readonly (readonly [key: string, value: string])[];
};

const FIELD = "\u001F";
const RECORD = "\u001E";
const FORMAT = ["%H", "%aI", "%an", "%s", "%(trailers:only,unfold)"].join("%x1f") + "%x1e";

/** The commits of a task, newest first: found by its trailer, or by its file in whatever lane, on the board branch and its own. */
export async function readHistory({ boardRepo, codeRepo }: OpenBoard, taskId: string): Promise<HistoryEntry[]> {
  const byTrailer = ["--fixed-strings", `--grep=Task: ${taskId}`];
  // The file is in one of the lanes, perhaps in a folder below; its sessions tell of the runs.
  const id = taskId.replaceAll(/[*?[\]\\]/g, "\\$&");
  const byPath = [`:(top,glob)board/**/${id}.md`, `:(top,glob)sessions/${id}/**`];
  const outputs = await Promise.all([
    git(boardRepo, ["log", `--format=${FORMAT}`, ...byTrailer, "HEAD", "--"]),
    git(boardRepo, ["log", `--format=${FORMAT}`, "HEAD", "--", ...byPath]),
    git(codeRepo, ["log", `--format=${FORMAT}`, ...byTrailer, `--branches=kanband/${id}`, "HEAD", "--"]),
  ]);
  const entries = new Map<string, HistoryEntry>();
  for (const [index, output] of outputs.entries()) {
    const isByTrailer = index !== 1;
    for (const entry of parse(output)) {
      // The search also finds ids that only begin like this one.
      const isNamed = entry.trailers.some(([key, value]) => key === "Task" && value === taskId);
      if (isNamed || !isByTrailer) entries.set(entry.sha, entry);
    }
  }
  return [...entries.values()].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function parse(output: string): HistoryEntry[] {
  return output
    .split(RECORD)
    .map((it) => it.trimStart())
    .filter((it) => it !== "")
    .map((record) => {
      const [sha = "", at = "", author = "", subject = "", trailers = ""] = record.split(FIELD);
      return { sha, at, author, subject, trailers: parseTrailers(trailers) };
    });
}

function parseTrailers(text: string): [string, string][] {
  return text.split("\n").flatMap((line) => {
    const [, key, value] = /^([A-Za-z-]+): (.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
}
