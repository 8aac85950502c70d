import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { KanbandError } from "../errors.ts";
import { type CatFile, createCatFile } from "./cat-file.ts";
import { createKeptOpen, type KeptOpen } from "./kept-open.ts";
import { createMutex, type Mutex } from "./mutex.ts";
import { createObjectCache, type ObjectCache } from "./object-cache.ts";
import type { GitIdentity, GitPlace } from "./profile.ts";
import { askGitAsUser } from "./run.ts";
import { noteUserFilters } from "./safe-config.ts";

export type ObjectFormat = "sha1" | "sha256";

/** An open repository. `top` is the working tree asked for, which may be a linked worktree. Close it when done. */
export type Repository = GitPlace & {
  readonly objectFormat: ObjectFormat;
  readonly identity: GitIdentity;
  /** The user's own ignore file and the like, as `key=value`, for commands that look at a working tree. */
  readonly userConfig: readonly string[];
  readonly isExecutableBitKept: boolean;
  readonly areLinksKept: boolean;
  /** Names that differ in capitals alone are one file in working trees. */
  readonly isCaseIgnored: boolean;
  readonly catFile: CatFile;
  readonly refUpdates: KeptOpen;
  /** The same, for refs outside `refs/heads/` of whose moves git is to keep a log. */
  readonly loggedRefUpdates: KeptOpen;
  readonly cache: ObjectCache;
  /** One commit at a time. */
  readonly commitMutex: Mutex;
  /** One change of refs at a time. */
  readonly refMutex: Mutex;
  /** One change of worktrees at a time: git's own locks there are not patient. */
  readonly worktreeMutex: Mutex;
  /** Ends the kept-open processes. */
  close(): Promise<void>;
};

/** Opens the repository that `dir` lies in. Codes: GIT_MISSING, GIT_TOO_OLD, NOT_A_REPOSITORY. */
export async function openRepository(dir: string): Promise<Repository> {
  if (!existsSync(dir)) throw new KanbandError("NOT_A_REPOSITORY", `There is no folder ${dir}`);
  // All at once, but what is said about git itself comes before what an old one says about the folder.
  const found = Promise.allSettled([locate(dir), readConfig(dir)]);
  await checkVersion(dir);
  const [located, read] = await found;
  const [place, config] = [valueOf(located), valueOf(read)];
  const objectFormat = config.get("extensions.objectformat") === "sha256" ? "sha256" : "sha1";
  if ((config.get("extensions.refstorage") ?? "files") !== "files") {
    const message = `${place.top} keeps its refs in a format that kanband does not read yet (extensions.refStorage)`;
    throw new KanbandError("NOT_A_REPOSITORY", message, { hint: "Use a repository with ref storage `files`." });
  }
  noteUserFilters(place, config);
  const identity = identityOf(config);
  const catFile = createCatFile(place);
  const refUpdates = createKeptOpen(place, ["update-ref", "-m", "kanband", "--stdin"], identity);
  const logged = ["update-ref", "-m", "kanband", "--create-reflog", "--stdin"];
  const loggedRefUpdates = createKeptOpen(place, logged, identity);
  return {
    ...place,
    objectFormat,
    identity,
    userConfig: userConfigOf(config),
    isExecutableBitKept: config.get("core.filemode") !== "false",
    areLinksKept: config.get("core.symlinks") !== "false",
    isCaseIgnored: config.get("core.ignorecase") === "true",
    catFile,
    refUpdates,
    loggedRefUpdates,
    cache: createObjectCache(),
    commitMutex: createMutex(),
    refMutex: createMutex(),
    worktreeMutex: createMutex(),
    async close() {
      await Promise.all([catFile.close(), refUpdates.close(), loggedRefUpdates.close()]);
    },
  };
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

async function checkVersion(dir: string): Promise<void> {
  const { stdout } = await askGitAsUser(dir, ["version"]);
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38)) return;
  throw new KanbandError("GIT_TOO_OLD", `${stdout.trim()} is too old: kanband needs git 2.38 or newer`);
}

async function locate(dir: string): Promise<GitPlace> {
  const args = ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir"];
  const { exitCode, stdout, stderr } = await askGitAsUser(dir, args);
  const [top, gitDir, commonDir] = stdout.split("\n");
  if (exitCode !== 0 || !top || !gitDir || !commonDir) {
    throw new KanbandError("NOT_A_REPOSITORY", `${dir} is not in a working tree of git: ${stderr.trim()}`);
  }
  return { top: realpathSync(top), gitDir: realpathSync(gitDir), commonDir: realpathSync(resolve(dir, commonDir)) };
}

/** All settings the user has for this repository, the last value of each key. */
async function readConfig(dir: string): Promise<Map<string, string>> {
  const { stdout } = await askGitAsUser(dir, ["config", "--list", "-z"]);
  const lines = stdout.split("\0").filter((it) => it !== "");
  return new Map(lines.map((line) => keyAndValue(line)));
}

function keyAndValue(line: string): [string, string] {
  const at = line.indexOf("\n");
  return at < 0 ? [line, "true"] : [line.slice(0, at), line.slice(at + 1)];
}

function identityOf(config: ReadonlyMap<string, string>): GitIdentity {
  const name = clean(config.get("user.name") ?? "");
  const email = clean(config.get("user.email") ?? "");
  return name === "" || email === "" ? { name: "kanband", email: "kanband@localhost" } : { name, email };
}

// What git itself strips from names, as they end up in a header line of the commit.
function clean(text: string): string {
  return text.replace(/[<>\n\0]/g, "").trim();
}

// Without HOME git would not find them; a relative path or `~` is the user's own business and left out.
function userConfigOf(config: ReadonlyMap<string, string>): string[] {
  const home = process.env["HOME"] ?? "";
  const base = process.env["XDG_CONFIG_HOME"] ?? `${home}/.config`;
  const excludes = (config.get("core.excludesfile") ?? `${base}/git/ignore`).replace(/^~(?=\/)/, home);
  return existsSync(excludes) ? [`core.excludesFile=${excludes}`] : [];
}
