import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import picomatch from "picomatch";
import { blobSha } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import type { CopiedFile } from "./run-facts.ts";
import { keepSetupFiles } from "./setup-files.ts";
import { MARK_NAME, readMark, SESSION_FOLDER } from "./setup-script.ts";
import { CONVENTION_FOLDERS, type World } from "./world.ts";

/**
 * Copies the files of `worktree.copy` from the user's checkout to a worktree that does not have them: plain files below the
 * top, never through a link. What is there stays. Answers what was copied, so that it is not taken for work.
 */
export function copyFiles(world: World, worktree: string): CopiedFile[] {
  const globs = world.settings().worktree.copy;
  if (globs.length === 0) return [];
  const top = world.codeRepo.top;
  const copied: CopiedFile[] = [];
  failpoint("apply.inputs.before-copy");
  for (const path of matchFiles(top, globs)) {
    const target = join(worktree, path);
    const bytes = readFileSync(join(top, path));
    if (lstatSync(target, { throwIfNoEntry: false }) === undefined && isPlainBelow(worktree, path)) {
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(join(top, path), target);
    }
    if (isSameFile(target, bytes)) copied.push({ path, blob: blobSha(bytes, world.codeRepo.objectFormat) });
  }
  failpoint("apply.inputs.after-copy");
  return copied;
}

/** Takes copied files away again where they are as they were copied and git does not know them: they are not work. */
export function removeCopies(
  world: World,
  worktree: string,
  copied: readonly CopiedFile[],
  tracked: ReadonlySet<string>,
): void {
  for (const { path, blob } of copied) {
    const target = join(worktree, path);
    if (tracked.has(path) || lstatSync(target, { throwIfNoEntry: false })?.isFile() !== true) continue;
    if (blobSha(readFileSync(target), world.codeRepo.objectFormat) === blob) rmSync(target);
  }
}

/** Fills `.session/` with exactly these files and nothing else, but for the mark that the worktree is set up. */
export function placeSessions(worktree: string, files: ReadonlyMap<string, Uint8Array>): void {
  const folder = join(worktree, SESSION_FOLDER);
  const mark = readMark(worktree);
  failpoint("apply.inputs.before-sessions");
  keepSetupFiles(worktree, () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, ".gitignore"), "*\n");
  if (mark !== null) writeFileSync(join(folder, MARK_NAME), mark);
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  failpoint("apply.inputs.after-sessions");
}

const NEVER = new Set<string>([".git", ".kanband", "node_modules", SESSION_FOLDER, ...CONVENTION_FOLDERS]);
const WALK_LIMIT = 20_000;

/** Paths of plain files below `top` that match one of the globs, without following links. */
export function matchFiles(top: string, globs: readonly string[]): string[] {
  const usable = globs
    .map((it) => it.replace(/^\.\//, ""))
    .filter((it) => !it.startsWith("/") && !it.split("/").includes(".."));
  if (usable.length === 0) return [];
  const matches = picomatch([...usable], { dot: true });
  // Most globs are about the top folder; only those with a slash or a globstar make a walk necessary.
  const isDeep = usable.some((it) => it.includes("/"));
  const found: string[] = [];
  let seen = 0;
  function walk(folder: string): void {
    for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
      if (++seen > WALK_LIMIT) return;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile() && matches(path)) found.push(path);
      if (isDeep && entry.isDirectory() && !NEVER.has(entry.name)) walk(path);
    }
  }
  walk("");
  return found.sort();
}

// Every folder on the way is a folder: a link there would lead out of the worktree.
function isPlainBelow(root: string, path: string): boolean {
  const folders = path.split("/").slice(0, -1);
  return folders.every((_, index) => {
    const stat = lstatSync(join(root, ...folders.slice(0, index + 1)), { throwIfNoEntry: false });
    return stat === undefined || stat.isDirectory();
  });
}

function isSameFile(path: string, bytes: Buffer): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).equals(bytes);
}
