import type { Finding } from "./finding.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { Persona } from "./persona.ts";
import { hasConcernCap, isReviewer } from "./reviewer.ts";
import { didYouMean } from "./suggest.ts";

/** Words of a prompt beyond which the task drowns in it. */
export const PROMPT_WORDS = 400;

/** How many words the agent is told before it hears of the task. */
export function countWords(prompt: string): number {
  return prompt.split(/\s+/).filter((it) => it !== "").length;
}

/** What is worth a second look in the file of a persona that reads well (PERSONA_LINT, warnings). `bytes` are those of the file. */
export function lintPersona(persona: Persona, bytes: Uint8Array, skills: ReadonlySet<string>): Finding[] {
  const file = readFrontMatter(persona.path, bytes);
  const findings: Finding[] = [];
  const warn = (line: number | null, message: string, hint: string): void => {
    findings.push(remark({ path: persona.path, line }, message, hint));
  };
  const words = countWords(persona.prompt);
  if (words > PROMPT_WORDS) {
    warn(
      file.bodyLine,
      `the prompt has ${words} words; beyond ${PROMPT_WORDS} the task drowns in it`,
      "Keep what changes a decision; move instructions into a skill.",
    );
  }
  if (isReviewer(persona) && !hasConcernCap(persona.prompt)) {
    warn(
      file.bodyLine,
      "a reviewer without a cap on concerns finds something in every pass",
      "Add: At most three findings a pass. If the diff may be merged, say so.",
    );
  }
  for (const skill of persona.skills) {
    if (skills.has(skill)) continue;
    warn(
      file.lineOf("skills"),
      `names skill ${skill}, and there is no personas/skills/${skill}/SKILL.md${didYouMean(skill, skills)}`,
      "Correct `skills:`, or write the skill.",
    );
  }
  return findings;
}

export type Place = { path: string; line: number | null };

/** What is wrong with a roster that personas take turns from: somebody twice, or nobody who does not write code. */
export function lintRoster(
  place: Place,
  roster: readonly string[],
  personas: ReadonlyMap<string, Pick<Persona, "mutates">>,
): Finding[] {
  const findings: Finding[] = [];
  const repeated = [...new Set(roster.filter((it, index) => roster.indexOf(it) !== index))];
  if (repeated.length > 0) {
    const message = `the roster names ${repeated.join(" and ")} more than once: a second pass does not challenge the first`;
    findings.push(remark(place, message, "Name each persona once."));
  }
  // Of one that is not known nobody can say.
  if (roster.length > 0 && roster.every((it) => personas.get(it)?.mutates === true)) {
    const message = "everybody in the roster writes code: nobody looks at it with other eyes";
    findings.push(remark(place, message, "Add one that only reads, such as pr_reviewer or tester."));
  }
  return findings;
}

/** One finding where a task is sent to a reviewer and nothing in its file says when it is good. `data`: its front matter. */
export function lintReviewedTask(
  path: string,
  { data, body, reviewer }: { data: Readonly<Record<string, unknown>>; body: string; reviewer: string },
): Finding[] {
  if (hasCriteria(data, body)) return [];
  const message = `is sent to ${reviewer} without acceptance criteria: a reviewer cannot reject what was never defined`;
  return [remark({ path, line: null }, message, "Add a list below a heading `## Acceptance criteria`.")];
}

const CRITERIA_HEADING = /^ {0,3}#{1,6}[ \t].*(?:accept|criteria|definition of done|done when)/i;
const CRITERIA_LINE = /^[ \t]*[*_]*accept(?:ed|able)[*_]*[ \t]+(?:when|if|once)\b/i;
const CHECK_ITEM = /^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]/;
const ITEM = /^[ \t]*(?:[-*+]|\d+[.)])[ \t]+\S/;

function hasCriteria(data: Readonly<Record<string, unknown>>, body: string): boolean {
  const { acceptance } = data;
  if (Array.isArray(acceptance) ? acceptance.length > 0 : acceptance !== undefined && acceptance !== null) return true;
  let isBelow = false;
  for (const line of body.split("\n")) {
    if (CHECK_ITEM.test(line) || CRITERIA_LINE.test(line)) return true;
    if (/^ {0,3}#{1,6}[ \t]/.test(line)) isBelow = CRITERIA_HEADING.test(line);
    else if (isBelow && ITEM.test(line)) return true;
  }
  return false;
}

function remark({ path, line }: Place, message: string, hint: string): Finding {
  return { path, line, severity: "warning", code: "PERSONA_LINT", message, hint };
}
