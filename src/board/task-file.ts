import * as v from "valibot";
import type { Finding } from "./finding.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { Lane } from "./lane.ts";
import { findUnknownLane } from "./lane-request.ts";
import { plainValues } from "./plain-values.ts";
import { unportableReason } from "./portable-name.ts";
import { findingsOf } from "./schema-findings.ts";
import type { Task } from "./task.ts";
import { taskKeysFor } from "./task-keys.ts";
import { taskOf } from "./task-values.ts";
import { oneLine } from "./text.ts";

const TEXTS =
  "title persona workflow agent model effort slot base parent lane approved feedback answer assigned branch blocked stale";
const KINDS = {
  names: new Set(["id", "work_package_id", "dependencies", "depends_on"]),
  texts: new Set([...TEXTS.split(" "), "verify", "touches"]),
  lists: new Set(["dependencies", "depends_on", "verify", "touches"]),
};

/**
 * Reads a task file. The task is null when a finding is an error: such a file is shown in its lane and not run.
 * Codes: TASK_INVALID for its content, NAME_NOT_PORTABLE for its name, LANE_UNKNOWN (a warning) for its `lane:`.
 */
export function parseTask(path: string, lane: Lane, bytes: Uint8Array): { task: Task | null; findings: Finding[] } {
  const { id, findings: nameFindings } = taskIdOf(path);
  const file = readFrontMatter(path, bytes);
  if (file.data === null) return { task: null, findings: [...nameFindings, ...file.findings] };

  const { values, findings: valueFindings } = plainValues(file, { ...KINDS, path, code: "TASK_INVALID" });
  const findings = [...nameFindings, ...valueFindings];
  const parsed = v.safeParse(taskKeysFor(Object.keys(values)), values);
  if (!parsed.success) findings.push(...findingsOf(parsed.issues, { path, code: "TASK_INVALID", lineAt: file.lineAt }));
  if (Object.keys(file.data).length === 0 && file.body.trim() === "") findings.push(empty(path));
  if (!parsed.success || findings.some((it) => it.severity === "error")) return { task: null, findings };

  const laneRequestLine = parsed.output.lane === undefined ? null : file.lineOf("lane");
  const overrideLine = parsed.output.override === undefined ? null : file.lineOf("override");
  const task = taskOf({ id, path, lane, body: file.body, laneRequestLine, overrideLine }, parsed.output);
  const unknownLane = task.laneRequest === null ? null : findUnknownLane(path, laneRequestLine, task.laneRequest);
  if (unknownLane !== null) findings.push(unknownLane);
  return { task, findings };
}

/** The id of a task from its file name or path, and what is wrong with it as a name (NAME_NOT_PORTABLE). */
export function taskIdOf(fileName: string): { id: string; findings: Finding[] } {
  const id = fileName.slice(fileName.lastIndexOf("/") + 1).replace(/\.md$/, "");
  const reason = unportableReason(id);
  if (reason === null) return { id, findings: [] };
  const message = `the name ${JSON.stringify(oneLine(id, 60))} does not work everywhere: ${reason}`;
  const hint = "Rename the file: letters, digits, `-`, `_` and `.` work everywhere.";
  return {
    id,
    findings: [{ path: fileName, line: null, severity: "error", code: "NAME_NOT_PORTABLE", message, hint }],
  };
}

/** Whether a file of this name is a task: Markdown, but no README and nothing an editor left. */
export function isTaskFile(name: string): boolean {
  return name.endsWith(".md") && !/^[.#]|^~\$/.test(name) && name.toLowerCase() !== "readme.md";
}

/** A file name for a title: lower case, words joined by `-`, letters of every language kept. At most 60 characters. */
export function slugOf(title: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .normalize("NFC")
    .toLowerCase();
  const slug = words
    .replace(/['’`]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const short =
    slug.length <= 60
      ? slug
      : slug
          .slice(0, 61)
          .replace(/-[^-]*$/, "")
          .slice(0, 60);
  const whole = short.replace(/\p{Cs}/gu, "").replace(/-+$/, "");
  if (whole === "") return "task";
  return unportableReason(whole) === null && isTaskFile(`${whole}.md`) ? whole : `task-${whole}`;
}

function empty(path: string): Finding {
  const message = "the file is empty";
  return { path, line: null, severity: "error", code: "TASK_INVALID", message, hint: "Write what is to be done." };
}
