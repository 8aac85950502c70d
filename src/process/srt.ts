import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Box, type Boxed, hiddenFolders, hiddenPrograms, type Probe, probeOf, realPath } from "./box.ts";
import { runCommand } from "./run-command.ts";

/**
 * The command that runs a program under Anthropic's sandbox-runtime (`srt`), for which Linux and macOS are the same: only the
 * worktree can be written, HOME and temporary folders are out of sight, and the network is closed but for the named domains.
 * `filesDir` is where the run's files will lie.
 */
export function inSrt(box: Box, filesDir: string, file: string, args: readonly string[]): Boxed {
  const writable = box.writable.map(realPath);
  const settings = {
    network: { allowedDomains: [...new Set(box.domains)], deniedDomains: [] },
    filesystem: {
      denyRead: hiddenFolders(box).map(literal),
      allowRead: [...box.readable, ...writable, ...hiddenPrograms(box, file)].map(literal),
      allowWrite: [box.worktree, ...writable].map(literal),
      // Where the worktree's repository is, nobody else is to say.
      denyWrite: [join(box.worktree, ".git")].map(literal),
    },
  };
  return {
    file: "srt",
    args: ["--settings", join(filesDir, SETTINGS), "--", file, ...args],
    files: [{ name: SETTINGS, text: JSON.stringify(settings) }],
    // Its own choice is a folder that is not there when `/tmp` is empty.
    env: { CLAUDE_CODE_TMPDIR: "/tmp" },
  };
}

/**
 * Files that srt puts into the folder it protects, empty and read-only, so that nobody else makes them. It removes them at
 * its end, unless it is killed. (Seen with 0.0.83.)
 */
export const SRT_GHOSTS: readonly string[] =
  ".bash_profile .bashrc .gitconfig .gitmodules .idea .mcp.json .profile .ripgreprc .vscode .zprofile .zshrc".split(
    " ",
  );

const SETTINGS = "srt.json";
const PROBE_MS = 15_000;

/** A path is a path, whatever characters it has. */
function literal(path: string): { path: string; literal: true } {
  return { path, literal: true };
}

/** Whether srt works on this machine. Starts one short program. */
export async function probeSrt(): Promise<Probe> {
  const folder = mkdtempSync(join(tmpdir(), "kanband-srt-"));
  const settings = join(folder, SETTINGS);
  const filesystem = { denyRead: [], allowWrite: [], denyWrite: [] };
  writeFileSync(settings, JSON.stringify({ network: { allowedDomains: [], deniedDomains: [] }, filesystem }));
  const args = ["--settings", settings, "--", "true"];
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/" };
  try {
    return probeOf("srt", await runCommand({ file: "srt", args, cwd: folder, env, stdin: "", timeoutMs: PROBE_MS }));
  } catch {
    return { problem: "srt is not installed", isSure: true };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
