import { branchOf, cyclePrefixOf } from "../../board/branch.ts";
import { listBranches } from "../../git/branches.ts";
import { resolveRef } from "../../git/head.ts";
import { type HistoryEntry, logTask } from "../../git/history.ts";
import type { Repository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";
import type { Board } from "../../observe/open-board.ts";

/**
 * The commits of a task, newest first: those that name it in a trailer, on its branch and on those of its cycles too, and
 * those that changed or moved its file or sessions.
 */
export async function readHistory({ boardRepo, codeRepo }: Board, taskId: string): Promise<HistoryEntry[]> {
  const cycles = [...(await listBranches(codeRepo, cyclePrefixOf(taskId))).keys()].map((it) => `refs/heads/${it}`);
  // First those found by their files: what is found by its trailers too is told with them.
  const found = await Promise.all([
    logFiles(boardRepo, taskId),
    logTaskIfAny(boardRepo, ["HEAD"], taskId),
    logTaskIfAny(codeRepo, ["HEAD", `refs/heads/${branchOf(taskId)}`, ...cycles], taskId),
  ]);
  const entries = new Map(found.flat().map((entry) => [entry.sha, entry]));
  return [...entries.values()].toSorted((a, b) => b.at - a.at);
}

async function logTaskIfAny(repo: Repository, names: readonly string[], task: string): Promise<HistoryEntry[]> {
  const refs: string[] = [];
  for (const name of names) if ((await resolveRef(repo, name)) !== null) refs.push(name);
  return refs.length === 0 ? [] : await logTask(repo, { refs, task });
}

// People commit moves by hand too, without a trailer. The file may be in any lane, and in a folder below it.
async function logFiles(repo: Repository, taskId: string): Promise<HistoryEntry[]> {
  if ((await resolveRef(repo, "HEAD")) === null) return [];
  const name = taskId.replaceAll(/[*?[\]\\]/g, "\\$&");
  const paths = [`:(top,glob)board/**/${name}.md`, `:(top,glob)sessions/${name}/**`];
  const output = await git(repo, ["log", "-z", "--format=%H%x1f%ct%x1f%an%x1f%s", "HEAD", "--", ...paths]);
  return output
    .split("\0")
    .filter((it) => it !== "")
    .map((record) => {
      const [sha = "", seconds = "0", author = "", subject = ""] = record.split("\u001F");
      return { sha, at: Number(seconds) * 1000, author, subject, trailers: [] };
    });
}
