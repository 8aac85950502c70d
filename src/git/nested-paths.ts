import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FileDiff } from "./branches.ts";

const SUBMODULE = "160000";

/**
 * The paths of a diff that lie in another working tree below `top`: a linked worktree, or a repository of its own. Git takes
 * its folder for any other and writes there. The file system is asked, for to it `KANBAN` may be `kanban`.
 */
export function findNested(top: string, diffs: readonly FileDiff[]): string[] {
  const known = new Map<string, boolean>();
  const isTop = (folder: string): boolean => {
    const is = known.get(folder) ?? existsSync(join(top, folder, ".git"));
    known.set(folder, is);
    return is;
  };
  return diffs.filter((it) => foldersOf(it).some(isTop)).map(({ path }) => path);
}

/** The folders that a path lies in, and itself, unless it is a submodule: its pointer is kept beside it, and no file moves. */
function foldersOf({ path, oldMode, newMode }: FileDiff): string[] {
  const names = path.split("/");
  const isModule = oldMode === SUBMODULE || newMode === SUBMODULE;
  return names.slice(0, isModule ? -1 : undefined).map((_, at) => names.slice(0, at + 1).join("/"));
}
