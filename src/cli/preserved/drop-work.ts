import { KanbandError } from "../../errors.ts";
import { isAncestor, moveBranch } from "../../git/branches.ts";
import { resolveRef } from "../../git/head.ts";
import type { Repository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";
import { type KeptWork, listKeptWork } from "./kept-work.ts";

/** Removes the ref of kept work. Throws USAGE when nothing else would hold the work and that was not said to be well. */
export async function dropWork(
  repo: Repository,
  work: KeptWork,
  { baseRef, isSure }: { baseRef: string; isSure: boolean },
): Promise<void> {
  if (!isSure && !(await isHeldElsewhere(repo, work, baseRef))) {
    throw new KanbandError("USAGE", `no branch holds ${work.name}: dropping it loses its work`, {
      hint: `\`kanband preserved show ${work.name}\` to look; \`kanband preserved drop ${work.name} --yes\` to lose it.`,
    });
  }
  await moveBranch(repo, work.ref, work.sha, null);
}

async function isHeldElsewhere(repo: Repository, { ref, task, sha }: KeptWork, baseRef: string): Promise<boolean> {
  const branches = await git(repo, ["for-each-ref", "--count=1", "--format=1", `--contains=${sha}`, "refs/heads/"]);
  if (branches !== "") return true;
  const base = await resolveRef(repo, baseRef);
  const others = listKeptWork(repo, task).filter((it) => it.ref !== ref);
  for (const tip of [base, ...others.map((it) => it.sha)]) {
    if (tip !== null && (await isAncestor(repo, sha, tip))) return true;
  }
  return false;
}
