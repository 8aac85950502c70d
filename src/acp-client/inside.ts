import { lstatSync, realpathSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";

/**
 * Whether a path, as an agent writes it, lies in the worktree, wherever its links lead; what is not there yet lies where its
 * folder does. The pointer to the repository does not count as a file of the worktree.
 */
export function isInside(worktree: string, path: string): boolean {
  const root = realpathSync(worktree);
  const wanted = resolve(root, path);
  const real = realOf(wanted, wanted);
  if (real === null) return false;
  const within = relative(root, real);
  return within !== ".." && !within.startsWith(`..${sep}`) && within !== ".git" && !within.startsWith(`.git${sep}`);
}

/** Null for a link that leads nowhere: what is written through it appears somewhere else. */
function realOf(at: string, wanted: string): string | null {
  try {
    return resolve(realpathSync(at), relative(at, wanted));
  } catch {
    if (isLink(at) || dirname(at) === at) return null;
    return realOf(dirname(at), wanted);
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
