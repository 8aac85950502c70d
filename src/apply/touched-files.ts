import { diffFiles } from "../git/branches.ts";
import { isOfConvention } from "./convention-folders.ts";
import { isLooking, type RunFacts } from "./run-facts.ts";
import type { World } from "./world.ts";

/** So many are told one by one; beyond that the folders that hold them. */
const MOST = 100;

/** The files that a task's attempts changed so far, the run's own among them; `tip`: where its work ended. */
export async function touchedFiles(world: World, facts: RunFacts, tip: string | null): Promise<readonly string[]> {
  const before = facts.touched ?? [];
  const from = facts.branchedFrom ?? facts.startSha;
  if (isLooking(facts) || tip === null || tip === from) return before;
  const changed = await diffFiles(world.codeRepo, from, tip);
  // The board's came with the base, or are refused.
  return listTouched([...before, ...changed.map(({ path }) => path).filter((path) => !isOfConvention(path))]);
}

/** The same paths, sorted, each once; of too many the folders, with `/` at the end, as deep as they are few enough. */
export function listTouched(paths: readonly string[]): readonly string[] {
  for (let depth = Number.POSITIVE_INFINITY; ; depth = depth === Number.POSITIVE_INFINITY ? 4 : depth - 1) {
    const list = [...new Set(paths.map((it) => upTo(it, depth)))].toSorted();
    if (list.length <= MOST || depth === 1) return list.slice(0, MOST);
  }
}

function upTo(path: string, depth: number): string {
  const parts = path.split("/");
  return parts.length <= depth ? path : `${parts.slice(0, depth).join("/")}/`;
}
