import type { Repository } from "../git/repository.ts";
import type { RepoReading } from "./repo-state.ts";

/** So many are named one by one. */
const NAMED = 5;

/**
 * Files are gone, and git was not told: what brings these back and nothing else, and what says that they are to go. `note`: the
 * file that has the list; null while no daemon has written one.
 */
export function tornReading(
  repo: Repository,
  reading: RepoReading,
  gone: ReadonlySet<string>,
  note: string | null,
): RepoReading {
  const paths = [...gone].toSorted();
  const git = gitAt(repo);
  const what = `${paths.length} ${paths.length === 1 ? "file is" : "files are"} gone from the board at once, and git was not told`;
  const some = paths.length <= NAMED ? "" : ` (${paths[0]}, ${paths[1]}, …)`;
  const [back, away] = commands(git, paths, note);
  const next = `\`${back}\` brings back as committed what is gone, \`${away}\` says that it is to go`;
  return { ...reading, state: "operation", detail: `${what}${some}: ${next}`, lookAgainAt: null };
}

function commands(git: string, paths: readonly string[], note: string | null): [back: string, away: string] {
  const names = paths.map(shellWord).join(" ");
  if (paths.length <= NAMED) return [`${git} restore -- ${names}`, `${git} add --all -- ${names}`];
  // Not all that git misses by then: what a person moved meanwhile would come back beside itself.
  const listed = note === null ? null : `--pathspec-from-file=${shellWord(note)} --pathspec-file-nul`;
  if (listed !== null) return [`${git} restore ${listed}`, `${git} add --all ${listed}`];
  // Only folders in which git knows files: it stops at one in which it does not.
  const folders = [...new Set(paths.map((it) => it.split("/")[0] ?? ""))].join(" ");
  return [`${git} ls-files -z --deleted ${folders} | xargs -0 ${git} restore --`, `${git} add --all ${folders}`];
}

/** A sparse checkout leaves a file of the board out. */
export function sparseReading(repo: Repository, reading: RepoReading, path: string): RepoReading {
  const detail = `a sparse checkout leaves out ${path}: \`${gitAt(repo)} sparse-checkout add board sessions personas\``;
  return { ...reading, state: "operation", detail, lookAgainAt: null };
}

function gitAt({ top }: Repository): string {
  return `git -C ${shellWord(top)}`;
}

function shellWord(text: string): string {
  return /^[\w./@%+,:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
