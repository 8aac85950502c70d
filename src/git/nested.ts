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

/** Every file below a folder but those of git itself, and the folders that cannot be read, relative to the top. */
export function listFilesBelow(top: string, folder: string): { paths: string[]; unreadable: string[] } {
  const entries = entriesOf(join(top, folder));
  if (entries === null) return { paths: [], unreadable: [folder] };
  const found = entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === ".git") return [];
    if (entry.isDirectory()) return [listFilesBelow(top, path)];
    return entry.isFile() || entry.isSymbolicLink() ? [{ paths: [path], unreadable: [] }] : [];
  });
  return { paths: found.flatMap((it) => it.paths), unreadable: found.flatMap((it) => it.unreadable) };
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
