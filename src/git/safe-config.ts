import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { stampOf } from "./head.ts";
import { type GitPlace, OWN_ATTRIBUTES } from "./profile.ts";
import { git } from "./run.ts";

/**
 * Environment that switches off every program which the repository's own configuration would make git run on files: an agent
 * without a sandbox may have planted it there. The filters of git-lfs pass, being known by their exact commands, the user's
 * own as well. For each call that reads or writes a working tree an agent had, and for merges.
 */
export async function safeEnvironment(place: GitPlace): Promise<Readonly<Record<string, string>>> {
  const stamp = [place.commonDir, place.gitDir].map((it) => configFiles(it).map(stampOf).join()).join();
  const user = USER.get(place.commonDir) ?? [];
  const known = KNOWN.get(place.gitDir);
  if (known?.stamp === stamp && known.user === user) return known.env;
  const pattern =
    "^(core\\.(autocrlf|eol)|filter\\..*\\.(clean|smudge|process|required)|merge\\..*\\.driver|lfs\\.extension\\..*)$";
  const listed = await git(place, ["config", "--includes", "-z", "--get-regexp", pattern], { ok: [1] });
  const all = listed.split("\0").flatMap((line) => parseSetting(line));
  const own = all.filter(([key]) => !key.startsWith("core."));
  const settings = [OWN_ATTRIBUTES, ...(own.some(makesLfsRun) ? NO_LFS : user), ...own.flatMap(disarm)];
  const env = { ...configEnvironment(settings), ...OFFLINE };
  const ends = (ENDS.get(place.commonDir) ?? []).filter(([key]) => !all.some(([name]) => name === key));
  const { attributesFile = null } = IDLE.get(place.commonDir) ?? {};
  const attributes: Setting[] = attributesFile === null ? [] : [[OWN_ATTRIBUTES[0], attributesFile]];
  const withEnds = { ...configEnvironment([...settings, ...ends, ...attributes]), ...OFFLINE };
  KNOWN.set(place.gitDir, { stamp, user, env, withEnds, names: filtersIn(own) });
  return env;
}

/**
 * The same for a person's checkout, with the line ends and the attributes that they have set for all their repositories: by
 * these their own git wrote the files there, and tells whether one is changed.
 */
export async function personsEnvironment(place: GitPlace): Promise<Readonly<Record<string, string>>> {
  const env = await safeEnvironment(place);
  return KNOWN.get(place.gitDir)?.withEnds ?? env;
}

/** The filters that are in force for the user and not for us, and the user's own file of attributes. Code: GIT_FAILED. */
export async function idleFilters(
  place: GitPlace,
): Promise<{ names: ReadonlySet<string>; attributesFile: string | null }> {
  await safeEnvironment(place);
  const { names: users = [], attributesFile = null } = IDLE.get(place.commonDir) ?? {};
  return { names: new Set([...users, ...(KNOWN.get(place.gitDir)?.names ?? [])]), attributesFile };
}

function filtersIn(settings: readonly Setting[]): string[] {
  return settings.flatMap(([key, value]) => {
    const name = /^filter\.(.*)\.(?:clean|smudge|process)$/.exec(key)?.[1];
    return name === undefined || value === "" || LFS_COMMANDS.has(value) ? [] : [name];
  });
}

function attributesFileOf(config: ReadonlyMap<string, string>): string | null {
  const home = process.env["HOME"] ?? "";
  const base = process.env["XDG_CONFIG_HOME"] ?? `${home}/.config`;
  const path = (config.get("core.attributesfile") ?? `${base}/git/attributes`).replace(/^~(?=\/)/, home);
  return isAbsolute(path) && existsSync(path) ? path : null;
}

/**
 * Keeps the line ends and the filters of git-lfs that are in force for the user, for calls in this repository: `git lfs
 * install` writes them.
 */
export function noteUserFilters({ commonDir }: GitPlace, config: ReadonlyMap<string, string>): void {
  const commands = LFS_KEYS.flatMap((key): Setting[] => {
    const value = config.get(key);
    return value === undefined ? [] : [[key, value]];
  });
  const isKnown = commands.length > 0 && commands.every(([, value]) => LFS_COMMANDS.has(value));
  const isRequired = config.get("filter.lfs.required") === "true";
  const ends = ["core.autocrlf", "core.eol"].flatMap((key): Setting[] => {
    const value = config.get(key);
    return value === undefined ? [] : [[key, value]];
  });
  ENDS.set(commonDir, ends);
  IDLE.set(commonDir, { names: filtersIn([...config]), attributesFile: attributesFileOf(config) });
  USER.set(commonDir, isKnown ? [...commands, ["filter.lfs.required", `${isRequired}`]] : NONE);
}

type Setting = readonly [key: string, value: string];

/** Settings as environment: unlike `-c key=value` this takes keys with any character. */
export function configEnvironment(settings: readonly Setting[]): Record<string, string> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: `${settings.length}`, ...Object.fromEntries(pairs) };
}

type Known = {
  stamp: string;
  user: readonly Setting[];
  env: Readonly<Record<string, string>>;
  withEnds: Readonly<Record<string, string>>;
  /** Filters that the repository's own settings name a program for. */
  names: readonly string[];
};

// A cache: the answer holds until one of the files changes.
const KNOWN = new Map<string, Known>();

// By common directory, as the user's settings were when the repository was opened.
const USER = new Map<string, readonly Setting[]>();
const NONE: readonly Setting[] = [];
const ENDS = new Map<string, readonly Setting[]>();
const IDLE = new Map<string, { names: readonly string[]; attributesFile: string | null }>();

function configFiles(folder: string): string[] {
  return [join(folder, "config"), join(folder, "config.worktree")];
}

function parseSetting(line: string): Setting[] {
  const at = line.indexOf("\n");
  if (line === "") return [];
  return [at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)]];
}

function disarm([key, value]: Setting): Setting[] {
  if (key.startsWith("filter.lfs.") || key.startsWith("lfs.") || LFS_COMMANDS.has(value)) return [];
  if (key.endsWith(".required")) return [[key, "false"]];
  // A driver without a command fails the merge; this one says "conflict", as git would without it.
  return [[key, key.endsWith(".driver") ? "false" : ""]];
}

/** Whether a setting of the repository makes git-lfs, or what goes by its name, run another program. */
function makesLfsRun([key, value]: Setting): boolean {
  return key.startsWith("lfs.extension.") || (LFS_KEYS.includes(key) && !LFS_COMMANDS.has(value));
}

const LFS_KEYS = ["filter.lfs.clean", "filter.lfs.smudge", "filter.lfs.process"];

const NO_LFS: readonly Setting[] = [...LFS_KEYS.map((key): Setting => [key, ""]), ["filter.lfs.required", "false"]];

/** The commands of git-lfs, as it writes them itself. */
export const LFS_COMMANDS: ReadonlySet<string> = new Set([
  "git-lfs clean -- %f",
  "git-lfs smudge -- %f",
  "git-lfs filter-process",
  // As `git lfs install --skip-smudge` has them.
  "git-lfs smudge --skip -- %f",
  "git-lfs filter-process --skip",
]);

// An object that is not here and cannot be fetched stays a pointer, and fails nothing.
const OFFLINE = { GIT_LFS_SKIP_DOWNLOAD_ERRORS: "1" };
