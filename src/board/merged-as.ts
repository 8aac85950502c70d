import type { Session } from "./session.ts";

/** The commit with which a tip came into the base, as the record of its merge says; null when it says none. */
export function mergedAsOf(sessions: readonly Session[], tip: string): string | null {
  const merge = sessions.find(({ step, verdict, commitSha }) => {
    return step === "merge" && verdict === "merged" && commitSha === tip;
  });
  return merge?.mergedAs ?? null;
}
