import { describe, expect, it } from "vitest";
import { lossReason } from "../../../src/board/losses.ts";
import { boardOf, claimed, NOW, sessionOf } from "../../helpers/board-builder.ts";
import { briefWork } from "./brief.ts";

describe("checks that were cut off with their supervisor", () => {
  const lost = (count: number) =>
    sessionOf("a", {
      step: "checks",
      state: "failed",
      failure: "stopped",
      verdict: null,
      finishedAt: NOW,
      reason: lossReason(count),
    });

  it.each([
    [2, "check a #1"],
    [3, "block a to blocked: -assigned blocked=its checks were lost 3 times in a row"],
  ])("%i times", (count, expected) => {
    const sessions = [sessionOf("a", { finishedAt: NOW - 1 }), lost(count)];
    expect(briefWork(boardOf({ doing: [claimed("a")] }, { sessions }))).toEqual([expected]);
  });
});
