import { type Dirent, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "../files/place.ts";

/**
 * Removes what git leaves behind in a working tree: every `.git` below the top, because nested repositories could make git
 * read planted settings, and folders without a file, which are in no commit.
 */
export function removeLeftoverFolders(top: string, folder = ""): void {
  // What cannot be read could hold anything: nobody else is given such a place.
  for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
    const path = join(top, folder, entry.name);
    if (entry.name === ".git") {
      if (folder !== "") rmSync(path, { recursive: true, force: true });
    } else if (entry.isDirectory()) {
      removeLeftoverFolders(top, join(folder, entry.name));
      removeIfEmpty(path);
    }
  }
}

export type FilesBelow = {
  /** Plain files and links, but for those of git itself. */
  paths: string[];
  /** The `.git` of each repository. */
  repositories: string[];
  /** Folders. */
  unreadable: string[];
};

/** What is below a folder, relative to the top. */
export function listFilesBelow(top: string, folder: string): FilesBelow {
  const found: FilesBelow = { paths: [], repositories: [], unreadable: [] };
  collectBelow(top, folder, found);
  return found;
}

function collectBelow(top: string, folder: string, found: FilesBelow): void {
  const entries = entriesOf(join(top, folder));
  if (entries === null) found.unreadable.push(folder);
  for (const entry of entries ?? []) {
    const path = `${folder}/${entry.name}`;
    if (entry.name === ".git") found.repositories.push(path);
    else if (entry.isDirectory()) collectBelow(top, path, found);
    else if (entry.isFile() || entry.isSymbolicLink()) found.paths.push(path);
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY", "EEXIST")) throw error;
  }
}

function entriesOf(folder: string): Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}
