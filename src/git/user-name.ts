import { askGitAsUser } from "./run.ts";

/** What the user calls themselves in git's settings for this folder; null when nowhere said. */
export async function readUserName(dir: string): Promise<string | null> {
  const { exitCode, stdout } = await askGitAsUser(dir, ["config", "--get", "user.name"]);
  const name = stdout.trim();
  return exitCode === 0 && name !== "" ? name : null;
}
