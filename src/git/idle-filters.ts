import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Repository } from "./repository.ts";
import { git, gitWithInput } from "./run.ts";
import { idleFilters } from "./safe-config.ts";

/** A path, and the filter that its attributes name. */
export type Unfiltered = { path: string; filter: string };

/**
 * The paths of a commit, all or some, that go through a filter which is in force for the user, and which we do not run: as we
 * write them the user's git takes them for changed, and what we commit of them is not what theirs would. Code: GIT_FAILED.
 */
export async function findUnfiltered(
  repo: Repository,
  commit: string,
  some: (() => Promise<readonly string[]>) | null = null,
): Promise<Unfiltered[]> {
  const { names, attributesFile } = await idleFilters(repo);
  // Nearly everywhere there are none.
  if (names.size === 0) return [];
  const paths = (await some?.()) ?? (await listPaths(repo, commit));
  // The attributes of that commit, whatever is checked out: older gits know no other way.
  const folder = mkdtempSync(join(tmpdir(), "kanband-attributes-"));
  try {
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    await git(repo, ["read-tree", commit], { env });
    const config = attributesFile === null ? [] : [`core.attributesFile=${attributesFile}`];
    const input = paths.map((it) => `${it}\0`).join("");
    const args = ["check-attr", "--cached", "--stdin", "-z", "filter"];
    const fields = (await gitWithInput(repo, args, input, { env, config })).stdout.split("\0");
    return paths.flatMap((path, index) => {
      const filter = fields[3 * index + 2] ?? "";
      return names.has(filter) ? [{ path, filter }] : [];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listPaths(repo: Repository, commit: string): Promise<string[]> {
  return (await git(repo, ["ls-tree", "-r", "-z", "--name-only", commit])).split("\0").slice(0, -1);
}

/** Why a branch does not move. */
export function describeUnfiltered(found: readonly Unfiltered[]): string {
  const [first] = found;
  const others = found.length > 1 ? `, as ${found.length - 1} more do` : "";
  return `${first?.path ?? ""} goes through the filter \`${first?.filter ?? ""}\` of your git settings${others}, and kanband runs none but those of git-lfs: bring it in by hand`;
}
