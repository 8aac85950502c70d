import { type Changer, sharedLine } from "./changer.ts";

/** Finds tasks that would change the same files as one that holds a slot. */
export type OverlapSearch = {
  /** Notes a task that runs, or is about to. */
  add: (changer: Changer) => void;
  /** The reason not to run beside the tasks noted so far, or those of them that count; null when there is none. */
  reason: (changer: Changer, counts?: (holder: Changer) => boolean) => string | null;
};

/** A search over what tasks would change. Equal lists are compared once, whatever the number of tasks. */
export function overlapSearch(): OverlapSearch {
  const holders: Changer[] = [];
  const known = new Map<string, Map<string, string | null>>();

  function compare(changer: Changer, holder: Changer): string | null {
    const key = [...changer.globs, "", ...changer.files].join("\n");
    const ofHolder = known.get(holder.id) ?? new Map<string, string | null>();
    known.set(holder.id, ofHolder);
    const found = ofHolder.get(key);
    if (found !== undefined) return found;
    const line = sharedLine(changer, holder);
    ofHolder.set(key, line);
    return line;
  }

  return {
    add(changer) {
      if (!isUnknown(changer)) holders.push(changer);
    },
    reason(changer, counts = () => true) {
      if (isUnknown(changer)) return null;
      for (const holder of holders) {
        if (holder.id === changer.id || !counts(holder)) continue;
        const line = compare(changer, holder);
        if (line !== null) return line;
      }
      return null;
    },
  };
}

function isUnknown({ globs, files }: Changer): boolean {
  return globs.length === 0 && files.length === 0;
}
