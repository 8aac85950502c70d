import { join } from "node:path";
import { editFrontMatter, readFrontMatter } from "../board/front-matter.ts";
import type { Lane } from "../board/lane.ts";
import { DAEMON_KEYS } from "../board/task.ts";
import { KanbandError } from "../errors.ts";
import { blobSha, editFileDurably, moveFileDurably } from "../files/durable.ts";
import { readRegularFile } from "./board-file.ts";
import { pathInLane } from "./lane-path.ts";
import type { FileThen } from "./undo-reads.ts";
import { displacedDirOf, type World } from "./world.ts";

/**
 * Puts the file of a task where and as the daemon found it: its own keys only; what a person wrote since then stays.
 * `toLane`: another lane than it was in then. Answers the path. Codes: FILE_CHANGED, FILE_EXISTS, TASK_INVALID, WRITE_FAILED.
 */
export function restoreFile(world: World, path: string, then: FileThen, toLane: Lane = then.lane): string {
  const bytes = readRegularFile(join(world.boardRoot, path));
  if (bytes === null) throw new KanbandError("FILE_CHANGED", `${path} is gone`);
  const next = Buffer.from(restoredText(bytes.toString("utf8"), then));
  const target = toLane === then.lane ? then.path : pathInLane(path, toLane);
  const [from, to] = [join(world.boardRoot, path), join(world.boardRoot, target)];
  if (!next.equals(bytes)) {
    editFileDurably(from, blobSha(bytes, world.boardRepo.objectFormat), next, displacedDirOf(world), to);
  } else if (target !== path) moveFileDurably(from, to);
  return target;
}

/** The text with the daemon's keys as they were; whole as it was, where nobody else changed it. */
export function restoredText(text: string, { path, bytes }: Pick<FileThen, "path" | "bytes">): string {
  const before = bytes.toString("utf8");
  if (peoplesPart(text) === peoplesPart(before)) return before;
  const { data } = readFrontMatter(path, bytes);
  return editFrontMatter(
    text,
    DAEMON_KEYS.map((key) => {
      const value = data?.[key];
      return [key, typeof value === "string" || typeof value === "number" ? value : null] as const;
    }),
  );
}

/** The text of a task file without the daemon's keys. */
export function withoutKeys(text: string): string {
  return editFrontMatter(
    text,
    DAEMON_KEYS.map((key) => [key, null] as const),
  );
}

// Without its last key a block is left as two fences.
function peoplesPart(text: string): string {
  return withoutKeys(text).replace(/^---\r?\n---\r?\n/, "");
}
