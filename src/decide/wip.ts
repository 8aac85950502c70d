import { type ActiveBoard, isReadable, type ReadableView } from "./board-index.ts";
import { oneLine } from "./one-line.ts";
import type { TaskView } from "./snapshot.ts";

// Whoever wants to know them all looks into the folder.
const NAMED = 5;

/** Tasks that wait for a person's approval, and hold their place in `doing/` meanwhile. */
type Gates = ReadonlyMap<string, "approval" | "trust">;

/** The room that the WIP limits leave. A limit of 0 is none. */
export type WipRoom = {
  /** Why a task may not be assigned; null when there is room. `isInDoing`: it stands in `doing/` already. */
  reason: (isInDoing: boolean) => string | null;
  /** Notes an assignment. */
  take: (id: string, isInDoing: boolean) => void;
};

/**
 * Counts what stands against the limits. Every task in `doing/` counts, also one that waits there, but for one that waits for
 * another task: that one might never find room. Since a task that was started cannot be kept from finishing, those under way
 * count against `for_review/` too.
 */
export function wipRoom(
  { byLane, settings, runs }: ActiveBoard,
  atGate: Gates,
  waitsForAnother: (view: ReadableView) => boolean,
): WipRoom {
  const { doing, forReview } = settings.wip;
  const reviewCount = byLane.for_review.length;
  const isAtWork = (it: TaskView): boolean => runs.has(it.id) || (it.task?.assigned ?? null) !== null;
  const counted = byLane.doing.filter((it) => isAtWork(it) || !isReadable(it) || !waitsForAnother(it));
  const names = counted.map(({ id }) => id);
  // Said of every task that waits for it, so it is put together once.
  const said = new Map<string, string>();
  let assignedCount = byLane.doing.filter(isAtWork).length;
  return {
    reason(isInDoing) {
      const doingCount = isInDoing ? assignedCount : names.length;
      if (doing > 0 && doingCount >= doing) {
        const count = `${doingCount} of ${doing}`;
        const key = `${count}${isInDoing ? " with a slot" : ""}`;
        const line = said.get(key) ?? fullLine(count, names, isInDoing ? new Map() : atGate);
        said.set(key, line);
        return line;
      }
      if (forReview > 0 && reviewCount + assignedCount >= forReview) {
        const underWay = assignedCount > 0 ? ` and ${assignedCount} on the way` : "";
        return `for_review/ is full: ${reviewCount} there${underWay}, the limit is ${forReview}`;
      }
      return null;
    },
    take(id, isInDoing) {
      if (!isInDoing) names.push(id);
      assignedCount += 1;
    },
  };
}

// Nobody but a person makes room where tasks wait for an approval.
function fullLine(count: string, names: readonly string[], atGate: Gates): string {
  const line = oneLine(`doing/ is full: ${count} (${names.toSorted().slice(0, NAMED).join(", ")})`);
  const waiting = names.filter((it) => atGate.get(it) === "approval").toSorted();
  if (waiting.length === 0) return line;
  const commands = waiting.slice(0, NAMED).map((it) => `\`kanband approve ${it}\``);
  const verb = waiting.length === 1 ? "waits" : "wait";
  return `${line}; ${waiting.length} of them ${verb} for an approval: ${commands.join(", ")}`;
}
