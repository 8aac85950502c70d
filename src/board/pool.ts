/** The domain of the committer that a run's own git commands write down: reflogs then say which run moved a ref. */
export const RUN_DOMAIN = "run.kanband.invalid";

/**
 * Whether a worktree is one of the pool in `folder`, which alone are given to tasks: directly in it, numbered `w1`, `w2`, …,
 * and not made by an agent. `madeBy`: the address at the beginning of its log.
 */
export function isOfPool(folder: string, worktree: { path: string; name: string; madeBy: string | null }): boolean {
  const { path, name, madeBy } = worktree;
  return path === `${folder}/${name}` && /^w[1-9]\d*$/.test(name) && madeBy?.endsWith(`@${RUN_DOMAIN}`) !== true;
}
