import { trailersOf } from "../../board/commit-message.ts";
import { unportableReason } from "../../board/portable-name.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import type { HistoryEntry } from "../../git/history.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { findTask, idOf, seekTask } from "../find-task.ts";
import { readHistory } from "../log/read-history.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/**
 * Prints the history of one task, newest first: the commits that name it, and those that touched or moved its file. Git
 * knows a task whose file is gone, too. Throws TASK_UNKNOWN when it does not.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.log>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const { id, entries } = await historyOf(board, snapshot, args.task);
    if (args.json) {
      const facts = entries.map((it) => ({ ...it, at: new Date(it.at).toISOString() }));
      printJson(context.out, { task: id, entries: facts });
    } else report(context, id, entries);
    return 0;
  });
}

type History = { id: string; entries: readonly HistoryEntry[] };

async function historyOf(board: Board, snapshot: Snapshot, word: string): Promise<History> {
  const id = seekTask(board.boardRoot, snapshot, word)?.id ?? idOf(word);
  const isAsked = unportableReason(id) === null || snapshot.tasks.some((it) => it.id === id);
  const entries = isAsked ? await readHistory(board, id) : [];
  // Of what is neither there nor was ever there the error says what is near.
  if (entries.length === 0) return { id: findTask(board.boardRoot, snapshot, word).id, entries };
  return { id, entries: entries.map((it) => ({ ...it, trailers: trailersOf(it.trailers, id) })) };
}

function report({ out }: Context, id: string, entries: readonly HistoryEntry[]): void {
  if (entries.length === 0) print(out, `${id} has no history yet: nothing of it is committed.`);
  for (const { sha, at, author, subject, trailers } of entries) {
    const when = new Date(at).toISOString().slice(0, 16).replace("T", " ");
    print(out, `${paint(out, "yellow", sha.slice(0, 7))} ${paint(out, "dim", when)} ${subject}`);
    const details = trailers.filter(([key]) => key !== "Task").map(([key, value]) => `${key}: ${value}`);
    print(out, paint(out, "dim", `        ${[author, ...details].join(" · ")}`));
  }
}
