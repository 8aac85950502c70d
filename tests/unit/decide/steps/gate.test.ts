import { describe, expect, it } from "vitest";
import type { Settings } from "../../../../src/config/settings.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, sessionOf } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const ROUTED = workflowOf("routed", [
  stepOf("route", { verdicts: "router" }),
  stepOf("single", { persona: null, personaFrom: "route", needs: ["route"], when: { route: ["single-persona"] } }),
  stepOf("design", { needs: ["route"], when: { route: ["factory"] } }),
  stepOf("build", { persona: "engineer", needs: ["design"] }),
]);

const ROUTE = { step: "route", path: "sessions/a/route.md", messageSha: "1234567890abcdef" };

function waitingAt(trust: Settings["trust"], verdict: string, approved: string | null = null): string | undefined {
  const sessions = [
    sessionOf("a", { ...ROUTE, verdict, ...(verdict === "factory" ? {} : { target: "engineer" }) }),
    ...(verdict === "factory"
      ? [sessionOf("a", { step: "design", path: "sessions/a/design.md", messageSha: "abcdef1234567890" })]
      : []),
  ];
  const facts = { id: "a", workflow: "routed", approved };
  return decide(boardOf({ doing: [facts] }, { workflows: [ROUTED], sessions, settings: { trust } })).waiting.get("a");
}

describe("the gate of a step that changes files", () => {
  it("is open where only a router sent the task to one persona: that is no plan", () => {
    expect(waitingAt("approve", "single-persona")).toContain("assigned to slot A");
    expect(waitingAt("recommend", "single-persona")).toContain("waits for the approval of sessions/a/route.md");
    expect(waitingAt("shadow", "single-persona")).toContain("trust is shadow");
    expect(waitingAt("approve", "factory")).toMatch(/^waits for the approval of sessions\/a\/design.md: /);
  });

  it("says what is wrong with an approval that names no plan, or none that there is", () => {
    const rest = "waits for the approval of sessions/a/design.md: `kanband approve a`";
    expect(waitingAt("approve", "factory", "yes")).toContain(`the approval names no plan; ${rest}`);
    expect(waitingAt("approve", "factory", "ann today abcdef0")).toContain(
      `the plan changed after its approval, or abcdef0 is mistyped: no plan has that id; ${rest}`,
    );
    // Of another step's plan, which is what it was.
    expect(waitingAt("approve", "factory", "ann today 1234567890ab")).toContain(`${rest}, or`);
    expect(waitingAt("approve", "factory", "ann today 1234567890ab")).toMatch(/^waits for the approval/);
    expect(waitingAt("approve", "factory", "ann today abcdef12")).toContain("assigned to slot A");
  });
});
