import type { Finding } from "./finding.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { Lane } from "./lane.ts";
import { suggest } from "./suggest.ts";
import { TaskKeys } from "./task-keys.ts";
import { oneLine } from "./text.ts";

const KNOWN = Object.keys(TaskKeys.entries);
// Keys that other boards really have, near as they look to ours.
const FOREIGN = ["assignee", "assignees", "assigned_to", "branches", "labels"];

/**
 * What is not wrong with a task file but worth a look, for `kanband check`: a `status:`, which is never obeyed, and keys that are
 * nearly one of ours (`dependancies`). Warnings only; too slow for every tick.
 */
export function remarksOn(path: string, lane: Lane, bytes: Uint8Array): Finding[] {
  const file = readFrontMatter(path, bytes);
  function remark(key: string, message: string, hint: string): Finding {
    return { path, line: file.lineOf(key), severity: "warning", code: "TASK_INVALID", message, hint };
  }
  return Object.entries(file.data ?? {}).flatMap(([key, value]) => {
    if (key === "status") {
      const shown = typeof value === "string" ? oneLine(value, 40) : "something";
      return [
        remark(key, `\`status: ${shown}\` is not obeyed; the folder says ${lane}`, "Move the file, or write `lane:`."),
      ];
    }
    const meant = KNOWN.includes(key) || FOREIGN.includes(key) || key.length < 5 ? null : suggest(key, KNOWN);
    const isSpelling = meant !== null && meant.length >= 5 && Math.abs(meant.length - key.length) <= 2;
    return isSpelling
      ? [remark(key, `\`${oneLine(key, 40)}\` means nothing here; did you mean \`${meant}\`?`, "Rename the key if so.")]
      : [];
  });
}
