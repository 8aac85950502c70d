import { lstatSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import type { GitPlace } from "./profile.ts";
import { toRefPart } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { embedRepository } from "./submodules.ts";
import { namesIn } from "./worktree-admin.ts";

/**
 * Moves what no commit can hold out of a working tree, as it is: to `.kanband/kept/<id>/<n>/` with the next free number. After
 * that the place can be cleaned. What lies in a folder that was moved has gone with it. Code: WRITE_FAILED.
 */
export function keepWhole(
  repo: Repository,
  place: GitPlace,
  { id, paths }: { id: string; paths: readonly string[] },
): void {
  if (paths.length === 0) return;
  const last = Math.max(0, ...namesIn(folderOf(repo, id)).map((it) => Number(it) || 0));
  const folder = join(folderOf(repo, id), `${last + 1}`);
  for (const path of paths) {
    embedRepository(place, path);
    move(join(place.top, path), join(folder, path));
  }
}

/** What is kept whole of one task: paths relative to the top of the repository, each a file or a folder. */
export function listKeptWhole(repo: Repository, id: string): string[] {
  const folder = folderOf(repo, id);
  return namesIn(folder).flatMap((number) => {
    return namesIn(join(folder, number)).map((name) => [...FOLDER, toRefPart(id), number, name].join("/"));
  });
}

const FOLDER = [".kanband", "kept"];

function folderOf(repo: Repository, id: string): string {
  return join(repo.top, ...FOLDER, toRefPart(id));
}

function move(from: string, to: string): void {
  if (lstatSync(from, { throwIfNoEntry: false }) === undefined) return;
  try {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  } catch (cause) {
    throw new KanbandError("WRITE_FAILED", `${from} can neither be committed nor moved to ${to}`, {
      cause,
      hint: "Move it away or make it yours; until then its worktree is left as it is.",
    });
  }
}
