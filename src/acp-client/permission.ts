import type { AcpRequest } from "../agents/acp/wire.ts";
import { type Fields, listOf, textOf } from "../agents/fields.ts";
import type { ToolRule } from "../agents/tool-names.ts";
import { isInside } from "./inside.ts";
import { subjectOf, type ToolFacts } from "./tool-facts.ts";

export type Rules = Pick<AcpRequest, "permission" | "allow" | "deny">;

/** Whether a tool may be used so. Nobody is there to be asked, so what no rule lets through is refused. */
export function mayUse(tool: ToolFacts, { permission, allow, deny }: Rules, worktree: string): boolean {
  if (permission !== "all" && !isWithin(tool, KINDS[permission], worktree)) return false;
  if (deny.some((rule) => names(rule, tool) && (rule.pattern === null || hasPart(rule.pattern, tool)))) return false;
  return (
    allow.length === 0 ||
    allow.some((rule) => names(rule, tool) && (rule.pattern === null || isWhole(rule.pattern, tool)))
  );
}

/**
 * The answer in the agent's own words: by the kind of an option, since names and order differ. What is allowed is allowed
 * this once, so that each use is looked at.
 */
export function outcomeOf(options: unknown, isAllowed: boolean): Fields {
  const kinds = isAllowed ? ["allow_once", "allow_always"] : ["reject_once", "reject_always"];
  const offered = listOf(options);
  const chosen = kinds.map((kind) => offered.find((it) => it["kind"] === kind)).find((it) => it !== undefined);
  const optionId = textOf(chosen?.["optionId"]);
  return { outcome: optionId === null ? { outcome: "cancelled" } : { outcome: "selected", optionId } };
}

const READ = ["read", "search", "think"];
const CHANGE = ["edit", "delete", "move"];
const KINDS = { read: READ, edit: [...READ, ...CHANGE] };

function isWithin({ kind, paths }: ToolFacts, kinds: readonly string[], worktree: string): boolean {
  if (!kinds.includes(kind) || (CHANGE.includes(kind) && paths.length === 0)) return false;
  return paths.every((path) => isInside(worktree, path));
}

/** Names in capitals are those of Claude Code; of other agents the kind is what is known. */
function names({ names: named }: ToolRule, { name, kind }: ToolFacts): boolean {
  return name !== null && /^[A-Z]/.test(name)
    ? named.includes(name)
    : named.includes(name ?? kind) || named.includes(kind);
}

// A pattern for one command must not let a second one through.
const CHAINED = /[;&|<>`\n\r]|\$\(/;

function isWhole(pattern: string, tool: ToolFacts): boolean {
  const subject = subjectOf(tool);
  return fits(pattern, subject) && (tool.kind !== "execute" || !CHAINED.test(subject));
}

function hasPart(pattern: string, tool: ToolFacts): boolean {
  const subject = subjectOf(tool);
  const parts = subject.split(/[;&|<>`\n\r()'"]|\$\(/).map((it) => it.trim());
  return [subject, ...parts].some((part) => fits(pattern, part));
}

/** `*` is anything, nothing included; `npm test *` fits `npm test`, too. */
function fits(pattern: string, subject: string): boolean {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replace(/ \.\*$/, "(?: .*)?");
  return new RegExp(`^${source}$`, "s").test(subject);
}
