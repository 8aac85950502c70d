import { describe, expect, it } from "vitest";
import type { Edit } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, sessionOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const FAN = workflowOf("fan", [stepOf("a"), stepOf("b")]);

function asked(step: string, question: string, facts: object = {}) {
  return sessionOf("t", { step, path: `sessions/t/${step}.md`, verdict: "decision", question, ...facts });
}

function editsOf(board: ReturnType<typeof boardOf>): Edit[] {
  return decide(board).actions.filter((it): it is Edit => it.kind === "edit");
}

describe("a question", () => {
  const doing = { id: "t", workflow: "fan", assigned: "a/1@A, b/1@B", branch: "kanband/t" };

  it("stands on the file beside that of another step", () => {
    const sessions = [asked("a", "Which one?"), asked("b", `How ${"very ".repeat(80)}much?`)];
    const board = boardOf({ doing: [{ ...doing, assigned: null }] }, { workflows: [FAN], sessions });

    const [edit] = editsOf(board);

    const blocked = edit?.set.find(([key]) => key === "blocked")?.[1];
    expect(edit?.toLane).toBe("blocked");
    expect(blocked).toMatch(/^step a asks: Which one\?; step b asks: How very very /);
  });

  it("does not stand beside the answer to an earlier one", () => {
    const sessions = [asked("a", "And then?", { attempt: 2, answered: "the first" }), sessionOf("t", { step: "b" })];
    const blockOf = (answer: string | null) =>
      editsOf(boardOf({ doing: [{ ...doing, assigned: null, answer }] }, { workflows: [FAN], sessions }))[0];

    expect(blockOf("the first")?.set).toContainEqual(["answer", null]);
    // Written while the others still ran.
    expect(blockOf("to this one")?.set.map(([key]) => key)).toEqual(["blocked"]);
    expect(blockOf(null)?.set.map(([key]) => key)).toEqual(["blocked"]);
  });

  it("is answered by what is said to it", () => {
    const sessions = [asked("a", "Which one?"), asked("b", "How much?")];
    const launched = (answer: string | Record<string, string>) =>
      decide(
        boardOf(
          { doing: [{ ...doing, assigned: "a/2@A, b/2@B", answer }] },
          { workflows: [FAN], sessions, settings: { slots: boardOf({}).settings?.slots.slice(0, 2) ?? [] } },
        ),
      ).actions.flatMap((it) => (it.kind === "launch" ? [it.work?.answer] : []));

    expect(launched({ a: "this", b: "that" })).toEqual([
      { text: "this", of: null },
      { text: "that", of: null },
    ]);
    expect(launched("this")).toEqual([
      { text: "this", of: null },
      { text: "this", of: "a" },
    ]);
  });
});
