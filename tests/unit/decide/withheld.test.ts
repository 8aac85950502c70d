import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf, NOW, slotsOf } from "../../helpers/board-builder.ts";
import { brief, briefWork, whyOf } from "./brief.ts";

describe("nothing is given away", () => {
  it("leaves a task alone whose edit failed a moment ago, says why, and gives its slot to others", () => {
    const jobs = [{ kind: "edit", taskId: "a", problem: "board/doing/a.md exists already", retryAt: NOW + 500 }];
    const snapshot = boardOf({ planned: ["a", "b"] }, { settings: { slots: slotsOf("A") }, jobs });
    expect(briefWork(snapshot).filter((it) => it.startsWith("prepare"))).toEqual(["prepare b in A"]);
    expect(whyOf(snapshot, "a")).toBe(
      "edit failed: board/doing/a.md exists already; tried again at 2026-11-20T10:00:00Z",
    );
  });

  it("gives nothing away while it is not known who came first and not all have room", () => {
    const planned = [{ id: "a", view: { enteredAt: null } }, { id: "b" }];
    const asking = (slots: string[]) =>
      boardOf({ planned }, { areAgesKnown: false, settings: { slots: slotsOf(...slots) } });
    expect(brief(asking(["A"]))).toEqual([]);
    expect(whyOf(asking(["A"]), "b")).toBe("since when it waits is being looked up");
    expect(decide(asking(["A"])).lookAgainAt).toBe(NOW + 50);
    expect(briefWork(asking(["A", "B"]))).toHaveLength(4);
  });
});
