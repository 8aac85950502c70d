import type { Session } from "./session.ts";
import type { Task } from "./task.ts";
import { oneLine } from "./text.ts";

/** A person's answer as a step is given it. `of`: the step whose question it is; null: its own. */
export type GivenAnswer = { text: string; of: string | null };

const CHARACTERS = 500;

/** An answer as the session file of who was given it tells of it. */
export function answerLine(text: string): string {
  return oneLine(text, CHARACTERS);
}

/** The answer of a task to the one step that asked; null: it is not in this key. */
export function answerTo(step: string, { answer }: Pick<Task, "answer">): GivenAnswer | null {
  const text = typeof answer === "string" ? answer : textOf(answer, step);
  return text === null ? null : { text, of: null };
}

/**
 * The same where several may have asked, `order` being theirs: a text alone answers the first of those who asked at one time, and
 * the others hear whom it was for.
 */
export function answerAmong(
  step: string,
  { answer }: Pick<Task, "answer">,
  records: ReadonlyMap<string, Session>,
  order: readonly string[],
): GivenAnswer | null {
  if (typeof answer !== "string") return answerTo(step, { answer });
  const askedAt = records.get(step)?.finishedAt ?? 0;
  const first = order.find((it) => it === step || isBeside(records.get(it), answer, askedAt));
  return { text: answer, of: first === undefined || first === step ? null : first };
}

/** Whether a question is open, and the answer in the file was given to an earlier one. */
export function isAnswerUsed({ answer }: Pick<Task, "answer">, sessions: readonly Session[]): boolean {
  if (answer === null || !sessions.some(isAsking)) return false;
  const isGiven = (text: string, step: string | null): boolean =>
    sessions.some((it) => it.answered === answerLine(text) && (step === null || it.step === step));
  if (typeof answer === "string") return isGiven(answer, null);
  return Object.entries(answer).every(([step, text]) => isGiven(text, step));
}

// It still waits for an answer, or was given this one when the other had asked already.
function isBeside(session: Session | undefined, answer: string, askedAt: number): boolean {
  if (session === undefined) return false;
  return isAsking(session) || (session.answered === answerLine(answer) && (session.startedAt ?? 0) >= askedAt);
}

function isAsking({ state, verdict }: Session): boolean {
  return state === "done" && verdict === "decision";
}

function textOf(answers: Readonly<Record<string, string>> | null, step: string): string | null {
  const text = answers !== null && Object.hasOwn(answers, step) ? (answers[step] ?? "") : "";
  return text.trim() === "" ? null : text;
}
