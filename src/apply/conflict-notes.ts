import { buildTree } from "../git/build-tree.ts";
import { hasMarkers } from "../git/conflict-hunks.ts";
import type { Conflict, ConflictSide } from "../git/conflicts.ts";
import { makeObject, type NewObject, writeObjects } from "../git/loose-object.ts";
import type { ConflictedMerge } from "../git/merge.ts";
import { findPath, showFile } from "../git/objects.ts";
import type { Target } from "../git/path-targets.ts";
import { sideWords } from "./conflict-words.ts";
import { isOfConvention } from "./convention-folders.ts";
import type { World } from "./world.ts";

/** How the name of a note ends. */
const NOTE = ".conflict";

/**
 * The tree of a merge with conflicts, with a note beside each path in which no marker can show the conflict: one that is
 * binary, a link, a submodule, renamed or deleted. The note holds markers, and deleting it says that the path is in order:
 * whether it is cannot be told from the path, which may well stay as one side has it. `names`: of the two sides.
 */
export async function withConflictNotes(
  { codeRepo }: World,
  merge: ConflictedMerge,
  names: { ours: string; theirs: string },
): Promise<string> {
  const notes: { path: string; object: NewObject }[] = [];
  for (const it of merge.conflicts) {
    if (isOfConvention(it.path) || (await isMarked(codeRepo, merge, it))) continue;
    let path = `${it.path}${NOTE}`;
    while ((await findPath(codeRepo, merge.marked, path)) !== null) path += NOTE;
    notes.push({ path, object: makeObject(codeRepo, "blob", Buffer.from(noteText(it, names))) });
  }
  if (notes.length === 0) return merge.marked;
  const targets = new Map<string, Target>();
  for (const { path, object } of notes) {
    targets.set(path, { to: { mode: "100644", sha: object.sha }, object: null, stamp: "" });
  }
  const tree = await buildTree(codeRepo, merge.marked, targets);
  await writeObjects(codeRepo, [...notes.map(({ object }) => object), ...tree.objects]);
  return tree.sha;
}

/** What a file that is still there says of a conflict which nobody has mended; null: nothing. */
export function leftoverProblem(path: string, text: string): string | null {
  // A name that git gives to what is in the way of something else.
  if (/~(?:[0-9a-f]{40}|[0-9a-f]{64})(?:_\d+)?$/.test(path)) return `${path} is what git set aside for a conflict`;
  if (!/^<{7} /m.test(text) || !/^>{7} /m.test(text)) return null;
  if (!path.endsWith(NOTE)) return `${path}:${markedLines(text)} has conflict markers`;
  return `${path.slice(0, -NOTE.length)} is still in conflict: bring it in order, then delete ${path}`;
}

/** From which line to which markers stand, as `3-9,20-24`; from the first to the last where they are not in pairs. */
function markedLines(text: string): string {
  const lines = text.split("\n");
  const at = (mark: string): number[] => lines.flatMap((it, index) => (it.startsWith(mark) ? [index + 1] : []));
  const [starts, ends] = [at("<<<<<<< "), at(">>>>>>> ")];
  const isPaired = starts.length === ends.length && starts.every((it, index) => it < (ends[index] ?? 0));
  if (!isPaired) return `${starts[0]}-${ends.at(-1)}`;
  const ranges = starts.slice(0, RANGES).map((it, index) => `${it}-${ends[index]}`);
  return `${ranges.join(",")}${starts.length > RANGES ? ",…" : ""}`;
}

const RANGES = 3;

async function isMarked(repo: World["codeRepo"], merge: ConflictedMerge, it: Conflict): Promise<boolean> {
  if (it.kind !== "content" && it.kind !== "add/add") return false;
  return hasMarkers(await showFile(repo, merge.marked, it.path), merge);
}

function noteText(it: Conflict, { ours, theirs }: { ours: string; theirs: string }): string {
  return `<<<<<<< ${ours}
${ours} ${sideWords(it.ours, it)}${howToSee(it.ours)}
=======
${theirs} ${sideWords(it.theirs, it)}${howToSee(it.theirs)}
>>>>>>> ${theirs}

${it.path} is in conflict (${it.kind}), and markers in it cannot show that.
Bring it in order, then delete this file.
`;
}

function howToSee(side: ConflictSide | null): string {
  if (side === null) return "";
  return side.mode === "160000" ? `\n(git checkout ${side.sha}, in its folder)` : `\n(git cat-file blob ${side.sha})`;
}
