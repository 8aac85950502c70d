import { join } from "node:path";
import { type Box, type Boxed, hiddenFolders, hiddenPrograms, type Probe, probeOf, realPath } from "./box.ts";
import { runCommand } from "./run-command.ts";

/**
 * The command that runs a program in a box made by bubblewrap: its own process, IPC and host names, everything read-only but
 * the worktree, no HOME, a `/tmp` of its own, and it dies with whoever started it. The network stays: agents need their
 * providers. What comes later in the list goes over what came before.
 */
export function inBwrap(box: Box, file: string, args: readonly string[]): Boxed {
  const { worktree } = box;
  return {
    file: "bwrap",
    args: [
      ["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"],
      // Root could otherwise mount everything writable again.
      ["--cap-drop", "ALL"],
      ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
      hiddenFolders(box).flatMap((it) => ["--tmpfs", it]),
      hiddenPrograms(box, file).flatMap((it) => ["--ro-bind-try", it, it]),
      // A HOME that holds the repository does not open it.
      box.writable.map(realPath).flatMap((it) => ["--bind-try", it, it]),
      box.readable.flatMap((it) => ["--ro-bind", it, it]),
      ["--bind", worktree, worktree],
      // Where the worktree's repository is, nobody else is to say.
      ["--ro-bind-try", join(worktree, ".git"), join(worktree, ".git")],
      ["--chdir", worktree, "--", file, ...args],
    ].flat(),
    files: [],
    env: {},
  };
}

const PROBE_MS = 5_000;

/** Whether bubblewrap can make such a box on this machine. Starts one short process. */
export async function probeBwrap(): Promise<Probe> {
  const args = ["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--ro-bind", "/", "/"];
  const request = { file: "bwrap", args: [...args, "--proc", "/proc", "--dev", "/dev", "true"], cwd: "/", stdin: "" };
  try {
    const env = { PATH: process.env["PATH"] ?? "" };
    return probeOf("bwrap", await runCommand({ ...request, env, timeoutMs: PROBE_MS }));
  } catch {
    return { problem: "bwrap is not installed", isSure: true };
  }
}
