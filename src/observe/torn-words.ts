import type { Repository } from "../git/repository.ts";
import type { RepoReading } from "./repo-state.ts";

/** So many are named one by one. */
const NAMED = 5;

/** Files are gone, and git was not told: what brings these back and nothing else, and what says that they are to go. */
export function tornReading(repo: Repository, reading: RepoReading, gone: ReadonlySet<string>): RepoReading {
  const paths = [...gone].toSorted();
  const git = gitAt(repo);
  const what = `${paths.length} ${paths.length === 1 ? "file is" : "files are"} gone from the board at once, and git was not told`;
  const names = paths.map(shellWord).join(" ");
  // Only folders in which git knows files: it stops at one in which it does not.
  const folders = [...new Set(paths.map((it) => it.split("/")[0] ?? ""))].join(" ");
  const [some, back, away] =
    paths.length <= NAMED
      ? ["", `${git} restore -- ${names}`, `${git} add --all -- ${names}`]
      : [
          ` (${paths[0]}, ${paths[1]}, …)`,
          `${git} ls-files -z --deleted ${folders} | xargs -0 ${git} restore --`,
          `${git} add --all ${folders}`,
        ];
  const next = `\`${back}\` brings back as committed what is gone, \`${away}\` says that it is to go`;
  return { ...reading, state: "operation", detail: `${what}${some}: ${next}`, lookAgainAt: null };
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
