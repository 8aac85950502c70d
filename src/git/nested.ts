import { type Dirent, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Removes every `.git` below the top of a working tree: nested repositories could make git read planted settings. */
export function removeNestedRepositories(top: string): string[] {
  const found = findNestedRepositories(top);
  for (const path of found) rmSync(join(top, path, ".git"), { recursive: true, force: true });
  return found;
}

/** Folders below the top that hold a `.git`, relative to it. */
export function findNestedRepositories(top: string, folder = ""): string[] {
  return entriesOf(join(top, folder)).flatMap((entry) => {
    if (entry.name === ".git") return folder === "" ? [] : [folder];
    if (!entry.isDirectory()) return [];
    return findNestedRepositories(top, folder === "" ? entry.name : `${folder}/${entry.name}`);
  });
}

/** Every file below a folder but those of git itself, relative to the top. */
export function listFilesBelow(top: string, folder: string): string[] {
  return entriesOf(join(top, folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === ".git") return [];
    if (entry.isDirectory()) return listFilesBelow(top, path);
    return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
