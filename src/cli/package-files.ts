import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Top of this package, wherever it is installed: the folder that holds `board/` and `personas/` beside the code. */
export const PACKAGE_ROOT = join(import.meta.dirname, "..", "..");

/** The version of this package. */
export function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
  const version = typeof parsed === "object" && parsed !== null && "version" in parsed ? parsed.version : null;
  return typeof version === "string" ? version : "unknown";
}

/** One file of this package, by its path with `/`. */
export function readPackageFile(path: string): Buffer {
  return readFileSync(join(PACKAGE_ROOT, ...path.split("/")));
}

/** Every regular file under a folder of this package, as sorted paths with `/` from the package's top. */
export function listPackageFiles(folder: string): string[] {
  const entries: Dirent[] = readdirSync(join(PACKAGE_ROOT, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PACKAGE_ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}
