import { type CheckClaim, STILL_IN_CONFLICT } from "../board/check-claim.ts";
import type { FileDiff } from "../git/branches.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { showFile, treeIdOf } from "../git/objects.ts";
import { borrowedClaims } from "./borrowed-commits.ts";
import { changedPaths } from "./changed-paths.ts";
import { leftoverProblem } from "./conflict-notes.ts";
import { foreignTasks } from "./foreign-commits.ts";
import { foundationOf } from "./foundation.ts";
import { createMatcher } from "./path-globs.ts";
import { list, pathRefusals } from "./path-refusals.ts";
import { strangeHistory } from "./strange-history.ts";
import { baseRefOf, type World } from "./world.ts";

const MARKER_BYTES = 1024 * 1024;

export type BranchFacts = {
  taskId: string;
  tip: string;
  startSha: string | null;
  branchedFrom: string | null;
  /** The task, or the branch, that it started from. */
  base: string | null;
  /** The tasks whose commits it may not hold. */
  others: readonly string[];
  touches: readonly string[];
  mustCommit: boolean;
  hadConflict: boolean;
};

/**
 * What is claimed of a task branch before any command runs, as git shows it: commits where one is due, which change something;
 * nothing but what the task may change; names that every system can have; no conflict markers left behind.
 */
export async function branchClaims(world: World, facts: BranchFacts): Promise<CheckClaim[]> {
  const strange = await strangeHistory(world, facts.tip);
  // What it changes cannot be told from what the base has.
  if (strange !== null) return [claim("it builds upon the base", [strange], "")];
  const changes = await changedPaths(world, facts);
  const claims: CheckClaim[] = facts.mustCommit ? await commitClaims(world, facts, changes) : [];
  claims.push(...(await foreignClaims(world, facts)), ...(await borrowedClaims(world, facts)));
  const refusals = await pathRefusals(world, { ...facts, changes });
  claims.push(claim("it changes nothing that is refused", refusals, describeChanges(changes)));
  if (facts.touches.length > 0) {
    const lent = (await foundationOf(world, facts))?.lent;
    const own = changes.filter(({ path }) => lent?.has(path) !== true);
    claims.push(touchesClaim(facts.touches, own));
  }
  if (facts.hadConflict) {
    const added = changes.filter(({ status }) => status !== "D");
    const problems = await markerProblems(world, facts.tip, added);
    const what = "no conflict is left to mend";
    const seen = claim(what, problems, "no file has conflict markers, no note of a conflict is left");
    // Of several reasons the first are kept.
    if (problems.length > 0) claims.unshift({ ...seen, reason: `${STILL_IN_CONFLICT}${problems.join("; ")}` });
    else claims.push(seen);
  }
  return claims;
}

async function commitClaims(world: World, facts: BranchFacts, changes: readonly FileDiff[]): Promise<CheckClaim[]> {
  const { tip, startSha } = facts;
  const what = "it has commits since its start";
  if (tip === startSha) return [claim(what, ["nothing was changed: there is no commit since the start"], "")];
  const since = startSha === null ? tip : `${startSha}..${tip}`;
  const commits = claim(what, [], `\`git log ${since}\``);
  const problem = (await isEmptyWork(world, facts, changes)) ? [NOTHING] : [];
  return [commits, claim("its commits change something", problem, describeChanges(changes))];
}

const NOTHING = "nothing was changed: there are commits since the start, and all of them together change no file";

async function isEmptyWork(
  world: World,
  { tip, startSha, hadConflict }: BranchFacts,
  changes: readonly FileDiff[],
): Promise<boolean> {
  const repo = world.codeRepo;
  if (startSha !== null && (await treeIdOf(repo, startSha)) === (await treeIdOf(repo, tip))) return true;
  // A conflict may well be mended by taking what the base has; and somebody may have merged it meanwhile.
  if (changes.length > 0 || hadConflict) return false;
  const base = await resolveRef(repo, baseRefOf(world));
  return base !== null && !(await isAncestor(repo, tip, base));
}

async function foreignClaims(world: World, facts: BranchFacts): Promise<CheckClaim[]> {
  const [first, ...more] = await foreignTasks(world, facts);
  if (first === undefined) return [];
  const names = [first, ...more].map((it) => `\`${it}\``).join(", ");
  const problem = `the branch holds commits of ${names}, which nobody has accepted; \`base: ${first}\` says that a task builds upon them`;
  return [claim("its commits are its own", [problem], "")];
}

function touchesClaim(touches: readonly string[], changes: readonly FileDiff[]): CheckClaim {
  const isTouched = createMatcher(touches);
  const others = changes.filter(({ path }) => !isTouched(path)).map(({ path }) => path);
  const globs = touches.map((it) => JSON.stringify(it)).join(", ");
  const problem = others.length === 0 ? [] : [`the branch changes ${list(others)}, outside \`touches: [${globs}]\``];
  return claim("it changes only what the task may touch", problem, `all of it is in ${globs}`);
}

function claim(what: string, problems: readonly string[], seen: string): CheckClaim {
  return problems.length === 0
    ? { what, verdict: "CONFIRMED", evidence: seen }
    : { what, verdict: "REFUTED", evidence: problems.join("; "), reason: problems.join("; ") };
}

function describeChanges(changes: readonly FileDiff[]): string {
  return changes.length === 0 ? "no file differs from the base" : `it changes ${list(changes.map(({ path }) => path))}`;
}

async function markerProblems(world: World, tip: string, added: readonly FileDiff[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { path, newMode } of added) {
    const bytes = newMode.startsWith("100") ? await showFile(world.codeRepo, tip, path) : null;
    const problem = leftoverProblem(path, bytes === null || bytes.length > MARKER_BYTES ? "" : bytes.toString("utf8"));
    if (problem !== null) problems.push(problem);
  }
  return problems;
}
