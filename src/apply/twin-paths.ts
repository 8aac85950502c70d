import { foldName } from "../board/portable-name.ts";
import type { FileDiff } from "../git/branches.ts";
import { readTree } from "../git/objects.ts";
import type { TreeEntry } from "../git/tree.ts";
import { shownPath } from "./shown-path.ts";
import type { World } from "./world.ts";

/**
 * Names of files and folders, of which a change brings one, that are one on a file system that does not tell case or Unicode
 * composition apart; one line each. Those that stood side by side before are nobody's fault.
 */
export async function twinProblems(world: World, tip: string, changes: readonly FileDiff[]): Promise<string[]> {
  const added = new Set(changes.filter(({ status }) => status === "A").map(({ path }) => path));
  const folders = new Set([...added].flatMap(foldersOf));
  const problems: string[] = [];
  for (const folder of folders) {
    const byFold = new Map<string, TreeEntry>();
    for (const entry of await readTree(world.codeRepo, tip, folder)) {
      const twin = byFold.get(foldName(entry.name));
      byFold.set(foldName(entry.name), entry);
      if (twin === undefined) continue;
      const [path, other] = [join(folder, entry.name), join(folder, twin.name)];
      const isNew = (await isAdded(world, tip, added, path, entry)) || (await isAdded(world, tip, added, other, twin));
      const kind = entry.type === "tree" ? "folder" : "file";
      if (isNew) problems.push(`${shownPath(path)} and ${shownPath(other)} are one ${kind} on some systems`);
    }
  }
  return problems;
}

/** Whether everything that stands at a path is new. */
async function isAdded(
  world: World,
  tip: string,
  added: ReadonlySet<string>,
  path: string,
  { type }: TreeEntry,
): Promise<boolean> {
  if (type !== "tree") return added.has(path);
  for (const entry of await readTree(world.codeRepo, tip, path)) {
    if (!(await isAdded(world, tip, added, join(path, entry.name), entry))) return false;
  }
  return true;
}

/** The folders that a path lies in, the top first. */
function foldersOf(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return ["", ...names.map((_, at) => names.slice(0, at + 1).join("/"))];
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
