import { join } from "node:path";
import type { Repository } from "./repository.ts";
import { askGitAsUser } from "./run.ts";

/** The folder of this repository's own hooks; null when the user's settings name another, which others may share. */
export async function ownHooksFolder({ top, commonDir }: Repository): Promise<string | null> {
  const { exitCode } = await askGitAsUser(top, ["config", "--get", "core.hooksPath"]);
  return exitCode === 0 ? null : join(commonDir, "hooks");
}
