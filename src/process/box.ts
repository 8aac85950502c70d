import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, sep } from "node:path";

/** What a run may see and change; all paths absolute. */
export type Box = {
  worktree: string;
  /** Folders that it may read: git's, the run's own files. */
  readable: readonly string[];
  /** Folders and files that it may change beside its worktree, where they are there. */
  writable: readonly string[];
  /** The person's HOME: all of it is out of sight but for what is named here. */
  home: string;
  /** Programs that it starts beside its own. */
  needs: readonly string[];
  /** Hosts that it may speak to, for a sandbox that has a say in it: `api.example.com`, `*.example.com`. */
  domains: readonly string[];
  env: Readonly<Record<string, string>>;
};

/** A command as it is started in a sandbox, with the files and variables that the sandbox wants. */
export type Boxed = {
  file: string;
  args: readonly string[];
  files: readonly { name: string; text: string }[];
  env: Readonly<Record<string, string>>;
};

/** Whether a sandbox works here: `problem` says in one line why not. Not sure: it did not answer in time, and may the next time. */
export type Probe = { problem: string | null; isSure: boolean };

/** What a try of a sandbox came to. */
export function probeOf(
  name: string,
  { exitCode, isTimedOut, stderr }: { exitCode: number | null; isTimedOut: boolean; stderr: string },
): Probe {
  if (exitCode === 0) return { problem: null, isSure: true };
  if (isTimedOut) return { problem: `${name} gave no answer in time`, isSure: false };
  return { problem: `${name}: ${stderr.trim().split("\n")[0] || `exit ${String(exitCode)}`}`, isSure: true };
}

/** Folders of which a run sees nothing but what its box names: HOME, and what other programs leave in temporary folders. */
export function hiddenFolders({ home, env }: Box): string[] {
  const temporary = ["/tmp", "/var/tmp", env["TMPDIR"] ?? "/tmp"];
  // A link is hidden where it leads, and what is not there needs no hiding.
  const real = [...temporary, home].flatMap((it) => (isAbsolute(it) && existsSync(it) ? [realpathSync(it)] : []));
  // What lies in another is made anew in it: a HOME must be there to be written to.
  return [...new Set(real)].filter((it) => it !== "/").toSorted((a, b) => a.length - b.length);
}

/** A path as it is without links, as far as it is there. */
export function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent), basename(path));
}

/** Where the programs of a run lie inside of hidden folders: the folders of PATH, and the packages around what it starts. */
export function hiddenPrograms(box: Box, file: string): string[] {
  const hidden = hiddenFolders(box);
  const folders = (box.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const ours = [process.execPath, import.meta.filename, OWN_PACKAGE];
  const programs = [
    ...folders,
    ...[file, ...box.needs].flatMap((it) => placesOf(it, folders)),
    ...ours.flatMap((it) => placesOf(it, [])),
  ];
  return [...new Set(programs.map(realPath))].filter((path) => hidden.some((it) => path.startsWith(it + sep)));
}

const OWN_PACKAGE = join(import.meta.dirname, "..", "..");

/** Where a program really is: links lead out of the folder in which it is found, and a package lies around it. */
function placesOf(file: string, folders: readonly string[]): string[] {
  const path = isAbsolute(file) ? file : folders.map((it) => join(it, file)).find((it) => existsSync(it));
  if (path === undefined || !existsSync(path)) return [];
  const real = realpathSync(path);
  const at = real.indexOf(`${sep}node_modules${sep}`);
  const folderOf = (it: string): string => (statSync(it).isDirectory() ? it : dirname(it));
  return [folderOf(path), at === -1 ? folderOf(real) : real.slice(0, at)];
}
