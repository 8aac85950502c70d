import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { parseRefFile, type RefValue, readPackedRefs, readText } from "./refs.ts";

/** All shared refs below a prefix such as `refs/heads/kanband/`, loose and packed. Reads files, starts no process. */
export function listRefs(place: GitPlace, prefix: string): Map<string, RefValue> {
  const refs = new Map<string, RefValue>();
  for (const [name, sha] of readPackedRefs(place.commonDir)) {
    if (name.startsWith(prefix)) refs.set(name, { sha });
  }
  for (const name of listLooseNames(place, prefix.slice(0, prefix.lastIndexOf("/")))) {
    if (!name.startsWith(prefix)) continue;
    const text = readText(join(place.commonDir, name));
    const value = text === null ? null : parseRefFile(text);
    if (value !== null) refs.set(name, value);
  }
  return refs;
}

/** The names of all loose refs in a folder such as `refs/heads`, whatever is in them; what git passes over is none. */
export function listLooseNames({ commonDir }: GitPlace, folder: string): string[] {
  return walk(commonDir, folder);
}

function walk(base: string, folder: string): string[] {
  return entriesOf(join(base, folder)).flatMap((entry) => {
    // As git does: locks, and what file managers leave where they looked.
    if (entry.name.startsWith(".") || entry.name.endsWith(".lock")) return [];
    const name = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(base, name) : [name];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
