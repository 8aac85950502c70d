import { isAncestor } from "../git/branches.ts";
import { type Landing, makeLanding } from "./make-landing.ts";
import type { MergePart } from "./merge-part.ts";
import { treeKey } from "./tree-results.ts";
import { verifyChain } from "./verify-commit.ts";
import type { World } from "./world.ts";

/** A landing of a batch, and what is tried to know whether all up to it may be merged. */
export type Link = {
  part: MergePart;
  /** What it lands upon, the base or the landing before it, and the commit that lands it, which no ref holds yet. */
  onto: string;
  commitSha: string;
  tree: string;
  /** Where that is not of the style that is set: why. */
  note: string | null;
  /** The board's and those of all tasks up to it, each once; none: nothing has to be tried. */
  commands: readonly string[];
  /** The commit that they run on, and the name under which their result is kept. */
  verifySha: string;
  key: string;
};

export type Chain = {
  links: readonly Link[];
  /** What keeps the first task from being merged; null where there are links. Those further behind have their own turn. */
  refusal: { part: MergePart; landing: Exclude<Landing, { state: "made" }> } | null;
};

/** Chains the landings of a batch upon the base, as far as they go: it ends before the first that cannot be made. */
export async function chainLandings(world: World, baseSha: string, parts: readonly MergePart[]): Promise<Chain> {
  const links: Link[] = [];
  for (const part of parts) {
    const onto = links.at(-1)?.commitSha ?? baseSha;
    // Below another one of the batch: it is merged with that.
    if (links.length > 0 && (await isAncestor(world.codeRepo, part.landing.branchSha, onto))) break;
    if (await isUponAnewMade(world, links, part)) break;
    const landing = await makeLanding(world, onto, part.landing);
    if (landing.state !== "made")
      return links.length > 0 ? { links, refusal: null } : { links, refusal: { part, landing } };
    const { commitSha, tree, note } = landing;
    links.push(await linkOf(world, links, { part, onto, commitSha, tree, note }));
  }
  return { links, refusal: null };
}

/** Whether a branch holds another one whose commits land anew: it has to follow them first. */
async function isUponAnewMade(world: World, links: readonly Link[], { landing }: MergePart): Promise<boolean> {
  if (world.settings().mergeStyle === "merge") return false;
  for (const { part } of links)
    if (await isAncestor(world.codeRepo, part.landing.branchSha, landing.branchSha)) return true;
  return false;
}

async function linkOf(
  world: World,
  before: readonly Link[],
  it: Pick<Link, "part" | "onto" | "commitSha" | "tree" | "note">,
): Promise<Link> {
  const all = [...before, it];
  const commands = [...new Set([...world.settings().verify, ...all.flatMap(({ part }) => part.verify)])];
  const steps = all.map(({ part, onto, commitSha }) => ({ from: onto, to: commitSha, touches: part.landing.touches }));
  const { sha } = await verifyChain(world, { tip: it.commitSha, steps });
  const accepted = all.map(({ part }) => part.subject);
  return { ...it, commands, verifySha: sha, key: await treeKey(world, { accepted, sha, commands }) };
}
