import type { LandedView, LostLanding } from "../../../src/decide/snapshot.ts";
import { fc } from "../../helpers/fast-check.ts";

/** A merge of a task that is lost, of the tip that its branch has or of a former one. */
export const lostLanding = (id: string): fc.Arbitrary<LostLanding> =>
  fc.record({
    sha: fc.constant(`landing-${id}`),
    tip: fc.constantFrom(`tip-${id}`, "former"),
    revertedBy: fc.constantFrom(null, "revert1"),
  });

/** What a board whose merges are lost so would know of them. */
export function landedOf(
  parts: readonly { id: string; lost: LostLanding | null }[],
  isNoted: boolean,
): Partial<LandedView> {
  const lost = new Map(parts.flatMap((it) => (it.lost === null ? [] : [[it.id, it.lost] as const])));
  return { isNoted: isNoted && lost.size === 0, lost };
}
