import type { ConflictHunk } from "../git/conflict-hunks.ts";
import type { Conflict, ConflictSide } from "../git/conflicts.ts";

/** What the base and the branch did at a path, on one line. Of the merge of a branch into the base: `ours` is the base. */
export function describeSides(conflict: Conflict, hunks: readonly ConflictHunk[] | null): string {
  if (hunks !== null) return `both changed it, ${hunks.length === 1 ? "in one place" : `in ${hunks.length} places`}`;
  const { ours, theirs } = conflict;
  return `the base ${sideWords(ours, conflict)}, the branch ${sideWords(theirs, conflict)}`;
}

/** What one side did at a path, as `renamed it to b.ts` or `deleted it`. */
export function sideWords(side: ConflictSide | null, { kind, base, path }: Conflict): string {
  if (side === null && kind === "file/directory") return "has a folder there";
  if (side === null) return base === null ? "has nothing there" : "deleted it";
  if (RENAMES.has(kind)) return side.path === path ? "renamed it" : `renamed it to ${side.path}`;
  if (side.mode === SUBMODULE) return `has it at ${side.sha}`;
  if (kind === "mode") return `made it ${TYPES[side.mode] ?? `a file of mode ${side.mode}`}`;
  return base === null ? "added it" : "changed it";
}

const RENAMES: ReadonlySet<string> = new Set(["rename/rename", "rename/delete"]);

const SUBMODULE = "160000";

const TYPES: Readonly<Record<string, string>> = {
  "100644": "a plain file",
  "100755": "an executable file",
  "120000": "a symbolic link",
  [SUBMODULE]: "a submodule",
};
