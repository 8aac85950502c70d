import { foldName } from "../board/portable-name.ts";
import { diffFiles, type FileDiff, isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { readTree, showFile } from "../git/objects.ts";
import { isOfConvention } from "./convention-folders.ts";
import { mergeIntoBase } from "./merge-into-base.ts";
import { portabilityProblem } from "./portable-path.ts";
import { baseRefOf, type World } from "./world.ts";

const LISTED = 10;
const MARKER_BYTES = 1024 * 1024;

/**
 * What is wrong with a task branch as git shows it, before any command runs: no commit where one is due, changes under the
 * convention's folders, names that not every system can have, conflict markers left behind. One line each.
 */
export async function branchProblems(
  world: World,
  facts: {
    tip: string;
    startSha: string | null;
    branchedFrom: string | null;
    mustCommit: boolean;
    hadConflict: boolean;
  },
): Promise<string[]> {
  const { tip, startSha } = facts;
  const changes = await changesOf(world, facts);
  const problems: string[] = [];
  if (facts.mustCommit && tip === startSha) problems.push("nothing was changed: there is no commit since the start");
  const refused = changes.filter(({ path }) => isOfConvention(path)).map(({ path }) => path);
  if (refused.length > 0) {
    problems.push(`the branch changes ${list(refused)}; board/, sessions/ and personas/ are not the agent's`);
  }
  const added = changes.filter(({ status }) => status !== "D");
  problems.push(...added.flatMap(({ path }) => nameProblem(path)));
  problems.push(...(await twinProblems(world, tip, added)));
  if (facts.hadConflict) problems.push(...(await markerProblems(world, tip, added)));
  return problems;
}

/** What merging the branch now would change; where it conflicts, what the attempt changed. */
async function changesOf(
  world: World,
  { tip, startSha, branchedFrom }: { tip: string; startSha: string | null; branchedFrom: string | null },
): Promise<FileDiff[]> {
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  // What is in the base already changes nothing there.
  if (base === tip || (base !== null && tip === startSha && (await isAncestor(repo, tip, base)))) return [];
  if (base !== null) {
    const merged = await mergeIntoBase(world, { baseSha: base, branchSha: tip, branchedFrom });
    if ("tree" in merged && !("conflicts" in merged)) return await diffFiles(repo, base, merged.tree);
  }
  return startSha === null ? [] : await diffFiles(repo, startSha, tip);
}

function nameProblem(path: string): string[] {
  const problem = portabilityProblem(path);
  return problem === null ? [] : [`${JSON.stringify(path)} ${problem}`];
}

/** Names that are one on a file system that does not tell case or Unicode composition apart. */
async function twinProblems(world: World, tip: string, added: readonly FileDiff[]): Promise<string[]> {
  const folders = new Set(added.filter(({ status }) => status === "A").map(({ path }) => folderOf(path)));
  const names = new Set(added.map(({ path }) => path));
  const problems: string[] = [];
  for (const folder of folders) {
    const byFold = new Map<string, string>();
    for (const { name } of await readTree(world.codeRepo, tip, folder)) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const twin = byFold.get(foldName(name));
      byFold.set(foldName(name), path);
      const isNew = names.has(path) || (twin !== undefined && names.has(twin));
      if (twin !== undefined && isNew) problems.push(`${path} and ${twin} are one file on some systems`);
    }
  }
  return problems;
}

async function markerProblems(world: World, tip: string, added: readonly FileDiff[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { path, newMode } of added) {
    if (!newMode.startsWith("100")) continue;
    const bytes = await showFile(world.codeRepo, tip, path);
    if (bytes === null || bytes.length > MARKER_BYTES) continue;
    const text = bytes.toString("utf8");
    if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) problems.push(`${path} has conflict markers`);
  }
  return problems;
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function list(paths: readonly string[]): string {
  const shown = paths.slice(0, LISTED).join(", ");
  return paths.length > LISTED ? `${shown} and ${paths.length - LISTED} more` : shown;
}
