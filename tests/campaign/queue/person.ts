import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lane } from "../../../src/board/lane.ts";
import { blockedReason, lanesOf, taskText } from "./board.ts";
import type { QueueTask } from "./draw.ts";

/**
 * A person who accepts whatever comes to review, has what is still in conflict tried once more, and lets the board go on where
 * it has paused itself: three red tasks in a row fail with the same words, as with a broken toolchain.
 */
export type Person = {
  act(): void;
  /** How many tasks are where they will stay. */
  over(): number;
  /** Where all tasks are, for people who look on. */
  lanes(): string;
  figures: { accepted: number; sentBack: number; wentOn: number };
};

/** Tried in vain so often, a conflict is a conflict. */
const MOST_SENT_BACK = 20;
const STILL_IN_CONFLICT = /^still in conflict after a rework: /;

/** The hands of a person on this board. */
export function createPerson(root: string, tasks: readonly QueueTask[]): Person {
  const figures = { accepted: 0, sentBack: 0, wentOn: 0 };
  const sentBack = new Map<string, number>();
  function isHopeless(id: string): boolean {
    const isConflict = STILL_IN_CONFLICT.test(blockedReason(taskText(root, id, "blocked")));
    return !isConflict || (sentBack.get(id) ?? 0) >= MOST_SENT_BACK;
  }
  return {
    figures,
    act() {
      if (goOn(root)) figures.wentOn += 1;
      for (const [id, lanes] of lanesOf(root)) {
        if (lanes.join() === "for_review" && move(root, id, "for_review", "done")) figures.accepted += 1;
        if (lanes.join() !== "blocked" || isHopeless(id) || !move(root, id, "blocked", "planned")) continue;
        figures.sentBack += 1;
        sentBack.set(id, (sentBack.get(id) ?? 0) + 1);
      }
    },
    over() {
      const lanes = lanesOf(root);
      return tasks.filter(({ id }) => isOver(root, id, lanes.get(id) ?? [], isHopeless)).length;
    },
    lanes() {
      const counts = new Map<string, number>();
      for (const it of lanesOf(root).values()) counts.set(it.join("+"), (counts.get(it.join("+")) ?? 0) + 1);
      return [...counts].map(([lane, count]) => `${lane} ${count}`).join(", ");
    },
  };
}

function isOver(root: string, id: string, lanes: readonly Lane[], isHopeless: (id: string) => boolean): boolean {
  // Its branch goes once it is noted where it was merged.
  const isOpen = existsSync(join(root, ".git/refs/heads/kanband", id));
  if (lanes.join() === "done")
    return !isOpen && !/^(assigned|attempt|branch|blocked):/m.test(taskText(root, id, "done"));
  return lanes.join() === "blocked" && isHopeless(id);
}

/** Takes the pause out of the settings, as an editor does that saves beside and renames. */
function goOn(root: string): boolean {
  const path = join(root, "board/board.md");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const next = text.replace(/^paused: .*the same failure on .*\n/m, "");
  if (next === text) return false;
  writeFileSync(join(root, "board/.board.md.swp"), next);
  renameSync(join(root, "board/.board.md.swp"), path);
  return true;
}

/** `mv`; false where the daemon moved the file at that very moment. */
function move(root: string, id: string, from: Lane, to: Lane): boolean {
  try {
    renameSync(join(root, "board", from, `${id}.md`), join(root, "board", to, `${id}.md`));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
