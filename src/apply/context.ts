import { join } from "node:path";
import type { Persona } from "../board/persona.ts";
import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";
import { oneLine } from "../board/text.ts";
import type { Trust } from "../config/settings.ts";
import { changeAccount } from "./account.ts";
import { inert } from "./data-block.ts";
import { fenced, quote, shorten } from "./quote.ts";
import type { RunFacts } from "./run-facts.ts";
import type { World } from "./world.ts";

const SETUP_LIMIT = 4_000;
const REASON_LIMIT = 500;

/** A section of `context.md`: its heading is its identity, so that it is written once however often it is asked for. */
export type ContextSection = { heading: string; text: string };

/**
 * Adds a section to `sessions/<task>/context.md`, the daemon's own account of a task; a section of that heading is replaced. The
 * file stays one document in the order in which things happened.
 */
export function noteInContext(world: World, taskId: string, section: ContextSection): void {
  const path = join(world.boardRoot, "sessions", taskId, "context.md");
  changeAccount(path, `# Context of ${taskId}\n`, (before) => withSection(before, section));
}

/** The document with the section in it: in its old place, or at the end. */
export function withSection(document: string, { heading, text }: ContextSection): string {
  const section = `## ${heading}\n\n${indentHeadings(text.trim())}\n`;
  const start = document.indexOf(`\n## ${heading}\n`);
  if (start === -1) return `${document.trimEnd()}\n\n${section}`;
  const end = document.indexOf("\n## ", start + 1);
  const rest = end === -1 ? "" : `\n${document.slice(end + 1)}`;
  return `${document.slice(0, start + 1)}${section}${rest}`;
}

/** The section of a run: what was asked, within what limits, from where, by whom and why. */
export function describeLaunch({
  persona,
  task,
  facts,
  trust,
}: {
  persona: Persona | null;
  task: Task;
  facts: RunFacts;
  trust: Trust;
}): ContextSection {
  const { caps } = facts;
  const lines = [
    `- Started: ${new Date(facts.startedAt).toISOString()}, because: ${facts.cause ?? "first"}`,
    `- Slot ${facts.slot ?? "-"}, agent \`${facts.agent ?? "-"}\`${facts.model === null ? "" : `, model \`${facts.model}\``}`,
    `- Persona: ${persona === null ? "none" : `\`${persona.path}\` at ${persona.blobSha.slice(0, 12)}`}`,
    `- Prompt: ${sizes(facts.promptBytes ?? {})}`,
    `- Trust phase: ${trust}`,
    facts.branch === ""
      ? `- Looks at ${facts.startSha.slice(0, 12)}`
      : `- Branch \`${facts.branch.replace(/^refs\/heads\//, "")}\` from ${facts.startSha.slice(0, 12)}`,
    `- Limits: ${limits(caps)}`,
    `- Failures before in this chain: ${facts.retries} of the agent, ${facts.reworks} of the checks, ${facts.losses} lost`,
    `- Isolation: ${facts.sandbox ?? "none"}`,
  ];
  const request = quote("The request, as it was then:", `${task.title}\n\n${task.body.trim()}`);
  return { heading: `Attempt ${attemptOf(facts)}`, text: `${lines.join("\n")}\n\n${request}` };
}

/** The number of a run; with several steps, of which one. */
export function attemptOf({ attempt, unit }: Pick<RunFacts, "attempt" | "unit">): string {
  return unit === undefined ? String(attempt) : `${attempt} of ${unit}`;
}

/** The section of the end of something: how it came out, and why. */
export function describeEnd(what: string, { verdict, state, failure, reason, commitSha }: Session): ContextSection {
  const outcome = verdict ?? (failure === null || failure === state ? state : `${state} (${failure})`);
  const at = commitSha === null ? "" : ` at ${commitSha.slice(0, 12)}`;
  return { heading: what, text: `- ${outcome}${at}${reason === null ? "" : `: ${oneLine(reason, REASON_LIMIT)}`}` };
}

/** The section of a worktree that was set up: what the commands printed. */
export function describeSetup(attempt: string, output: string): ContextSection {
  return { heading: `Set-up for attempt ${attempt}`, text: fenced(shorten(output.trim(), SETUP_LIMIT)) };
}

function sizes(bytes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(bytes);
  const sum = parts.reduce((total, [, size]) => total + size, 0);
  const named = parts.map(([name, size]) => `${inert(name)} ${size}`).join(", ");
  return parts.length === 0 ? "not recorded" : `${sum} bytes (${named})`;
}

function limits({ wallMs, toolCalls, costUsd }: RunFacts["caps"]): string {
  return [
    wallMs === null ? "no longest time" : `${Math.round(wallMs / 1000)} s`,
    toolCalls === null ? "any number of tool calls" : `${toolCalls} tool calls`,
    costUsd === null ? "no cap on cost" : `$${costUsd.toFixed(2)}`,
  ].join(", ");
}

// A line of quoted text is never taken for the heading of a section.
function indentHeadings(text: string): string {
  return text.replace(/^## /gm, " ## ");
}
