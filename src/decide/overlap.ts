import { globsOverlap } from "../board/globs.ts";
import type { Task } from "../board/task.ts";

/** Finds tasks that would change the same files as one that holds a slot. */
export type OverlapSearch = {
  /** Notes a task that runs, or is about to. */
  add: (task: Task) => void;
  /** The reason not to run beside the tasks noted so far, or those of them that count; null when there is none. */
  reason: (task: Task, counts?: (holder: Task) => boolean) => string | null;
};

/** A search over the `touches` of tasks. Equal lists of globs are compared once, whatever the number of tasks. */
export function overlapSearch(): OverlapSearch {
  const holders: Task[] = [];
  const known = new Map<string, Map<string, string | null>>();

  function compare(task: Task, holder: Task): string | null {
    const key = task.touches.join("\n");
    const ofHolder = known.get(holder.id) ?? new Map<string, string | null>();
    known.set(holder.id, ofHolder);
    const found = ofHolder.get(key);
    if (found !== undefined) return found;
    const glob = task.touches.find((it) => globsOverlap([it], holder.touches)) ?? null;
    ofHolder.set(key, glob);
    return glob;
  }

  return {
    add(task) {
      if (task.touches.length > 0) holders.push(task);
    },
    reason(task, counts = () => true) {
      if (task.touches.length === 0) return null;
      for (const holder of holders) {
        if (holder.id === task.id || !counts(holder)) continue;
        const glob = compare(task, holder);
        if (glob !== null) return `touches ${glob}, as does ${holder.id}, which is in progress`;
      }
      return null;
    },
  };
}
