import * as v from "valibot";
import { splitFences } from "./fences.ts";
import type { Finding } from "./finding.ts";
import { readFrontMatter } from "./front-matter.ts";
import { formatJson, formatScalar } from "./front-matter-scalar.ts";
import { formatInstant } from "./instant.ts";
import { findingsOf } from "./schema-findings.ts";
import type { Session } from "./session.ts";
import { SessionKeys, sessionOf } from "./session-keys.ts";
import { cleanText, oneLine, withLf } from "./text.ts";

const ACTIVITY = "## Activity";
const ACTIVITY_CHARACTERS = 300;
const REASON_CHARACTERS = 500;
// Only the front matter is ours to check; a message may be long and may hold anything.
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A session file: the facts as front matter, the persona's message whole, one line an event under `## Activity`.
 * Whatever the message holds (fences, `---`, headings of that name) `parseSession` and `sessionMessage` read back what was given;
 * colours are dropped from it and other control characters made visible.
 */
export function formatSession(session: Session, message: string, activity: readonly string[]): string {
  const keys = keysOf(session).map(([key, value]) => `${key}: ${value}\n`);
  const lines = activity.map((line) => `- ${oneLine(line.replace(/^- /, ""), ACTIVITY_CHARACTERS)}\n`);
  const text = cleanText(message);
  return `---\n${keys.join("")}---\n\n${text}${text === "" ? "" : "\n\n"}${ACTIVITY}\n\n${lines.join("")}`;
}

/** Reads the facts of a session file; null when a finding (SESSION findings carry the code TASK_INVALID) is an error. */
export function parseSession(
  path: string,
  taskId: string,
  bytes: Uint8Array,
): { session: Session | null; findings: Finding[] } {
  const code = "TASK_INVALID";
  const file = readFrontMatter(path, bytes, { code, maxBytes: MAX_BYTES, isBodyData: true });
  if (file.data === null) return { session: null, findings: file.findings };
  const values = Object.fromEntries(Object.entries(file.data).filter(([, value]) => value !== null));
  const parsed = v.safeParse(SessionKeys, values);
  if (!parsed.success)
    return { session: null, findings: findingsOf(parsed.issues, { path, code, lineAt: file.lineAt }) };
  return { session: sessionOf(path, taskId, parsed.output), findings: [] };
}

/** The persona's message in the text of a session file, without front matter and activity. */
export function sessionMessage(text: string): string {
  const body = withLf(text.slice(splitFences(text).bodyStart)).replace(/^\n/, "");
  // Ours is the last heading of that name, because no line of activity can be one.
  const at = body.startsWith(`${ACTIVITY}\n`) ? 0 : -1;
  const last = Math.max(at, body.lastIndexOf(`\n\n${ACTIVITY}\n`));
  return last === -1 ? body : body.slice(0, last);
}

/** One line of activity, such as `10:04:12 Read src/users.ts`; at most 300 characters, controls escaped. `at` in ms. */
export function formatActivityLine(at: number, text: string): string {
  const time = formatInstant(Math.floor(at / 1000) * 1000).slice(11, 19);
  return `- ${oneLine(`${time} ${text}`, ACTIVITY_CHARACTERS)}`;
}

function keysOf(session: Session): (readonly [string, string])[] {
  const all: (readonly [string, string | number | boolean | null])[] = [
    ["task", session.taskId],
    ["step", session.step],
    ["of", session.of ?? null],
    ["persona", session.persona],
    ["persona_sha", session.personaSha],
    ["agent", session.agent],
    ["model", session.model],
    ["slot", session.slot],
    ["attempt", session.attempt],
    ["run", session.runId],
    ["state", session.state],
    ["cause", session.state === "running" ? (session.cause ?? null) : null],
    ["verdict", session.verdict],
    ["failure", session.failure],
    ["reason", session.reason === null ? null : oneLine(session.reason, REASON_CHARACTERS)],
    ["target", session.target ?? null],
    ["question", session.question ?? null],
    ["answered", session.answered ?? null],
    ["retries", session.retries === 0 ? null : session.retries],
    ["reworks", session.reworks === 0 ? null : session.reworks],
    ["started", session.startedAt],
    ["finished", session.finishedAt],
    ["exit", session.exitCode],
    ["start_commit", session.startSha],
    ["branched_from", session.branchedFrom ?? null],
    ["commit", session.commitSha],
    ["merged_as", session.mergedAs ?? null],
    ["sandbox", session.sandbox ?? null],
    ["conversation", session.conversation ?? null],
    ["reset_at", session.resetAt ?? null],
    ["cost_usd", session.costUsd ?? "unknown"],
    ["cost_at_least_usd", session.costUsd === null ? positive(session.leastUsd) : null],
    ["earlier_usd", positive(session.earlierUsd)],
    ["earlier_unknown", positive(session.earlierUnknown)],
    ["tool_calls", session.toolCalls],
    ["settings", session.settingsBlob],
    ["paused_board", session.pausedBoard ? true : null],
  ];
  const written = all.flatMap(([key, value]) => (value === null ? [] : [[key, formatValue(key, value)] as const]));
  const maps = [...mapsOf(session), ...ofWorkflow(session)];
  return written.flatMap((pair) => (pair[0] === "tool_calls" ? [...maps, pair] : [pair]));
}

function positive(amount = 0): number | null {
  return amount > 0 ? amount : null;
}

function mapsOf({ tokens, tokensBefore, parked = {} }: Session): (readonly [string, string])[] {
  const until = Object.entries(parked).map(([agent, it]) => {
    return [formatScalar(agent, "double"), it === "settings" ? it : formatInstant(it)] as const;
  });
  return [
    ...(tokens == null ? [] : [["tokens", flowMap(Object.entries(tokens))] as const]),
    ...(tokensBefore == null ? [] : [["tokens_before", flowMap(Object.entries(tokensBefore))] as const]),
    ...(until.length === 0 ? [] : [["parked", flowMap(until)] as const]),
  ];
}

function ofWorkflow({ touched, after, args, dispatch, findings, promptBytes }: Session): (readonly [string, string])[] {
  const written = {
    touched: json(touched),
    after: countsOf(after),
    args: json(args),
    dispatch: dispatch === undefined ? null : "true",
    findings: json(findings),
  };
  return Object.entries({ ...written, prompt: countsOf(promptBytes) }).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
}

function json(list: readonly unknown[] | undefined): string | null {
  return list === undefined ? null : formatJson(list);
}

function countsOf(counts: Readonly<Record<string, number>> | undefined): string | null {
  if (counts === undefined) return null;
  const entries = Object.entries(counts).map(([key, value]) => [flowKey(key), value] as const);
  return entries.length === 0 ? "{}" : flowMap(entries);
}

function flowKey(key: string): string {
  return /^[A-Za-z][\w./-]*$/.test(key) ? formatScalar(key) : formatScalar(key, "double");
}

function flowMap(entries: readonly (readonly [string, string | number])[]): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${String(value)}`).join(", ")} }`;
}

function formatValue(key: string, value: string | number | boolean): string {
  const isInstant = typeof value === "number" && ["started", "finished", "reset_at"].includes(key);
  return isInstant ? formatInstant(value) : formatScalar(value);
}
