import { join } from "node:path";
import type { RepoView } from "../decide/snapshot.ts";
import { isFetching } from "../git/fetches.ts";
import { type Head, readHead } from "../git/head.ts";
import { finalRef } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import { branchesInUse } from "../git/worktree-admin.ts";
import { readStamp } from "./stamp.ts";

/** Set by init or the first `up`: the branch that holds the board. */
export const BOARD_REF = "refs/kanband/board";
/** A checkout writes files, then the index, then HEAD: for so long after somebody wrote the index, HEAD may be about to move. */
const INDEX_MS = 150;

export type RepoReading = {
  head: Head;
  /** Full name of the branch that holds the board. */
  boardBranch: string;
  state: RepoView["state"];
  detail: string;
  /** When a state that passes by itself may have passed; null when it does not. */
  lookAgainAt: number | null;
};

/** What is checked out in the board root and whether somebody's git is at work there. Starts no process. */
export async function readRepo(repo: Repository, trouble: string | null, now: number): Promise<RepoReading> {
  const head = await readHead(repo);
  const target = finalRef(repo, BOARD_REF);
  const boardBranch = target === BOARD_REF ? (head.ref ?? "") : target;
  return { head, boardBranch, ...judge(repo, head, boardBranch, trouble, now) };
}

/** Whether anything moved between two readings, so that what was read in between may be half of each. */
export function isSameHead(a: Head, b: Head): boolean {
  return (
    a.ref === b.ref &&
    a.sha === b.sha &&
    a.operation === b.operation &&
    a.isIndexLocked === b.isIndexLocked &&
    a.indexStamp === b.indexStamp
  );
}

/** `main` for `refs/heads/main`. */
export function shortBranch(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

type Judgement = Pick<RepoReading, "state" | "detail" | "lookAgainAt">;

function judge(repo: Repository, head: Head, boardBranch: string, trouble: string | null, now: number): Judgement {
  if (head.operation !== null && !isOfBoard(repo, head, boardBranch)) {
    const wanted = shortBranch(boardBranch);
    const what = `a ${head.operation} of another branch is in progress in ${repo.top}, the board is on ${wanted}`;
    return {
      state: "elsewhere",
      detail: `${what}: finish or abort it, then \`git switch ${wanted}\``,
      lookAgainAt: null,
    };
  }
  if (head.operation !== null) {
    const detail = `a ${head.operation} is in progress in ${repo.top}: finish or abort it`;
    return { state: "operation", detail, lookAgainAt: null };
  }
  if (head.ref !== boardBranch || boardBranch === "") {
    const found =
      head.ref === null ? `a detached HEAD (${head.sha?.slice(0, 9) ?? "no commit"})` : shortBranch(head.ref);
    const wanted = shortBranch(boardBranch) || "a branch";
    return {
      state: "elsewhere",
      detail: `${repo.top} is on ${found}, the board is on ${wanted}: \`git switch ${wanted}\``,
      lookAgainAt: null,
    };
  }
  if (head.isIndexLocked) {
    const detail = `another git command holds ${join(repo.gitDir, "index.lock")}; if none is running, remove that file`;
    return { state: "busy", detail, lookAgainAt: now + SOON_MS };
  }
  const lock = staleLock(repo, boardBranch, now);
  if (lock !== null) {
    const detail = `another git command holds ${lock}; if none is running, remove that file`;
    return { state: "busy", detail, lookAgainAt: now + SOON_MS };
  }
  if (isFetching(repo, now)) {
    const detail = "a fetch is under way, perhaps a pull, which would fail if the branch moved";
    return { state: "busy", detail, lookAgainAt: now + SOON_MS };
  }
  const quietAt = indexQuietAt(repo, boardBranch, now);
  if (quietAt > now)
    return { state: "busy", detail: "another git command is changing the index", lookAgainAt: quietAt };
  if (trouble !== null) return { state: "missing", detail: trouble, lookAgainAt: null };
  return { state: "ready", detail: "", lookAgainAt: null };
}

// In the middle of a rebase or bisect HEAD names no branch, and what lies there is another commit's.
function isOfBoard(repo: Repository, { ref }: Head, boardBranch: string): boolean {
  if (boardBranch === "" || ref === boardBranch) return true;
  return ref === null && branchesInUse(repo.gitDir).some((it) => finalRef(repo, `refs/heads/${it}`) === boardBranch);
}

const SOON_MS = 100;
/** A git that is at work holds a branch for a moment. */
const LOCK_MS = 2_000;

/** A lock of the board's branch that has stood for so long that somebody's git was killed in it, or hangs; null: none has. */
function staleLock(repo: Repository, boardBranch: string, now: number): string | null {
  const locks = [join(repo.gitDir, "HEAD.lock"), join(repo.commonDir, `${boardBranch}.lock`)];
  return locks.find((it) => now - (readStamp(it)?.mtimeMs ?? now) > LOCK_MS) ?? null;
}

// Our own commits, like everybody's, write the index first and the branch right after; then there is nothing to wait for.
function indexQuietAt(repo: Repository, boardBranch: string, now: number): number {
  const index = readStamp(join(repo.gitDir, "index"));
  if (index === null) return 0;
  const refs = [join(repo.commonDir, boardBranch), join(repo.gitDir, "HEAD"), join(repo.commonDir, "packed-refs")];
  const movedAt = Math.max(...refs.map((it) => readStamp(it)?.mtimeMs ?? 0));
  // An index from the future is another clock's, not somebody at work.
  return movedAt >= index.ctimeMs || index.ctimeMs > now + INDEX_MS ? 0 : index.ctimeMs + INDEX_MS;
}
