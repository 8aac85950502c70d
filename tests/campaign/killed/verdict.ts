import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentBoard } from "../../agents/bench-board.ts";
import { gitAt } from "../../helpers/git-repo.ts";
import { processesOf } from "../../helpers/live-board.ts";
import type { Errand } from "./person.ts";
import { taggedProcesses } from "./tagged.ts";

/** What is not as it has to be once the board has settled and the daemon is down, one line each. */
export async function verdictOn(board: AgentBoard, errands: readonly Errand[], prefix: string): Promise<string[]> {
  const left = taggedProcesses(prefix).map((it) => `${it.pid} of ${it.runId} is left at the end: ${it.command}`);
  const here = processesOf(board.root).map((pid) => `process ${pid} is left in the repository`);
  const tasks = await Promise.all(errands.map(async (it) => await verdictOnTask(board, it)));
  const fsck = await gitAt(board.root)("fsck", "--strict", "--no-dangling", "--no-progress").catch(String);
  const status = await board.git("status", "--porcelain");
  return [
    ...left,
    ...here,
    ...tasks.flat(),
    ...(fsck === "" ? [] : [`git fsck says: ${fsck}`]),
    ...(status === "" ? [] : [`git status says: ${status}`]),
  ];
}

/** Lines of the log that start a run. */
export function countStarts({ root }: AgentBoard): number {
  const path = join(root, ".git/kanband/log/kanband.log");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return text.split("\n").filter((line) => line.includes('"msg":"run started"')).length;
}

/** Sessions that say, or ever said, that their run was lost. */
export async function countLost(board: AgentBoard): Promise<number> {
  const changes = await board.git("log", "--format=", "-p", "-G", "^reason: .?lost", "--", "sessions");
  return changes.match(/^\+reason: .?lost/gm)?.length ?? 0;
}

async function verdictOnTask(board: AgentBoard, { id, kind }: Errand): Promise<string[]> {
  const lanes = board.lanes(id).join(" and ");
  const session = board.session(id);
  const branch = kind.ends === "done" ? "main" : `kanband/${id}`;
  const starts = await board.git("show", `${branch}:starts-${id}.txt`).catch(() => "");
  const runIds = starts.split("\n").filter((line) => line !== "");
  return [
    ...(lanes === kind.ends ? [] : [`${id} is in ${lanes} and not in ${kind.ends}: ${session?.reason ?? ""}`]),
    ...(session?.attempt === kind.attempts
      ? []
      : [`${id} took ${session?.attempt ?? 0} attempts and not ${kind.attempts}: ${await historyOf(board, id)}`]),
    ...(new Set(runIds).size === runIds.length ? [] : [`a run of ${id} did its work twice: ${starts}`]),
    ...(kind.ends === "blocked" || runIds.length > 0 ? [] : [`the work of ${id} is not on ${branch}`]),
  ];
}

/** How the attempts of a task went, as its session file said it at the time. */
async function historyOf(board: AgentBoard, id: string): Promise<string> {
  const changes = await board.git("log", "--reverse", "--format=", "-p", "--", `sessions/${id}`);
  return (changes.match(/^\+(?:run|state|failure|reason): .*$/gm) ?? []).join("; ");
}
