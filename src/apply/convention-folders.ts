import { foldName } from "../board/portable-name.ts";
import { findPath } from "../git/objects.ts";
import { CONVENTION_FOLDERS, type World } from "./world.ts";

/** Whether a path is in, or stands in the place of, a folder of the convention. */
export function isOfConvention(path: string): boolean {
  const [top = ""] = path.split("/");
  return CONVENTION_FOLDERS.some((it) => it === foldName(top));
}

/** The first folder of the convention in which two commits or trees differ; null: none. */
export async function differingFolder(world: World, one: string, other: string): Promise<string | null> {
  for (const folder of CONVENTION_FOLDERS) {
    const [a, b] = [await findPath(world.codeRepo, one, folder), await findPath(world.codeRepo, other, folder)];
    if (a?.sha !== b?.sha || a?.mode !== b?.mode) return folder;
  }
  return null;
}
