import { describe, expect, it } from "vitest";
import { answerAmong, answerTo, isAnswerUsed } from "../../../src/board/answers.ts";
import type { Session } from "../../../src/board/session.ts";
import { sessionOf } from "../../helpers/board-builder.ts";

function asking(step: string, facts: Partial<Session> = {}): Session {
  return sessionOf("t", { step, state: "done", verdict: "decision", question: "Which?", finishedAt: 100, ...facts });
}

function given(step: string, answered: string, startedAt: number): Session {
  return sessionOf("t", { step, state: "done", verdict: null, answered, startedAt, finishedAt: startedAt + 10 });
}

function among(step: string, answer: string | Record<string, string> | null, sessions: readonly Session[]) {
  return answerAmong(step, { answer }, new Map(sessions.map((it) => [it.step, it])), ["a", "b", "c"]);
}

describe("a person's answer", () => {
  it("is that of whom it names", () => {
    const sessions = [asking("a"), asking("b")];
    const answer = { a: "x", b: "y" };
    expect(among("a", answer, sessions)).toEqual({ text: "x", of: null });
    expect(among("b", answer, sessions)).toEqual({ text: "y", of: null });
    expect(among("b", { a: "x" }, sessions)).toBeNull();
    expect(among("b", { b: " " }, sessions)).toBeNull();
    expect(answerTo("constructor", { answer })).toBeNull();
  });

  it("that names nobody is that of the one who asked", () => {
    expect(among("b", "x", [given("a", "w", 10), asking("b")])).toEqual({ text: "x", of: null });
    expect(answerTo("work", { answer: "x" })).toEqual({ text: "x", of: null });
    expect(among("b", null, [asking("b")])).toBeNull();
  });

  it("that names nobody is that of the first of those who asked at one time, and the others hear whose", () => {
    const sessions = [asking("a"), asking("b")];
    expect(among("a", "x", sessions)).toEqual({ text: "x", of: null });
    expect(among("b", "x", sessions)).toEqual({ text: "x", of: "a" });
    // The first was given it, and is done meanwhile.
    expect(among("b", "x", [given("a", "x", 150), asking("b")])).toEqual({ text: "x", of: "a" });
    // The same words to another question, long ago.
    expect(among("b", "x", [given("a", "x", 10), asking("b")])).toEqual({ text: "x", of: null });
  });

  it("is used once it was given, and something else is asked", () => {
    const again = asking("a", { answered: "x" });
    expect(isAnswerUsed({ answer: "x" }, [again])).toBe(true);
    expect(isAnswerUsed({ answer: "other" }, [again])).toBe(false);
    expect(isAnswerUsed({ answer: "x" }, [given("a", "x", 10)])).toBe(false);
    expect(isAnswerUsed({ answer: "x" }, [given("a", "x", 10), asking("b")])).toBe(true);
    expect(isAnswerUsed({ answer: { a: "x" } }, [again])).toBe(true);
    expect(isAnswerUsed({ answer: { a: "x", b: "y" } }, [again, asking("b")])).toBe(false);
    expect(isAnswerUsed({ answer: null }, [again])).toBe(false);
  });
});
