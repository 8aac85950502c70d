import { copyFileSync, existsSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { findPath } from "./objects.ts";
import type { GitPlace } from "./profile.ts";
import { type IndexFacts, readIndex } from "./read-index.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { readExcluded, SPARSE } from "./sparse.ts";
import { hasFiles, pickSubmodules } from "./submodules.ts";

/** Copies the index of a worktree, for its stat data and for what is staged, so that the worktree's own stays as it is. */
export function copyIndex(place: GitPlace, index: string): void {
  const own = join(place.gitDir, "index");
  rmSync(`${index}.lock`, { force: true });
  rmSync(index, { force: true });
  if (!existsSync(own)) return;
  copyFileSync(own, index);
  // Git compares times by the second, and looks at the content of files that are not older than the index. A copy that is
  // younger would hide every change of equal size made in the second of the checkout.
  const seconds = Math.floor(statSync(own).mtimeMs / 1000);
  utimesSync(index, seconds, seconds);
}

export type MendedIndex = {
  isMended: boolean;
  /** Nothing but the convention's folders is left out: a look at the files misses none. */
  isPlain: boolean;
  /** The submodules of HEAD's commit that have their entries, with the commits they stand for. */
  submodules: ReadonlyMap<string, string>;
};

/**
 * Brings to light what an agent hid in the index: assume-unchanged bits are cleared, planted repositories are no longer
 * links, as those of HEAD's submodules still are. In place of a torn or missing index stands HEAD's commit; left-out folders
 * that it lost come back.
 */
export async function mendIndex(
  repo: Repository,
  place: GitPlace,
  index: string,
  headSha: string,
): Promise<MendedIndex> {
  const env = { ...(await safeEnvironment(place)), GIT_INDEX_FILE: index };
  const facts = readIndex(index, repo.objectFormat) ?? (await askForIndex(place, env));
  if (facts === null) {
    rmSync(index, { force: true });
    await gitWithInput(place, ["read-tree", headSha], "", { env });
  }
  const links = (facts ?? (await askForIndex(place, env)))?.links ?? [];
  const submodules = await pickSubmodules(repo, headSha, links);
  const planted = links.filter((it) => !submodules.has(it) && hasFiles(place, it));
  const isShown = facts !== null && (await showHidden(place, env, headSha, { hidden: facts.hidden, planted }));
  const isFilled = await fillExcluded(repo, place, env, headSha, facts?.folders ?? null);
  const isMended = facts === null || isShown || isFilled;
  return { isMended, isPlain: !isMended && isPlain(facts, readExcluded(place)), submodules };
}

function isPlain({ links, leftOut, isSettled }: IndexFacts, excluded: readonly string[]): boolean {
  return isSettled && links.length === 0 && [...leftOut].every((it) => excluded.includes(it));
}

type IndexEnvironment = Readonly<Record<string, string>>;

// `<flag> <mode> <id> <stage>\t<path>`; a small letter stands for assume-unchanged.
async function askForIndex(place: GitPlace, env: IndexEnvironment): Promise<IndexFacts | null> {
  const args = ["ls-files", "-s", "-v", "-z"];
  const listed = await gitWithInput(place, args, "", { env, ok: [128], config: SPARSE });
  if (listed.exitCode !== 0 || listed.stdout === "") return null;
  const entries = listed.stdout.split("\0").filter((it) => it !== "");
  const paths = entries.map(pathOf);
  return {
    hidden: entries.filter((it) => /^[a-z]/.test(it)).map(pathOf),
    links: entries.filter((it) => it.slice(1).startsWith(" 160000 ")).map(pathOf),
    folders: new Set(paths.filter((it) => it.includes("/")).map((it) => it.slice(0, it.indexOf("/")))),
    leftOut: new Set(),
    isSettled: false,
  };
}

async function showHidden(
  place: GitPlace,
  env: IndexEnvironment,
  headSha: string,
  { hidden, planted }: { hidden: readonly string[]; planted: readonly string[] },
): Promise<boolean> {
  if (hidden.length > 0) {
    const args = ["update-index", "-z", "--no-assume-unchanged", "--stdin"];
    await gitWithInput(place, args, lines(hidden), { env });
  }
  if (planted.length > 0) {
    const input = lines(planted.map((it) => `0 ${headSha}\t${it}`));
    await gitWithInput(place, ["update-index", "-z", "--index-info"], input, { env });
  }
  return hidden.length + planted.length > 0;
}

/** `folders`: those that have entries; null: all of HEAD's have, without the bit that says they are left out. */
async function fillExcluded(
  repo: Repository,
  place: GitPlace,
  env: IndexEnvironment,
  headSha: string,
  folders: ReadonlySet<string> | null,
): Promise<boolean> {
  let isFilled = false;
  for (const folder of readExcluded(place)) {
    if (existsSync(join(place.top, folder))) continue;
    if (folders?.has(folder) === true) continue;
    const tree = await findPath(repo, headSha, folder);
    if (tree?.type !== "tree") continue;
    if (folders !== null) await gitWithInput(place, ["read-tree", `--prefix=${folder}/`, tree.sha], "", { env });
    const { stdout } = await gitWithInput(place, ["ls-files", "-z", "--", `:(top,literal)${folder}`], "", { env });
    await gitWithInput(place, ["update-index", "-z", "--skip-worktree", "--stdin"], stdout, { env, config: SPARSE });
    isFilled = true;
  }
  return isFilled;
}

function pathOf(entry: string): string {
  return entry.slice(entry.indexOf("\t") + 1);
}

function lines(paths: readonly string[]): string {
  return paths.map((it) => `${it}\0`).join("");
}
