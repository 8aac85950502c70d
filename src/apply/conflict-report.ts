import { showFile } from "../git/objects.ts";
import type { LandingConflict as Conflict } from "./make-landing.ts";
import { quote } from "./quote.ts";
import type { World } from "./world.ts";

const LISTED = 10;
const SHOWN_BYTES = 4_000;

/** A conflict for people and for the prompt of the rework: the paths, what git says, and both sides of each file. */
export async function describeConflict(world: World, conflict: Conflict): Promise<{ reason: string; text: string }> {
  const paths = [...new Set(conflict.conflicts.map(({ path }) => path))].toSorted();
  const sides = await Promise.all(paths.slice(0, LISTED).map((path) => showSides(world, conflict, path)));
  const shown = paths.slice(0, LISTED).join(", ");
  const reason =
    paths.length > LISTED ? `conflict in ${shown} and ${paths.length - LISTED} more` : `conflict in ${shown}`;
  const list = conflict.conflicts.map(({ path, kind }) => `- \`${path}\`: ${kind}`).join("\n");
  return { reason, text: [list, quote("Git says:", conflict.text), ...sides].join("\n\n") };
}

async function showSides(world: World, { baseSha, branchSha }: Conflict, path: string): Promise<string> {
  const sides = [
    ["the base has", await showFile(world.codeRepo, baseSha, path)],
    ["the branch has", await showFile(world.codeRepo, branchSha, path)],
  ] as const;
  return sides
    .filter(([, bytes]) => bytes !== null && bytes.length <= SHOWN_BYTES && !bytes.includes(0))
    .map(([who, bytes]) => quote(`\`${path}\`, as ${who} it:`, bytes?.toString("utf8") ?? ""))
    .join("\n");
}
