import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { editFrontMatter } from "../../board/front-matter.ts";
import { formatPullRequest, type PullRequest } from "../../board/pull-request.ts";
import { KanbandError } from "../../errors.ts";
import { blobSha, editFileDurably } from "../../files/durable.ts";
import type { Board } from "../../observe/open-board.ts";
import { findMovableTask } from "../find-task.ts";
import { readBoard } from "../read-board.ts";

const TRIES = 3;

/**
 * Writes the key `pr` of a task, as a person would: its own line alone changes, and nothing when it says so already. The
 * daemon or an editor may be at the file too; then it is looked at again. Codes: FILE_CHANGED, TASK_UNKNOWN.
 */
export async function writeRequest(board: Board, id: string, request: PullRequest): Promise<void> {
  const { boardRoot, runtimeDir, boardRepo } = board;
  for (let left = TRIES; ; left--) {
    const { snapshot } = await readBoard(board);
    const { path } = findMovableTask(board, snapshot, id);
    try {
      const bytes = readFileSync(join(boardRoot, path));
      if (!isUtf8(bytes)) throw new KanbandError("TASK_INVALID", `${path} is not UTF-8`);
      const next = Buffer.from(editFrontMatter(bytes.toString("utf8"), [["pr", formatPullRequest(request)]]));
      if (next.equals(bytes)) return;
      const known = blobSha(bytes, boardRepo.objectFormat);
      return editFileDurably(join(boardRoot, path), known, next, join(runtimeDir, "displaced"));
    } catch (error) {
      if (left === 1 || !isOvertaken(error)) throw error;
    }
  }
}

function isOvertaken(error: unknown): boolean {
  if (error instanceof KanbandError) return error.code === "FILE_CHANGED";
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
