import { join } from "node:path";
import { pathInLane } from "../../apply/lane-path.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { moveFileDurably } from "../../files/durable.ts";
import { BROKEN_TASK, mendBrokenTask } from "./scratch.ts";

export type Person = {
  /** Looks at the board and does what a person at it would do now. Returns true once nothing is left to do. */
  act(snapshot: Snapshot): boolean;
};

/** A person needs a moment to look at what is up for review, ms. */
const REVIEW_MS = 1_200;
/** So many tasks are accepted before the broken file catches somebody's eye. */
const ACCEPTED_BEFORE_MENDING = 3;

/** The person of the demo: accepts each finished task with `mv`, and mends the broken file. `say` hears what was done. */
export function playPerson(root: string, say: (text: string) => void): Person {
  const seenAt = new Map<string, number>();
  const accepted = new Set<string>();
  const mended = new Set<string>();

  function accept({ id, path }: TaskView): void {
    const to = pathInLane(path, "done");
    if (!tryMove(join(root, path), join(root, to))) return;
    accepted.add(id);
    say(`you: mv ${path} ${to}`);
  }

  return {
    act(snapshot) {
      for (const view of snapshot.tasks.filter(({ lane }) => lane === "for_review")) {
        const at = seenAt.get(view.id) ?? snapshot.observedAt;
        seenAt.set(view.id, at);
        if (Date.now() - at >= REVIEW_MS) accept(view);
      }
      if (mended.size === 0 && accepted.size >= ACCEPTED_BEFORE_MENDING) {
        mendBrokenTask(root);
        mended.add(BROKEN_TASK);
        say(`you: put the missing quote back into board/planned/${BROKEN_TASK}.md`);
      }
      return isSettled(snapshot);
    },
  };
}

// The daemon may move the file at the same instant: then there is another look soon.
function tryMove(from: string, to: string): boolean {
  try {
    moveFileDurably(from, to);
    return true;
  } catch (error) {
    if (error instanceof KanbandError) return false;
    throw error;
  }
}

/** Everything is merged, or waits in blocked/ for somebody else. */
function isSettled({ tasks, branches, runs }: Snapshot): boolean {
  const isResting = tasks.every(({ lane }) => lane === "done" || lane === "blocked" || lane === "backlog");
  const isMerged = tasks.every(({ id, lane }) => lane !== "done" || !branches.has(id));
  return isResting && isMerged && runs.length === 0;
}
