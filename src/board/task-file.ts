import * as v from "valibot";
import type { Finding } from "./finding.ts";
import { readFrontMatter } from "./front-matter.ts";
import { isLane, LANES, type Lane } from "./lane.ts";
import { firstHeading } from "./markdown.ts";
import { plainValues } from "./plain-values.ts";
import { unportableReason } from "./portable-name.ts";
import { findingsOf } from "./schema-findings.ts";
import { didYouMean } from "./suggest.ts";
import type { Task } from "./task.ts";
import { TaskKeys } from "./task-keys.ts";
import { oneLine } from "./text.ts";

const KINDS = {
  names: ["id", "work_package_id", "dependencies", "depends_on"],
  texts: [
    ...["title", "persona", "workflow", "agent", "model", "effort", "slot", "base", "parent", "lane"],
    ...["approved", "feedback", "assigned", "branch", "blocked", "stale", "verify", "touches"],
  ],
  lists: ["dependencies", "depends_on", "verify", "touches"],
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
  const parsed = v.safeParse(TaskKeys, values);
  if (!parsed.success) findings.push(...findingsOf(parsed.issues, { path, code: "TASK_INVALID", lineAt: file.lineAt }));
  if (Object.keys(file.data).length === 0 && file.body.trim() === "") findings.push(empty(path));
  if (!parsed.success || findings.some((it) => it.severity === "error")) return { task: null, findings };

  const laneRequestLine = file.lineOf("lane");
  const task = taskOf(path, lane, id, parsed.output, file.body, laneRequestLine);
  if (task.laneRequest !== null && !isLane(task.laneRequest)) {
    findings.push(unknownLane(path, laneRequestLine, task.laneRequest));
  }
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
  return whole === "" ? "task" : unportableReason(whole) === null ? whole : `task-${whole}`;
}

function taskOf(
  path: string,
  lane: Lane,
  id: string,
  keys: TaskKeys,
  body: string,
  laneRequestLine: number | null,
): Task {
  const aliases = new Set([keys.id, keys.work_package_id].filter((it) => it !== undefined && it !== id));
  const title = oneLine(keys.title ?? "", 500) || oneLine(firstHeading(body) ?? "", 500) || id;
  return {
    id,
    path,
    lane,
    aliases: [...aliases] as string[],
    title,
    priority: keys.priority ?? "normal",
    dependencies: [...new Set([...(keys.dependencies ?? []), ...(keys.depends_on ?? [])])],
    persona: keys.persona ?? null,
    workflow: keys.workflow ?? null,
    agent: keys.agent ?? null,
    model: keys.model ?? null,
    effort: keys.effort ?? null,
    slot: keys.slot ?? null,
    budgetUsd: keys.budget_usd ?? null,
    timeoutMs: keys.timeout ?? null,
    verify: keys.verify ?? [],
    touches: keys.touches ?? [],
    base: keys.base ?? null,
    stack: keys.stack ?? false,
    parent: keys.parent ?? null,
    approved: flagText(keys.approved),
    feedback: keys.feedback ?? null,
    laneRequest: keys.lane ?? null,
    laneRequestLine: keys.lane === undefined ? null : laneRequestLine,
    assigned: keys.assigned ?? null,
    branch: keys.branch ?? null,
    attempt: keys.attempt ?? null,
    spentUsd: typeof keys.spent_usd === "number" ? keys.spent_usd : null,
    blocked: flagText(keys.blocked),
    stale: flagText(keys.stale),
    body,
  };
}

/** `false` and the empty text say no. */
function flagText(value: string | undefined): string | null {
  return value === undefined || value.trim() === "" || value.trim() === "false" ? null : value;
}

function empty(path: string): Finding {
  const message = "the file is empty";
  return { path, line: null, severity: "error", code: "TASK_INVALID", message, hint: "Write what is to be done." };
}

function unknownLane(path: string, line: number | null, lane: string): Finding {
  const message = `no lane "${oneLine(lane, 40)}"${laneSuggestion(lane)}`;
  return { path, line, severity: "warning", code: "LANE_UNKNOWN", message, hint: `Lanes: ${LANES.join(", ")}.` };
}

const OTHER_WORDS: Readonly<Record<string, Lane>> = {
  ...{ todo: "planned", to_do: "planned", ready: "planned", next: "planned", open: "planned" },
  ...{
    in_progress: "doing",
    active: "doing",
    started: "doing",
    wip: "doing",
    review: "for_review",
    in_review: "for_review",
  },
  ...{ completed: "done", complete: "done", closed: "done", finished: "done", icebox: "backlog", waiting: "blocked" },
};

function laneSuggestion(lane: string): string {
  const word = lane
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const other = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  return other === undefined ? didYouMean(lane, LANES) : `; did you mean "${other}"?`;
}
