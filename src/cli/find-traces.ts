import { existsSync } from "node:fs";
import { join } from "node:path";
import { branchOf } from "../board/branch.ts";
import { unportableReason } from "../board/portable-name.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { listKeptWhole } from "../git/kept-whole.ts";
import { listRefs } from "../git/ref-list.ts";
import type { Board } from "../observe/open-board.ts";
import { idOf } from "./find-task.ts";

export type KeptRef = { ref: string; sha: string };

/** What is left of a task whose file is gone. */
export type Traces = {
  id: string;
  branch: { name: string; sha: string } | null;
  /** Folder of its sessions, relative to the board root. */
  sessions: string | null;
  preserved: readonly KeptRef[];
  /** What no commit could hold: paths below the top of the code repository. */
  kept: readonly string[];
};

/** What is left of a task that has no file any more, by its id; null when nothing is. */
export function findTraces({ boardRoot, codeRepo }: Board, { branches }: Snapshot, word: string): Traces | null {
  const id = idOf(word);
  if (unportableReason(id) !== null) return null;
  const branch = branches.get(id);
  const sessions = `sessions/${id}`;
  const traces: Traces = {
    id,
    branch: branch === undefined ? null : { name: branchOf(id), sha: branch.sha },
    sessions: existsSync(join(boardRoot, sessions)) ? sessions : null,
    preserved: listPreserved({ codeRepo }, id),
    kept: listKeptWhole(codeRepo, id),
  };
  const isNothing = traces.branch === null && traces.sessions === null;
  return isNothing && traces.preserved.length + traces.kept.length === 0 ? null : traces;
}

/** Work of a task that was kept before a stop, a retry or a clean-up; newest last. */
export function listPreserved({ codeRepo }: Pick<Board, "codeRepo">, id: string): KeptRef[] {
  const refs = [...listRefs(codeRepo, `refs/kanband/preserved/${id}/`)];
  return refs.flatMap(([ref, value]) => ("sha" in value ? [{ ref, sha: value.sha }] : [])).toSorted(byNumber);
}

/** The command that shows what is on a branch of a task and not in the base. */
export function lookAtBranch({ settings }: Pick<Snapshot, "settings">, name: string): string {
  return `git log -p ${settings?.base ?? "main"}..${name}`;
}

// The tenth comes after the ninth.
function byNumber(a: { ref: string }, b: { ref: string }): number {
  return a.ref.localeCompare(b.ref, "en", { numeric: true });
}
