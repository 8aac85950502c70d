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

/** A step from one commit to the next, and what of the tests whoever took it may touch. */
export type VerifyStep = { from: string; to: string; touches: readonly string[] };

/**
 * The commit that `verify` runs on: the tip, in which the configuration is the base's (`checks.config`), and so are the tests
 * that the task may not touch (`checks.tests`). No ref holds it when it differs from the tip.
 */
export async function verifyCommit(
  world: World,
  { tip, base, touches }: { tip: string; base: string | null; touches: readonly string[] },
): Promise<VerifyCommit> {
  return base === null
    ? { sha: tip, restored: [] }
    : await verifyChain(world, { tip, steps: [{ from: base, to: tip, touches }] });
}

/** The same for a tip that several tasks led to, one upon the other: each may touch its own. */
export async function verifyChain(
  world: World,
  { tip, steps }: { tip: string; steps: readonly VerifyStep[] },
): Promise<VerifyCommit> {
  const { config, tests } = world.settings().checks;
  if (config.length + tests.length === 0) return { sha: tip, restored: [] };
  const [isConfig, isTest] = [createMatcher(config), createMatcher(tests)];
  const targets = new Map<string, Target>();
  for (const { from, to, touches } of steps) {
    const mayTouch = createMatcher(touches);
    for (const { path, status, oldMode, oldSha } of await diffFiles(world.codeRepo, from, to)) {
      const isOfBase = isConfig(path) || (isTest(path) && !mayTouch(path));
      // What one may not touch is as it was before, whoever changed it first; what one may, is as it left it.
      if (!isOfBase) targets.delete(path);
      else if (!targets.has(path))
        targets.set(path, { to: status === "A" ? null : { mode: oldMode, sha: oldSha }, object: null, stamp: "" });
    }
  }
  if (targets.size === 0) return { sha: tip, restored: [] };
  const tree = await buildTree(world.codeRepo, await treeIdOf(world.codeRepo, tip), targets);
  await writeObjects(world.codeRepo, tree.objects);
  const message = "The branch with the base's configuration and tests\n";
  const sha = await commitTree(world.codeRepo, { tree: tree.sha, parents: [tip], message });
  return { sha, restored: [...targets.keys()] };
}
