import type { ActiveBoard } from "./board-index.ts";

/** The room that the WIP limits leave. A limit of 0 is none. */
export type WipRoom = {
  /** Why a task may not be assigned; null when there is room. `isInDoing`: it stands in `doing/` already. */
  reason: (isInDoing: boolean) => string | null;
  /** Notes an assignment. */
  take: (isInDoing: boolean) => void;
};

/**
 * Counts what stands against the limits. Every task in `doing/` counts, also one that waits there; and since a task that
 * was started cannot be kept from finishing, those under way count against `for_review/` too.
 */
export function wipRoom({ byLane, settings, runs }: ActiveBoard): WipRoom {
  const { doing, forReview } = settings.wip;
  const reviewCount = byLane.for_review.length;
  let doingCount = byLane.doing.length;
  let assignedCount = byLane.doing.filter((it) => runs.has(it.id) || (it.task?.assigned ?? null) !== null).length;
  return {
    reason(isInDoing) {
      if (doing > 0 && (isInDoing ? assignedCount : doingCount) >= doing) {
        return `doing/ is full: ${isInDoing ? assignedCount : doingCount} of ${doing}`;
      }
      if (forReview > 0 && reviewCount + assignedCount >= forReview) {
        const underWay = assignedCount > 0 ? ` and ${assignedCount} on the way` : "";
        return `for_review/ is full: ${reviewCount} there${underWay}, the limit is ${forReview}`;
      }
      return null;
    },
    take(isInDoing) {
      if (!isInDoing) doingCount += 1;
      assignedCount += 1;
    },
  };
}
