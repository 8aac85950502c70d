import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { blobSha, editFileDurably } from "../../files/durable.ts";
import type { Board } from "../../observe/open-board.ts";
import { appendFeedback } from "../append-feedback.ts";
import type { Context } from "../context.ts";
import { findMovableTask } from "../find-task.ts";
import { moveTask, reportMove } from "../move-task.ts";
import { withBoard } from "../open-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Writes a remark into the task and queues it again: the next run continues its branch and reads the remark. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.rework>): Promise<number> {
  const message = args.message === "-" ? await context.readStdin() : args.message;
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const view = findMovableTask(board, snapshot, args.task);
    if (view.lane === "planned" || view.lane === "doing") {
      throw new KanbandError("USAGE", `'${view.id}' is in ${view.lane}/: it is queued or at work already`, {
        hint: `Write the remark into ${view.path}; its next run reads it.`,
      });
    }
    if (message !== null && message.trim() !== "") addFeedback(board, view, message);
    const move = moveTask(board, view, "planned");
    reportMove(context, board, move, {
      json: args.json,
      repo: snapshot.repo,
      next: "It is queued; its next run continues its branch.",
    });
    return 0;
  });
}

const TRIES = 3;

// An editor may save in the same instant: then the file is read again, and the remark goes below what was saved.
function addFeedback({ boardRoot, runtimeDir }: Board, view: TaskView, message: string): void {
  const path = join(boardRoot, view.path);
  for (let left = TRIES; ; left--) {
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) {
      const hint = "Save it again with the encoding UTF-8, then give the remark.";
      throw new KanbandError("TASK_INVALID", `${view.path} is not valid UTF-8`, { hint });
    }
    try {
      const next = Buffer.from(appendFeedback(bytes.toString("utf8"), message));
      return editFileDurably(path, blobSha(bytes), next, join(runtimeDir, "displaced"));
    } catch (error) {
      if (left > 1 && error instanceof KanbandError && error.code === "FILE_CHANGED") continue;
      throw error;
    }
  }
}
