import { onTestFinished } from "vitest";
import { openRepository, type Repository } from "../../src/git/repository.ts";
import { type Files, type Git, gitRepo } from "./git-repo.ts";

/** A real repository, and the same one opened through our own door; both are gone when the test ends. */
export async function openRepo(
  files: Files,
  options: { format?: "sha256" } = {},
): Promise<{ root: string; git: Git; repo: Repository }> {
  const made = await gitRepo(files, options);
  return { ...made, repo: await openFor(made.root) };
}

/** Opens a repository until the test ends. */
export async function openFor(dir: string): Promise<Repository> {
  const repo = await openRepository(dir);
  onTestFinished(() => repo.close());
  return repo;
}
