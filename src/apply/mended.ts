import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import type { World } from "./world.ts";

const MENDED = "mended.json";
const UNPROVEN = "unproven.json";

/** What was put in order after a run or while it was going: one line each. */
export function readMended(runDir: string): readonly string[] {
  return readLines(join(runDir, MENDED));
}

/** To be called before something is put in order: should the daemon be killed in between, the run's end says it all the same. */
export function noteMended(runDir: string, line: string): void {
  noteLine(runDir, MENDED, line);
}

/** What was undone while several runs were under way, and any of them may have done: one line each. */
export function readUnproven(runDir: string): readonly string[] {
  return readLines(join(runDir, UNPROVEN));
}

/** To be called for each of these runs before it is undone: then nobody sees it any more. */
export function noteUnproven(runDir: string, line: string): void {
  noteLine(runDir, UNPROVEN, line);
}

function readLines(path: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as string[];
  } catch {
    return [];
  }
}

function noteLine(runDir: string, name: string, line: string): void {
  const path = join(runDir, name);
  const known = readLines(path);
  if (existsSync(runDir) && !known.includes(line)) writeFileDurably(path, JSON.stringify([...known, line]));
}

/** Keeps what is about to be replaced or removed: `what`, and where its copy is. */
export function keepAside(world: World, runId: string, { what, path }: { what: string; path: string | null }): string {
  const copy = path === null ? null : copyAside(world, runId, path);
  return copy === null ? what : `${what}; what was there is kept in ${placeOfCopy(world, copy)}`;
}

/** Keeps a file or folder as it is now, and answers the full path of the copy; null when there is nothing. */
export function copyAside(world: World, runId: string, path: string): string | null {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
  const folder = join(world.runtimeDir, "kept", runId);
  mkdirSync(folder, { recursive: true });
  const name = relative(world.codeRepo.top, path)
    .replaceAll("/", "-")
    .replace(/^[.-]+/, "");
  let to = join(folder, name);
  for (let count = 2; existsSync(to); count++) to = join(folder, `${name}.${String(count)}`);
  cpSync(path, to, { recursive: true, verbatimSymlinks: true });
  return to;
}

/** A copy as people are told of it. */
export function placeOfCopy({ codeRepo }: World, copy: string): string {
  return relative(dirname(codeRepo.commonDir), copy);
}
