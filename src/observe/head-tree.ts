import { readTree } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";

/** A folder as the board branch has it. Never changed once made: equal ids mean that the same object is used again. */
export type HeadFolder = {
  readonly sha: string | null;
  /** Name to blob id, regular files only: links and submodules are nobody's task. */
  readonly files: ReadonlyMap<string, string>;
  readonly folders: ReadonlyMap<string, HeadFolder>;
};

/** What the board branch holds of the convention. Session folders are many, so they are known by id until one is asked for. */
export type HeadTree = {
  readonly commitSha: string | null;
  readonly board: HeadFolder;
  /** Session folder name to tree id. */
  readonly sessions: ReadonlyMap<string, string>;
  readonly sessionsSha: string | null;
};

const EMPTY_FOLDER: HeadFolder = { sha: null, files: new Map(), folders: new Map() };
export const EMPTY_HEAD: HeadTree = { commitSha: null, board: EMPTY_FOLDER, sessions: new Map(), sessionsSha: null };

/** Reads `board/` whole and the names in `sessions/` of a commit, and of what differs from `previous` only. */
export async function readHeadTree(repo: Repository, commitSha: string | null, previous: HeadTree): Promise<HeadTree> {
  if (commitSha === previous.commitSha) return previous;
  if (commitSha === null) return EMPTY_HEAD;
  const top = await readTree(repo, commitSha);
  const shaOf = (name: string) => top.find((it) => it.name === name && it.type === "tree")?.sha ?? null;
  const [board, sessions] = await Promise.all([
    readFolder(repo, shaOf("board"), previous.board),
    readSessionNames(repo, shaOf("sessions"), previous),
  ]);
  return { commitSha, board, sessions, sessionsSha: shaOf("sessions") };
}

/** Every file of a folder on the board branch: path below `path` to blob id. */
export async function readHeadFiles(repo: Repository, treeSha: string, path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const folder = await readFolder(repo, treeSha, EMPTY_FOLDER);
  compareFolders(EMPTY_FOLDER, folder, path, (it, sha) => sha !== null && files.set(it, sha));
  return files;
}

/** Calls `onChange` for each file that differs between two states of a folder; `sha` is what it is now. */
export function compareFolders(
  before: HeadFolder,
  after: HeadFolder,
  path: string,
  onChange: (path: string, sha: string | null) => void,
): void {
  if (before === after) return;
  for (const [name, sha] of after.files) if (before.files.get(name) !== sha) onChange(`${path}/${name}`, sha);
  for (const name of before.files.keys()) if (!after.files.has(name)) onChange(`${path}/${name}`, null);
  for (const [name, folder] of after.folders) {
    compareFolders(before.folders.get(name) ?? EMPTY_FOLDER, folder, `${path}/${name}`, onChange);
  }
  for (const [name, folder] of before.folders) {
    if (!after.folders.has(name)) compareFolders(folder, EMPTY_FOLDER, `${path}/${name}`, onChange);
  }
}

async function readFolder(repo: Repository, sha: string | null, previous: HeadFolder): Promise<HeadFolder> {
  if (sha === null) return EMPTY_FOLDER;
  if (sha === previous.sha) return previous;
  const entries = await readTree(repo, sha);
  const files = new Map<string, string>();
  const folders: Promise<readonly [string, HeadFolder]>[] = [];
  for (const { name, mode, type, sha: id } of entries) {
    if (isRegular(mode)) files.set(name, id);
    else if (type === "tree") {
      folders.push(readFolder(repo, id, previous.folders.get(name) ?? EMPTY_FOLDER).then((it) => [name, it]));
    }
  }
  return { sha, files, folders: new Map(await Promise.all(folders)) };
}

async function readSessionNames(
  repo: Repository,
  sha: string | null,
  previous: HeadTree,
): Promise<ReadonlyMap<string, string>> {
  if (sha === null) return new Map();
  if (sha === previous.sessionsSha) return previous.sessions;
  const entries = await readTree(repo, sha);
  return new Map(entries.filter((it) => it.type === "tree").map((it) => [it.name, it.sha]));
}

function isRegular(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}
