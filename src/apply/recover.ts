import { join, relative } from "node:path";
import { editFrontMatter, readFrontMatter } from "../board/front-matter.ts";
import { DAEMON_KEYS } from "../board/task.ts";
import { KanbandError } from "../errors.ts";
import { blobSha, editFileDurably, recoverDisplaced } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import { showFile } from "../git/objects.ts";
import { readRegularFile } from "./board-file.ts";
import { displacedDirOf, type World } from "./world.ts";

// `lane` is theirs: a request typed at that moment is obeyed as any other.
const OWN_KEYS = DAEMON_KEYS.filter((key) => key !== "lane");

/**
 * Looks for what people's editors wrote into files just after the daemon had replaced them. Their text is the file's content
 * again; the daemon's own keys, as last committed, are put back into it, and the next commit takes both: the committed
 * version and theirs are in git. Answers the paths, relative to the board root, that hold a person's text again.
 */
export async function recover(world: World): Promise<string[]> {
  const back: string[] = [];
  for (const late of recoverDisplaced(displacedDirOf(world))) {
    const path = relative(world.boardRoot, late.path).split("\\").join("/");
    if (!late.isBack) {
      world.log.warn({ path, keptAt: late.keptAt }, "a late edit lost its place and is kept");
      continue;
    }
    failpoint("apply.recover.before-keys");
    await putKeysBack(world, path);
    failpoint("apply.recover.after-keys");
    back.push(path);
  }
  return back;
}

async function putKeysBack(world: World, path: string): Promise<void> {
  const theirs = readRegularFile(join(world.boardRoot, path));
  const committed = await readCommitted(world, path);
  if (theirs === null || committed === null || !path.startsWith("board/")) return;
  const ours = readFrontMatter(path, committed).data ?? {};
  const now = readFrontMatter(path, theirs);
  // A file that cannot be read is shown as it is; nobody edits what he cannot read.
  if (now.data === null || now.findings.length > 0) return;
  const data = now.data;
  const changes = OWN_KEYS.filter((key) => data[key] !== ours[key]).map((key) => [key, scalar(ours[key])] as const);
  if (changes.length === 0) return;
  const next = Buffer.from(editFrontMatter(theirs.toString("utf8"), changes));
  try {
    const expected = blobSha(theirs, world.boardRepo.objectFormat);
    editFileDurably(join(world.boardRoot, path), expected, next, displacedDirOf(world));
  } catch (error) {
    // Still typing: the next sweep finds it again.
    if (!(error instanceof KanbandError) || error.code !== "FILE_CHANGED") throw error;
  }
}

function scalar(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

async function readCommitted({ boardRepo }: World, path: string): Promise<Buffer | null> {
  const head = await resolveRef(boardRepo, "HEAD");
  return head === null ? null : await showFile(boardRepo, head, path);
}
