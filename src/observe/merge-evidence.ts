import { parseSession } from "../board/session-file.ts";
import { showFile } from "../git/objects.ts";
import { checkRevision } from "../git/ref-name.ts";
import { gitResult } from "../git/run.ts";
import type { LandingPlace } from "./landing-place.ts";

/** What brought a task into the base, with the tip of the branch it came from. */
export type KnownLanding = { taskId: string; tip: string; sha: string };

/**
 * The tasks whose `merge.md`, as the board branch has it, says that one of these commits brought them into the base: those of a
 * forge say nothing themselves. One process, and a read for each that is found. Code: GIT_FAILED.
 */
export async function mergesNamed(
  { boardRepo: repo, boardSha: head }: LandingPlace,
  shas: ReadonlySet<string>,
): Promise<KnownLanding[]> {
  if (head === null || shas.size === 0) return [];
  // Settings of the repository change what it prints, and how it reads the pattern.
  const plain = ["-z", "--no-color", "--no-line-number", "--no-column", "--basic-regexp"];
  const args = ["grep", ...plain, "-e", "^merged_as: ", checkRevision(head), "--"];
  const { stdout } = await gitResult(repo, [...args, ":(top,glob)sessions/*/merge.md"], { ok: [1] });
  const found: KnownLanding[] = [];
  for (const line of stdout.split("\n")) {
    const [, path, sha = ""] = /^[^:]+:([^\0]+)\0merged_as: ([0-9a-f]+)$/.exec(line) ?? [];
    if (path === undefined || !shas.has(sha)) continue;
    const bytes = await showFile(repo, head, path);
    const taskId = path.split("/")[1] ?? "";
    const session = bytes === null ? null : parseSession(path, taskId, bytes).session;
    const tip = session?.verdict === "merged" ? session.commitSha : null;
    if (tip !== null) found.push({ taskId, tip, sha });
  }
  return found;
}
