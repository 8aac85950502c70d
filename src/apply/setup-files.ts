import { lstatSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blobSha } from "../files/durable.ts";
import { type GitPlace, gitEnvironment, gitPrefix } from "../git/profile.ts";
import { findRegistration } from "../git/worktree-admin.ts";
import { quoteForShell } from "./quote-for-shell.ts";
import { readPlain } from "./read-plain.ts";
import { readMark, SESSION_FOLDER } from "./setup-script.ts";
import type { World } from "./world.ts";

/** Files in the session folder: what was untracked when the set-up was through, and git's ids of it, line by line. */
const PATHS = `${SESSION_FOLDER}/.setup-paths`;
const BLOBS = `${SESSION_FOLDER}/.setup-blobs`;

/** The untracked links, `<id> <path>` a line: of what is written in them, and not of what they lead to. */
const LINKS = `${SESSION_FOLDER}/.setup-links`;

/**
 * Lines for the end of a set-up script that write down which untracked files it leaves, so that they are not taken for the
 * agent's work. The supervisor runs them, so it is known whatever becomes of the daemon. They never fail the set-up.
 */
export function noteSetupFiles(world: World, worktree: string): string[] {
  const place = findRegistration(world.codeRepo, worktree);
  if (place === null) return [];
  const git = gitLine(place, world.codeRepo.userConfig);
  const lines = "while IFS= read -r path; do";
  return [
    `{ ${git} ls-files --others --exclude-standard | ${lines}`,
    `  if [ -L "$path" ]; then echo "$(readlink -n "./$path" | ${git} hash-object --stdin) $path" >&3`,
    `  elif [ -f "$path" ] && [ -r "$path" ]; then printf '%s\\n' "$path"; fi`,
    `done; } > '${PATHS}' 3> '${LINKS}' || :`,
    // At the first file that is gone by now it ends: then one by one, an empty line for what is not there.
    `${git} hash-object --no-filters --stdin-paths < '${PATHS}' > '${BLOBS}' ||`,
    `${lines} ${git} hash-object --no-filters -- "$path" || echo; done < '${PATHS}' > '${BLOBS}' || :`,
  ];
}

/** The untracked files of a worktree that are as its set-up left them. */
export function madeBySetup(world: World, worktree: string): string[] {
  if (readMark(worktree) === null) return [];
  const paths = linesOf(join(worktree, PATHS));
  const blobs = linesOf(join(worktree, BLOBS));
  const files = paths.map((path, at) => ({ path, blob: blobs[at] ?? "" }));
  const links = linesOf(join(worktree, LINKS)).map((it) => {
    const at = it.indexOf(" ");
    return { path: it.slice(at + 1), blob: it.slice(0, at) };
  });
  const { objectFormat } = world.codeRepo;
  return [...files, ...links].flatMap(({ path, blob }) => {
    const bytes = contentOf(join(worktree, path));
    return bytes !== null && blobSha(bytes, objectFormat) === blob ? [path] : [];
  });
}

/** The bytes of a file, or what is written in a link; null for all else. */
function contentOf(path: string): Buffer | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true) return readlinkSync(path, { encoding: "buffer" });
  return stat?.isFile() === true ? readFileSync(path) : null;
}

/** Replaces the session folder by `fill`, and keeps there what is known of the set-up. */
export function keepSetupFiles(worktree: string, fill: () => void): void {
  const kept = [PATHS, BLOBS, LINKS].map((it) => [join(worktree, it), readPlain(join(worktree, it))] as const);
  fill();
  for (const [path, bytes] of kept) if (bytes !== null) writeFileSync(path, bytes);
}

/** The words for `sh` that call git for a worktree, whatever the environment and the settings are. */
export function gitLine(place: GitPlace, config: readonly string[]): string {
  const env = Object.entries(gitEnvironment(place, null)).filter(([key]) => key !== "PATH");
  const words = [...env.map(([key, value]) => `${key}=${value}`), "git", ...gitPrefix(place, config)];
  return `env -i PATH="$PATH" ${words.map(quoteForShell).join(" ")}`;
}

function linesOf(path: string): string[] {
  return (readPlain(path)?.toString("utf8") ?? "").split("\n").slice(0, -1);
}
