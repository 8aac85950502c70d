import { editFrontMatter } from "./front-matter.ts";
import { DAEMON_KEYS } from "./task.ts";

/** Whether two texts of a task say the same, apart from the keys that the daemon writes. */
export function isSameBesidesOurKeys(a: string, b: string): boolean {
  return withoutOurKeys(a) === withoutOurKeys(b);
}

/** Whether a text carries a key that the daemon writes; a request for a lane is a person's. */
export function hasOurKeys(text: string): boolean {
  try {
    return (
      editFrontMatter(
        text,
        MARKS.map((key) => [key, null]),
      ) !== text
    );
  } catch {
    return false;
  }
}

const MARKS = DAEMON_KEYS.filter((key) => key !== "lane");

// A file that had no front matter gets one with our first key, and keeps its empty fences when the last one goes.
function withoutOurKeys(text: string): string {
  try {
    return editFrontMatter(
      text,
      DAEMON_KEYS.map((key) => [key, null]),
    ).replace(/^(\uFEFF?)---\r?\n---\r?\n/, "$1");
  } catch {
    return text;
  }
}
