import { checkRefName } from "./ref-name.ts";
import { readRef } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/** The ref that a symbolic ref names; null when it is not there or not symbolic. Starts no process. */
export function readSymbolicRef(repo: Repository, name: string): string | null {
  const value = readRef(repo, name);
  return value !== null && "target" in value ? value.target : null;
}

/** Makes `name` stand for `target`, both full names. Code: GIT_FAILED. */
export async function setSymbolicRef(repo: Repository, name: string, target: string): Promise<void> {
  checkRefName(name);
  checkRefName(target);
  if (readSymbolicRef(repo, name) === target) return;
  await repo.refMutex(() => git(repo, ["symbolic-ref", "-m", "kanband", name, target], { identity: repo.identity }));
}
