import type { ReadVerdict, VerdictDetails } from "../../../src/board/read-verdict.ts";
import { VERDICTS, type VerdictKind } from "../../../src/board/verdict-kind.ts";

export const KINDS = Object.keys(VERDICTS) as VerdictKind[];
/** A list of findings that a must-fix may come with. */
export const FINDING = "findings:\n  - title: No test";

/** A fenced block. */
export function block(text: string, info = "verdict"): string {
  return `\`\`\`${info}\n${text}\n\`\`\`\n`;
}

/** One step of a dispatcher's list. */
export function step(id: string, ...more: string[]): string {
  return ` - {id: "${id}", persona: p, task: Build it${more.map((it) => `, ${it}`).join("")}}\n`;
}

/** The verdict, or the kind of answer where there is none. */
export function wordOf(read: ReadVerdict): string {
  return read.kind === "given" ? read.verdict : read.kind;
}

export function problemOf(read: ReadVerdict): string {
  return read.kind === "invalid" ? read.problem : `no problem: ${read.kind}`;
}

export function detailsOf(read: ReadVerdict): VerdictDetails | null {
  return read.kind === "given" ? read.details : null;
}
