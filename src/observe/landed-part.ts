import { LANDED_REF } from "../board/landed.ts";
import { MERGED_LINE } from "../board/landing.ts";
import { REVERTS } from "../board/reverts.ts";
import type { LandedView } from "../decide/snapshot.ts";
import { readLine } from "../git/base-range.ts";
import { treeIdOf } from "../git/objects.ts";
import { refSha } from "../git/refs.ts";
import { readFound } from "./found-landings.ts";
import type { LandingPlace } from "./landing-place.ts";
import { readLost } from "./lost-landings.ts";

/** What was found when the base was last looked at; a cache. */
export type LandedPart = { last: Reading | null };

type Reading = LandedView & {
  baseSha: string;
  /** How many commits of no note, in a line, lead from what was noted to the base; null: other things did. */
  length: number | null;
  /** Of which losses it was asked whether they are found again, by task. */
  asked: ReadonlyMap<string, string>;
};

export function createLandedPart(): LandedPart {
  return { last: null };
}

type LandedFacts = {
  baseSha: string | null;
  hasDone: () => boolean;
  /** The landings that `merge.md` says are lost, by task. */
  told: ReadonlyMap<string, string>;
};

/** As many commits as are read one by one: the board's own stand on the base, too. */
const LINE_MAX = 64;

/**
 * What became of merges since the base was last noted. Costs nothing while base and ref stay, a read for each commit that only
 * comes upon the base, and a few processes where something of note came, or something went. Code: GIT_FAILED.
 */
export async function updateLanded(
  part: LandedPart,
  place: LandingPlace,
  { baseSha, hasDone, told }: LandedFacts,
): Promise<LandedView> {
  const notedSha = await readNoted(place);
  if (baseSha === null || notedSha === null) {
    part.last = null;
    // Nothing is to be noted where nothing was ever merged.
    return { notedSha, isNoted: baseSha === null || !hasDone(), lost: new Map(), found: new Map() };
  }
  if (part.last?.notedSha !== notedSha) part.last = null;
  if (part.last?.baseSha !== baseSha) part.last = await read(place, { notedSha, baseSha, last: part.last });
  part.last = { ...part.last, ...(await ask(place, part.last, told)) };
  const { isNoted, lost, found } = part.last;
  return { notedSha, isNoted, lost, found };
}

// Of many losses one after the other is told. What was answered stays true as long as nothing of note came to the base.
async function ask(
  place: LandingPlace,
  { baseSha, asked, lost, found }: Reading,
  told: ReadonlyMap<string, string>,
): Promise<Pick<Reading, "asked" | "found">> {
  // What was just found to be lost needs no question.
  const open = new Map([...told].filter(([id, sha]) => asked.get(id) !== sha && lost.get(id)?.sha !== sha));
  const known = [...found].filter(([id]) => told.has(id) && !open.has(id));
  const now = open.size === 0 ? NONE : await readFound(place, { told: open, base: baseSha });
  return { asked: told, found: new Map([...known, ...now]) };
}

// What is not here any more says nothing.
async function readNoted({ repo }: LandingPlace): Promise<string | null> {
  const sha = refSha(repo, LANDED_REF);
  return sha === null || (await treeIdOf(repo, sha)) === null ? null : sha;
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();
const UNASKED = { asked: NONE, found: NONE };

async function read(
  place: LandingPlace,
  { notedSha, baseSha, last }: { notedSha: string; baseSha: string; last: Reading | null },
): Promise<Reading> {
  const start = last ?? { notedSha, baseSha: notedSha, length: 0, isNoted: true, ...UNASKED, lost: NONE };
  const line = await readLine(place.repo, { from: start.baseSha, to: baseSha, max: LINE_MAX });
  if (line?.every(({ message }) => !isOfNote(message)) ?? false) {
    const length = start.length === null ? null : start.length + (line?.length ?? 0);
    return { ...start, baseSha, length, isNoted: length !== null && length <= LINE_MAX };
  }
  const lost = await readLost(place, { from: notedSha, to: baseSha });
  return { notedSha, baseSha, length: null, isNoted: false, ...UNASKED, lost };
}

function isOfNote(message: string): boolean {
  return OF_NOTE.test(message);
}

/** What a commit of the base says where somebody has to look closer. */
const OF_NOTE = new RegExp(`^(?:${MERGED_LINE}|${REVERTS})`, "m");
