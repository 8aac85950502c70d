import { existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import { runCommand } from "./run-command.ts";

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
  env: Readonly<Record<string, string>>;
};

/**
 * The command that runs a program in a box made by bubblewrap: its own process, IPC and host names, everything read-only but
 * the worktree, no HOME, a `/tmp` of its own, and it dies with whoever started it. The network stays: agents need their
 * providers. What comes later in the list goes over what came before.
 */
export function boxed(box: Box, file: string, args: readonly string[]): { file: string; args: string[] } {
  const { worktree, home, env } = box;
  const temporary = [...new Set(["/tmp", "/var/tmp", env["TMPDIR"] ?? "/tmp"])];
  const hidden = [...temporary, home].filter((it) => isAbsolute(it) && it !== "/");
  const folders = (env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const ours = [process.execPath, import.meta.filename, OWN_PACKAGE];
  const programs = [
    ...folders,
    ...[file, ...box.needs].flatMap((it) => placesOf(it, folders)),
    ...ours.flatMap((it) => placesOf(it, [])),
  ];
  const inHidden = (path: string): boolean => hidden.some((it) => path.startsWith(it + sep));
  return {
    file: "bwrap",
    args: [
      ["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"],
      // Root could otherwise mount everything writable again.
      ["--cap-drop", "ALL"],
      ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
      hidden.flatMap((it) => ["--tmpfs", it]),
      [...new Set(programs)].filter(inHidden).flatMap((it) => ["--ro-bind-try", it, it]),
      // A HOME that holds the repository does not open it.
      box.writable.flatMap((it) => ["--bind-try", it, it]),
      box.readable.flatMap((it) => ["--ro-bind", it, it]),
      ["--bind", worktree, worktree],
      // Where the worktree's repository is, nobody else is to say.
      ["--ro-bind-try", join(worktree, ".git"), join(worktree, ".git")],
      ["--chdir", worktree, "--", file, ...args],
    ].flat(),
  };
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

const PROBE_MS = 5_000;

/** Whether bubblewrap can make such a box on this machine; else why not, in one line. Starts one short process. */
export async function whyNoBox(): Promise<string | null> {
  const args = ["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--ro-bind", "/", "/"];
  const request = { file: "bwrap", args: [...args, "--proc", "/proc", "--dev", "/dev", "true"], cwd: "/", stdin: "" };
  try {
    const env = { PATH: process.env["PATH"] ?? "" };
    const { exitCode, stderr } = await runCommand({ ...request, env, timeoutMs: PROBE_MS });
    return exitCode === 0 ? null : `bwrap: ${stderr.trim().split("\n")[0] ?? `exit ${String(exitCode)}`}`;
  } catch {
    return "bwrap is not installed";
  }
}
