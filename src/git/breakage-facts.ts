import type { Fingerprint } from "./fingerprint-facts.ts";
import type { GitPlace } from "./profile.ts";

/** `path`: the file that is to be kept before it is mended; null when nothing would be lost. */
export type Breakage = { what: string; path: string | null; mend: () => Promise<void> | void };

/** What a repository was before, and who is to be suspected. */
export type Before = {
  fingerprint: Fingerprint;
  /** The working trees whose HEAD and index are people's. */
  checkouts: readonly GitPlace[];
  /** Full names of the refs without which nothing goes on. */
  vital: readonly string[];
  /** Where those were when they were last found in order. */
  seen: ReadonlyMap<string, string>;
  /** Whether the address of a committer is that of a run. */
  isRun: (email: string) => boolean;
  /** Folder with copies of the indexes, as `keepIndexes` makes them. */
  copies: string;
};
