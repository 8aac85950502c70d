import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { makeObject, type NewObject, writeObjects } from "./loose-object.ts";
import { listFilesBelow } from "./nested.ts";
import type { GitPlace } from "./profile.ts";
import { readText } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";

/**
 * Puts the files of nested repositories into an index as plain files: git itself would record a bare link, and the work
 * would be gone with the folder. Answers what could not be taken: folders that are too large for that, what is unreadable, and
 * the `.git` in which somebody committed, which holds more than its files.
 */
export async function addNested(
  repo: Repository,
  place: GitPlace,
  env: Readonly<Record<string, string>>,
  nested: readonly string[],
): Promise<string[]> {
  const left: string[] = [];
  for (const folder of nested) {
    const { paths, repositories, unreadable } = listFilesBelow(place.top, folder);
    if (paths.length > MOST_FILES) {
      left.push(folder);
      continue;
    }
    const read = paths.map((path) => readEntry(repo, place, path) ?? path);
    const entries = read.filter((it) => typeof it !== "string");
    left.push(
      ...repositories.filter((it) => hasOwnCommits(place, it)),
      ...unreadable,
      ...read.filter((it) => typeof it === "string"),
    );
    await writeObjects(
      repo,
      entries.map((it) => it.object),
    );
    const input = entries.map(({ path, mode, object }) => `${mode} ${object.sha}\t${path}\0`).join("");
    await gitWithInput(place, ["update-index", "-z", "--index-info"], input, { env });
  }
  return left;
}

const MOST_FILES = 5000;

// The log of its HEAD, `<ids, who, when>\t<why>` a line, says it without a git that would read what was planted there.
function hasOwnCommits(place: GitPlace, repository: string): boolean {
  const log = readText(join(place.top, repository, "logs/HEAD")) ?? "";
  return /\t(?!clone: |checkout: |pull: Fast-forward|reset: |branch: )/.test(log);
}

function readEntry(
  repo: Repository,
  place: GitPlace,
  path: string,
): { path: string; mode: string; object: NewObject } | null {
  const full = join(place.top, path);
  try {
    const stat = lstatSync(full);
    const isLink = stat.isSymbolicLink();
    const bytes = isLink ? Buffer.from(readlinkSync(full)) : readFileSync(full);
    const plain = (stat.mode & 0o100) !== 0 ? "100755" : "100644";
    return { path, mode: isLink ? "120000" : plain, object: makeObject(repo, "blob", bytes) };
  } catch {
    return null;
  }
}
