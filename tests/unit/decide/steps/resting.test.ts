import { expect, it } from "vitest";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, NOW, SECOND } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

it("a step whose start failed rests, and the steps beside it begin", () => {
  const two = workflowOf("two", [stepOf("one"), stepOf("other")]);
  const claims = { id: "a", workflow: "two", assigned: "one/1@A, other/1@B" };
  const rest = { kind: "launch", taskId: "a", of: "one", problem: "no space", retryAt: NOW + SECOND };

  const { actions } = decide(boardOf({ doing: [claims] }, { workflows: [two], jobs: [rest] }));

  expect(actions.flatMap((it) => (it.kind === "launch" ? [it.step] : []))).toEqual(["other"]);
});

it("each of several steps that rest says so", () => {
  const two = workflowOf("two", [stepOf("one"), stepOf("other")]);
  const claims = { id: "a", workflow: "two", assigned: "one/1@A, other/1@B" };
  const rest = (of: string, problem: string) => ({ kind: "launch", taskId: "a", of, problem, retryAt: NOW + SECOND });
  const jobs = [rest("one", "no space"), rest("other", "no memory")];

  const { waiting } = decide(boardOf({ doing: [claims] }, { workflows: [two], jobs }));

  const at = "tried again at 2026-11-20T10:00:01Z";
  expect(waiting.get("a")).toBe(`launch of one failed: no space; ${at}; launch of other failed: no memory; ${at}`);
});
