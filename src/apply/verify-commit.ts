import { diffFiles } from "../git/branches.ts";
import { buildTree } from "../git/build-tree.ts";
import { writeObjects } from "../git/loose-object.ts";
import { commitTree } from "../git/merge.ts";
import { treeIdOf } from "../git/objects.ts";
import type { Target } from "../git/path-targets.ts";
import { createMatcher } from "./path-globs.ts";
import type { World } from "./world.ts";

/** `restored`: the files that are the base's in it. */
export type VerifyCommit = { sha: string; restored: readonly string[] };

/**
 * The commit that `verify` runs on: the tip, in which the configuration is the base's (`checks.config`), and so are the tests
 * that the task may not touch (`checks.tests`). No ref holds it when it differs from the tip.
 */
export async function verifyCommit(
  world: World,
  { tip, base, touches }: { tip: string; base: string | null; touches: readonly string[] },
): Promise<VerifyCommit> {
  const { config, tests } = world.settings().checks;
  if (base === null || config.length + tests.length === 0) return { sha: tip, restored: [] };
  const [isConfig, isTest, mayTouch] = [createMatcher(config), createMatcher(tests), createMatcher(touches)];
  const isOfBase = (path: string): boolean => isConfig(path) || (isTest(path) && !mayTouch(path));
  const changed = (await diffFiles(world.codeRepo, base, tip)).filter(({ path }) => isOfBase(path));
  if (changed.length === 0) return { sha: tip, restored: [] };
  const targets = new Map<string, Target>();
  for (const { path, status, oldMode, oldSha } of changed) {
    targets.set(path, { to: status === "A" ? null : { mode: oldMode, sha: oldSha }, object: null, stamp: "" });
  }
  const tree = await buildTree(world.codeRepo, await treeIdOf(world.codeRepo, tip), targets);
  await writeObjects(world.codeRepo, tree.objects);
  const message = "The branch with the base's configuration and tests\n";
  const sha = await commitTree(world.codeRepo, { tree: tree.sha, parents: [tip], message });
  return { sha, restored: changed.map(({ path }) => path) };
}
