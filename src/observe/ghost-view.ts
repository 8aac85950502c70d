import { parseTask } from "../board/task-file.ts";
import type { TaskView } from "../decide/snapshot.ts";
import { readBlob } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { type BoardIndex, idOfPath } from "./board-index.ts";
import { laneOfPath } from "./task-view.ts";

/**
 * A task that the board branch has and whose file is missing, while it is not yet believed to be gone: an editor between
 * two steps of a save, or a checkout under way. It stands as the branch has it, unsettled, so that nobody acts upon it.
 */
export async function ghostView(index: BoardIndex, repo: Repository, path: string): Promise<TaskView> {
  const headSha = index.headFiles.get(path) ?? null;
  const bytes = headSha === null ? null : await readBlob(repo, headSha);
  const lane = laneOfPath(path);
  const task = bytes === null ? null : parseTask(path, lane, bytes).task;
  return {
    id: idOfPath(path),
    path,
    lane,
    task,
    isNameOnly: task === null,
    findings: [],
    blobSha: null,
    headSha,
    headPath: path,
    headLaneRequest: task?.laneRequest ?? null,
    isSettled: false,
    enteredAt: null,
    duplicates: [],
  };
}
