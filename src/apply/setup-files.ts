import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blobSha } from "../files/durable.ts";
import { type GitPlace, gitEnvironment, gitPrefix } from "../git/profile.ts";
import { findRegistration } from "../git/worktree-admin.ts";
import { quoteForShell } from "./quote-for-shell.ts";
import { readMark, SESSION_FOLDER } from "./setup-script.ts";
import type { World } from "./world.ts";

/** Files in the session folder: what was untracked when the set-up was through, and git's ids of it, line by line. */
const PATHS = `${SESSION_FOLDER}/.setup-paths`;
const BLOBS = `${SESSION_FOLDER}/.setup-blobs`;

/**
 * Lines for the end of a set-up script that write down which untracked files it leaves, so that they are not taken for the
 * agent's work. The supervisor runs them, so it is known whatever becomes of the daemon. They never fail the set-up.
 */
export function noteSetupFiles(world: World, worktree: string): string[] {
  const place = findRegistration(world.codeRepo, worktree);
  if (place === null) return [];
  const git = gitLine(place, world.codeRepo.userConfig);
  return [
    `{ ${git} ls-files --others --exclude-standard | grep -v '/$'; } > '${PATHS}' || :`,
    `${git} hash-object --no-filters --stdin-paths < '${PATHS}' > '${BLOBS}' || :`,
  ];
}

/** The untracked files of a worktree that are as its set-up left them. */
export function madeBySetup(world: World, worktree: string): string[] {
  if (readMark(worktree) === null) return [];
  const paths = linesOf(join(worktree, PATHS));
  const blobs = linesOf(join(worktree, BLOBS));
  const { objectFormat } = world.codeRepo;
  return paths.filter((path, at) => {
    // A quoted name is one that an ignore file could not say either.
    if (path.startsWith('"') || blobs[at] === undefined) return false;
    const file = join(worktree, path);
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
    return blobSha(readFileSync(file), objectFormat) === blobs[at];
  });
}

/** Replaces the session folder by `fill`, and keeps there what is known of the set-up. */
export function keepSetupFiles(worktree: string, fill: () => void): void {
  const kept = [PATHS, BLOBS].map((it) => [join(worktree, it), readOrNull(join(worktree, it))] as const);
  fill();
  for (const [path, bytes] of kept) if (bytes !== null) writeFileSync(path, bytes);
}

function gitLine(place: GitPlace, config: readonly string[]): string {
  const env = Object.entries(gitEnvironment(place, null)).filter(([key]) => key !== "PATH");
  const words = [...env.map(([key, value]) => `${key}=${value}`), "git", ...gitPrefix(place, config)];
  return `env -i PATH="$PATH" ${words.map(quoteForShell).join(" ")}`;
}

function linesOf(path: string): string[] {
  return (readOrNull(path)?.toString("utf8") ?? "").split("\n").filter((it) => it !== "");
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
