import { join } from "node:path";
import type { GivenAnswer } from "../board/answers.ts";
import { decisionKey, formatDecisionLine } from "../board/decision-line.ts";
import { changeAccount } from "./account.ts";
import type { RunFacts } from "./run-facts.ts";
import type { World } from "./world.ts";

/**
 * Adds a line of `formatDecisionLine` to `sessions/<task>/decisions.md`, unless there is one of the same step, attempt and kind:
 * whoever comes to the same decision again after a crash does not say it twice.
 */
export function noteDecision(world: World, taskId: string, line: string): void {
  const path = join(world.boardRoot, "sessions", taskId, "decisions.md");
  changeAccount(path, `# Decisions of ${taskId}\n`, (before) => withDecision(before, line));
}

/** Tells what a person answered to the step that is run again. */
export function noteAnswer(world: World, { taskId, step, attempt, startedAt, answer = null }: RunFacts): void {
  const text = answer === null ? "in the text of the task" : answerText(answer);
  noteDecision(world, taskId, formatDecisionLine({ at: startedAt, step, attempt, kind: "answer", text }));
}

/** An answer as it is told to who asked. */
export function answerText({ text, of }: GivenAnswer): string {
  return of === null ? text : `None to this question by itself. To that of step ${of}, asked at the same time: ${text}`;
}

/** The document with the line at its end, or as it is. */
export function withDecision(document: string, line: string): string {
  const key = decisionKey(line);
  const isKnown = document.split("\n").some((it) => (key === null ? it === line : decisionKey(it) === key));
  if (isKnown) return document;
  const text = document.trimEnd();
  return `${text}${text.split("\n").at(-1)?.startsWith("- ") ? "\n" : "\n\n"}${line}\n`;
}
