import { foreignIndexAt } from "../git/clean-index.ts";
import type { Repository } from "../git/repository.ts";
import { readStaged } from "../git/staged.ts";
import { hasStagedNote } from "../git/staged-note.ts";
import type { RepoReading } from "./repo-state.ts";

/**
 * A checkout or reset writes files, then the index, then HEAD. Between the last two, on a busy machine or while a hook runs, all
 * looks as if somebody had put other files there. For so long after somebody wrote the index, what it has of the board
 * besides HEAD is taken for that.
 */
const HALF_MS = 3_000;
const SOON_MS = 200;

/** What was found staged, for an index and a HEAD as they were. */
export type StagedPart = { of: string; isAny: boolean };

/** The same reading, or a busy one while a switch to another commit may be half done. Starts a process where somebody wrote the index. */
export async function unlessHalfSwitched(
  part: StagedPart,
  repo: Repository,
  { reading, now }: { reading: RepoReading; now: number },
): Promise<RepoReading> {
  const { head, state } = reading;
  // What a commit of ours staged that was cut short is known to be none of that.
  if (state !== "ready" || head.sha === null || hasStagedNote(repo)) return reading;
  const at = foreignIndexAt(repo);
  if (at + HALF_MS <= now) return reading;
  const of = `${head.indexStamp} ${head.sha}`;
  if (part.of !== of) {
    part.isAny = (await readStaged(repo, ["board", "sessions"])).length > 0;
    part.of = of;
  }
  if (!part.isAny) return reading;
  const detail = "another git command has changed the index, and perhaps not HEAD yet";
  return { ...reading, state: "busy", detail, lookAgainAt: Math.min(at + HALF_MS, now + SOON_MS) };
}
