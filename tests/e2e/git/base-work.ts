import { rmSync } from "node:fs";
import { join } from "node:path";
import { advanceBase } from "../../../src/git/merge.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { type Files, type Git, writeFiles } from "../../helpers/git-repo.ts";
import { openRepo } from "../../helpers/open-repo.ts";
import { inRoom } from "./in-room.ts";

export const MAIN = "refs/heads/main";

/** The base, checked out at `from`, and a commit `to` upon it. */
export type BaseWork = { root: string; git: Git; repo: Repository; from: string; to: string };

const FILES: Files = { "a.txt": "a\n", "b.txt": "b\n", "user.txt": "u\n" };
const CHANGED = { "a.txt": "new\n", "new.txt": "new\n", "b.txt": null };

/** A repository with these files, and a commit that has them as `changed` says; null: not any more. */
export async function makeBaseWork(
  files: Files = FILES,
  changed: Readonly<Record<string, string | null>> = CHANGED,
): Promise<BaseWork> {
  const made = await openRepo(files);
  const { root, git } = made;
  const from = await git("rev-parse", "HEAD");
  await git("switch", "--quiet", "--detach");
  for (const [path, text] of Object.entries(changed)) {
    if (text === null) rmSync(join(root, path));
    else writeFiles(root, { [path]: text });
  }
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Work");
  const to = await git("rev-parse", "HEAD");
  await git("switch", "--quiet", "main");
  return { ...made, from, to };
}

/** Moves the base. `meanwhile` is done when all was looked at and nothing has moved yet. */
export async function advance({ repo, from, to }: BaseWork, meanwhile = (): void => undefined) {
  const mayMove = (): boolean => {
    meanwhile();
    return true;
  };
  return await advanceBase(repo, { ref: MAIN, from, to, mayMove });
}

/** The same in a process of its own. */
export async function advanceWith({ root, from, to }: BaseWork, failpoints: string) {
  const expression = `(repo, room) => room.advanceBase(repo, ${JSON.stringify({ ref: MAIN, from, to })})`;
  return await inRoom({ root, files: ["merge"], expression, failpoints });
}
