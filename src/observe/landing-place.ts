import { type Landing, readLanding } from "../board/landing.ts";
import type { CommitRead } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";

/** Where merges are, and where it is written down which they were. */
export type LandingPlace = {
  /** Of the code. */
  repo: Repository;
  boardRepo: Repository;
  /** The tip of the board branch; null: there is none. */
  boardSha: string | null;
};

/** The landing that a commit is; null: it is none, or a merge of something else than it says. */
export function landingIn({ message, parents }: Pick<CommitRead, "message" | "parents">): Landing | null {
  const landing = readLanding(message);
  const [, second] = parents;
  return landing !== null && (second === undefined || second === landing.tip) ? landing : null;
}
