import { formatInstant } from "./instant.ts";
import { oneLine, visibleText } from "./text.ts";

/** What a line of `decisions.md` is about; one of each kind for each attempt of a step. */
export type DecisionKind = "result" | "question" | "answer" | "rework" | "approval" | "subtasks" | "expand" | "skip";

export type Decision = {
  /** Ms since the epoch. */
  at: number;
  step: string;
  attempt: number;
  kind: DecisionKind;
  /** One line once it is written. */
  text: string;
};

const TEXT_CHARACTERS = 500;
// Each of up to 50 tasks, and what is wrong with it: nothing of that may be lost.
const SUBTASKS_CHARACTERS = 32_000;
const LINE = /^- \S+ ([^\s/]+\/\d+ [a-z]+): /;

/** A line of `decisions.md`: when, which attempt of which step, what kind of thing, and what it was. */
export function formatDecisionLine({ at, step, attempt, kind, text }: Decision): string {
  const instant = formatInstant(Math.floor(at / 1000) * 1000);
  // Names of steps have no blank and no slash; one that a person wrote is made to.
  const name = oneLine(visibleText(step), 100).replace(/[\s/]+/g, "-");
  const limit = kind === "subtasks" ? SUBTASKS_CHARACTERS : TEXT_CHARACTERS;
  return `- ${instant} ${name}/${String(attempt)} ${kind}: ${oneLine(visibleText(text), limit)}`;
}

/** What two lines have in common that tell of the same thing; null for a line of another form. */
export function decisionKey(line: string): string | null {
  return LINE.exec(line)?.[1] ?? null;
}
