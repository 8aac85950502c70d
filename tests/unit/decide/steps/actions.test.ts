import { expect, it } from "vitest";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, failedSession, sessionOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const TOOLS = workflowOf("tools", [
  stepOf("route", { verdicts: "router" }),
  stepOf("tool", { persona: null, action: "tool", needs: ["route"], when: { route: ["direct-tool"] } }),
]);

it("a tool that the board does not have blocks its task: there is no other agent that could run it", () => {
  const sessions = [
    sessionOf("a", { step: "route", path: "sessions/a/route.md", verdict: "direct-tool", target: "rm" }),
    failedSession("a", {
      step: "tool",
      path: "sessions/a/tool.md",
      persona: null,
      agent: "tool",
      failure: "setup",
      reason: 'no tool "rm" under `tools:` in board/board.md; known: say',
    }),
  ];
  const snapshot = boardOf(
    { doing: [{ id: "a", workflow: "tools", assigned: "tool/1@A" }] },
    { workflows: [TOOLS], sessions },
  );
  expect(decide(snapshot).actions.filter(({ kind }) => kind === "edit")).toMatchObject([
    {
      intent: "block",
      set: expect.arrayContaining([
        ["blocked", 'step tool cannot run: no tool "rm" under `tools:` in board/board.md; known: say'],
      ]),
    },
  ]);
});
