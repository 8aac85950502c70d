import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import { readHeadNow } from "./head.ts";
import { findPath, showFile } from "./objects.ts";
import type { GitPlace } from "./profile.ts";
import { readIndex } from "./read-index.ts";
import { readText } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git, gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { namesIn } from "./worktree-admin.ts";

/** Those of the paths that a commit has as submodules and names in its `.gitmodules`, with the commits they stand for. */
export async function pickSubmodules(
  repo: Repository,
  sha: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (paths.length === 0) return found;
  const settings = (await showFile(repo, sha, ".gitmodules"))?.toString("utf8") ?? "";
  const named = new Set([...settings.matchAll(/^\s*path\s*=\s*"?(.*?)"?\s*$/gm)].map((it) => it[1] ?? ""));
  for (const path of paths.filter((it) => named.has(it))) {
    const entry = await findPath(repo, sha, path);
    if (entry?.type === "commit") found.set(path, entry.sha);
  }
  return found;
}

/**
 * What became of submodules, of which the commit of the whole knows only an id. `work`: they hold what is nowhere else, or
 * cannot be judged; `moved`: they are at another commit, which others have.
 */
export async function lookAtSubmodules(
  place: GitPlace,
  submodules: ReadonlyMap<string, string>,
): Promise<{ work: string[]; moved: string[] }> {
  const work: string[] = [];
  const moved: string[] = [];
  for (const [path, sha] of submodules) {
    if (!hasFiles(place, path)) continue;
    const own = openSubmodule(place, path);
    if (own === null || (await holdsWork(own, sha))) work.push(path);
    else if (readHeadNow(own).sha !== sha) moved.push(path);
  }
  return { work, moved };
}

/** Puts the repository of a submodule into its folder, where it is at work by itself and can be moved with it. */
export function embedRepository(place: GitPlace, path: string): void {
  const own = openSubmodule(place, path);
  if (own === null) return;
  const config = join(own.gitDir, "config");
  const text = readFileSync(config, "utf8");
  writeFileDurably(config, text.replace(/^\s*worktree\s*=.*\n/gm, ""));
  rmSync(join(own.top, ".git"));
  renameSync(own.gitDir, join(own.top, ".git"));
}

/** Makes the folder of each submodule an empty one: git leaves alone what is in it, and a folder that is not there is a change. */
export async function emptySubmodules(repo: Repository, place: GitPlace): Promise<void> {
  if (!existsSync(join(place.top, ".gitmodules"))) return;
  for (const path of await listLinks(repo, place)) {
    const folder = join(place.top, path);
    if (hasFiles(place, path)) rmSync(folder, { recursive: true, force: true });
    if (isWithin(place, dirname(path))) mkdirSync(folder, { recursive: true });
  }
}

async function listLinks(repo: Repository, place: GitPlace): Promise<readonly string[]> {
  const facts = readIndex(join(place.gitDir, "index"), repo.objectFormat);
  if (facts !== null) return facts.links;
  const entries = (await git(place, ["ls-files", "-s", "-z"])).split("\0");
  return entries.filter((it) => it.startsWith("160000 ")).map((it) => it.slice(it.indexOf("\t") + 1));
}

/** Whether there is something in a folder of the working tree, to which no link leads. */
export function hasFiles(place: GitPlace, path: string): boolean {
  return isWithin(place, path) && namesIn(join(place.top, path)).length > 0;
}

// What is not there is nowhere else, either.
function isWithin(place: GitPlace, path: string): boolean {
  const names = path.split("/");
  return names.every((_, at) => {
    const stat = lstatSync(join(place.top, ...names.slice(0, at + 1)), { throwIfNoEntry: false });
    return stat === undefined || stat.isDirectory();
  });
}

/** Null: its repository is not where git itself puts it for this working tree, so that anybody may have made it up. */
function openSubmodule(place: GitPlace, path: string): GitPlace | null {
  const top = join(place.top, path);
  const pointer = /^gitdir: (.+?)\n?$/.exec(readText(join(top, ".git")) ?? "")?.[1];
  if (pointer === undefined) return null;
  try {
    const gitDir = realpathSync(resolve(top, pointer));
    const isOurs = gitDir.startsWith(join(realpathSync(place.gitDir), "modules") + sep);
    return isOurs ? { gitDir, commonDir: gitDir, top } : null;
  } catch {
    return null;
  }
}

const UNSAVED = ["status", "--porcelain", "-z", "-uall", "--ignore-submodules=all"];
// A glob without a wildcard would mean what is below it.
const OWN_COMMITS = ["rev-list", "-n", "1", "--ignore-missing", "HEAD", "--branches", "--glob=refs/stas[h]"];

async function holdsWork(own: GitPlace, sha: string): Promise<boolean> {
  // What is missing in it is not fetched: its settings would say by which program.
  const env = { ...(await safeEnvironment(own)), GIT_ALLOW_PROTOCOL: "none" };
  for (const args of [UNSAVED, [...OWN_COMMITS, "--not", "--remotes", sha]]) {
    const { exitCode, stdout } = await gitWithInput(own, args, "", { env, ok: [128] });
    if (exitCode !== 0 || stdout !== "") return true;
  }
  return false;
}
