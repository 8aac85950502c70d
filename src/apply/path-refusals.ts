import { PROTECTED_PATHS } from "../board/protected-paths.ts";
import type { FileDiff } from "../git/branches.ts";
import { readBlob } from "../git/objects.ts";
import { isOfBoardRoot, isOfConvention, isOfDaemon } from "./convention-folders.ts";
import { linkProblem } from "./link-problem.ts";
import { createListMatcher, isNamed } from "./path-globs.ts";
import { portabilityProblem } from "./portable-path.ts";
import { shownPath, visible } from "./shown-path.ts";
import { twinProblems } from "./twin-paths.ts";
import type { World } from "./world.ts";

const LISTED = 10;

/**
 * What of a branch's changes may not come into the base, whoever accepts it; one line each. What is protected may be changed
 * by a task whose `touches` name it.
 */
export async function pathRefusals(
  world: World,
  it: { tip: string; changes: readonly FileDiff[]; touches: readonly string[] },
): Promise<string[]> {
  const { tip, changes, touches } = it;
  const problems: string[] = [];
  const ofBoard = changes.filter(({ path }) => isOfConvention(path)).map(({ path }) => path);
  if (ofBoard.length > 0) {
    problems.push(`the branch changes ${list(ofBoard)}; board/, sessions/ and personas/ are not the agent's`);
  }
  const inBoard = changes.filter(({ path }) => isOfBoardRoot(world, path)).map(({ path }) => path);
  if (inBoard.length > 0) {
    problems.push(`the branch changes ${list(inBoard)}; the board is checked out there, and it is not the agent's`);
  }
  const ofDaemon = changes.filter(({ path }) => isOfDaemon(path)).map(({ path }) => path);
  if (ofDaemon.length > 0) {
    problems.push(`the branch changes ${list(ofDaemon)}; .kanband/ and .session/ are the daemon's`);
  }
  const isProtected = createListMatcher([...PROTECTED_PATHS, ...world.settings().checks.refuse]);
  const mayNot = changes.filter(({ path }) => isProtected(path) && !isNamed(path, touches, isProtected));
  const paths = mayNot.map(({ path }) => path);
  if (paths.length > 0) problems.push(`the branch changes ${list(paths)}, which is protected; ${howToAllow(paths[0])}`);
  const modules = changes.filter(({ path, oldMode, newMode }) => {
    return (oldMode === SUBMODULE || newMode === SUBMODULE) && !isNamed(path, touches, () => false);
  });
  if (modules.length > 0) {
    const names = modules.map(({ path }) => path);
    problems.push(`the branch changes the submodule ${list(names)}; ${howToAllow(names[0])}`);
  }
  const added = changes.filter(({ status }) => status !== "D");
  problems.push(...(await linkProblems(world, added)));
  problems.push(...added.flatMap(({ path }) => nameProblem(path)));
  problems.push(...(await twinProblems(world, tip, added)));
  return problems;
}

/** The first few of many paths, on one line. */
export function list(paths: readonly string[]): string {
  const shown = paths.slice(0, LISTED).map(shownPath).join(", ");
  return paths.length > LISTED ? `${shown} and ${paths.length - LISTED} more` : shown;
}

/** Why a checkout of the base cannot follow: what it would write lies in another working tree. */
export function intoAnother(files: readonly string[]): string {
  return `${list(files)} would be written into another working tree, which is checked out there`;
}

const SUBMODULE = "160000";
const LINK = "120000";

function howToAllow(path = ""): string {
  const shown = JSON.stringify(path);
  return `to allow it for this task write \`touches: [${shown}, "**"]\`, for all tasks \`checks: { refuse: [${JSON.stringify(`!${path}`)}] }\` in board/board.md`;
}

async function linkProblems(world: World, added: readonly FileDiff[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { path, newMode, newSha } of added) {
    if (newMode !== LINK) continue;
    const target = (await readBlob(world.codeRepo, newSha))?.toString("utf8") ?? "/";
    const problem = linkProblem(path, target);
    if (problem !== null) problems.push(`the symbolic link ${shownPath(path)} ${problem}`);
  }
  return problems;
}

function nameProblem(path: string): string[] {
  const problem = portabilityProblem(path);
  return problem === null ? [] : [`${visible(JSON.stringify(path))} ${problem}`];
}
