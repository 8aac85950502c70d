import { branchOf } from "../board/branch.ts";
import { UNDONE } from "../board/landed.ts";
import type { Session } from "../board/session.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { readCommit } from "../git/read-commit.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

/** A commit with which the daemon brought a task's branch onto what came below it, and upon which nobody has built yet. */
export type Follow = {
  kind: "follow";
  sha: string;
  subject: string;
  /** Ms since the epoch, whole seconds. */
  at: number;
  /** The tip of the branch before it. */
  before: string;
  /** What its stack ref said before it, and says since then. Null: the base came in, for a rework that is to mend a conflict. */
  stack: { lower: string; held: string; onto: string | null } | null;
};

const FOLLOWED = new Set(["restacked", "followed", "to-mend"]);

/** The subject of the commit that brings the base into a branch, before the rework of a conflict. */
export function baseSubject(world: World, taskId: string): string {
  return `Merge ${world.settings().base} into ${branchOf(taskId)}, conflicts left to mend`;
}

/**
 * How the daemon last brought a branch onto what is below it; null when its tip is anything else. Anybody can write such a commit:
 * of a stack its record has to agree, and the base has to have what came from it. Code: GIT_FAILED.
 */
export async function lastFollow(world: World, taskId: string, restack: Session | null): Promise<Follow | null> {
  const repo = world.codeRepo;
  const sha = await resolveRef(repo, branchRefOf(taskId));
  const commit = sha === null ? null : await readCommit(repo, sha);
  const [before, second] = commit?.parents ?? [];
  if (sha === null || commit === null || before === undefined) return null;
  const [subject = ""] = commit.message.split("\n", 1);
  const seconds = /> (\d+) [+-]\d{4}$/.exec(commit.author)?.[1] ?? "0";
  const follow: Follow = { kind: "follow", sha, subject, at: Number(seconds) * 1000, before, stack: null };
  if (second !== undefined && subject === baseSubject(world, taskId)) {
    const base = await resolveRef(repo, baseRefOf(world));
    return base !== null && (await isAncestor(repo, second, base)) ? follow : null;
  }
  const stack = stackOf(commit.message, restack);
  if (stack === null || !isRecorded(restack, follow) || !(await isAncestor(repo, stack.held, before))) return null;
  return { ...follow, stack };
}

function stackOf(message: string, restack: Session | null): Follow["stack"] {
  const held = /^Instead-Of: ([0-9a-f]+)$/m.exec(message)?.[1];
  const onto = /^Stacked-On: \S+ ([0-9a-f]+)$/m.exec(message)?.[1];
  const lower = restack?.target ?? undefined;
  const said = restack?.args?.[0];
  if (held === undefined || onto === undefined || lower === undefined || said === undefined) return null;
  if (said !== "base" && said !== onto) return null;
  return { lower, held, onto: said === "base" ? null : onto };
}

// Taken back, but for the branch: whoever did it was killed before that moved.
function isRecorded(restack: Session | null, { sha, before }: Follow): boolean {
  if (restack?.verdict === UNDONE) return restack.commitSha === before;
  return FOLLOWED.has(restack?.verdict ?? "") && restack?.commitSha === sha;
}
