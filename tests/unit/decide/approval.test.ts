import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import type { Trust } from "../../../src/config/settings.ts";
import { approvalOf } from "../../../src/decide/approval.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import { type BoardWords, boardOf, personaOf, sessionOf } from "../../helpers/board-builder.ts";
import { RELAY, workflowOf } from "../../helpers/workflow-of.ts";

const SCOPE = "5cd1d7e1a9b0".padEnd(40, "0");
const DESIGN = "77aa77aa77aa".padEnd(40, "1");

describe("what a task waits for a person to approve", () => {
  it("is the plan of the step that would change files", () => {
    const approval = ask(relay({ doing: [{ id: "a", workflow: "relay" }] }));

    expect(approval?.steps).toEqual(["build"]);
    expect(approval?.plans.map(({ path }) => path)).toEqual(["sessions/a/scope.md", "sessions/a/design.md"]);
    expect(approval?.shas).toEqual(["5cd1d7e1a9b0", "77aa77aa77aa"]);
  });

  it("opens the gate once it is written, and no sooner", () => {
    const shas = ask(relay({ doing: [{ id: "a", workflow: "relay" }] }))?.shas ?? [];
    const approved = `Ada Lovelace 2026-11-20T10:00:00Z ${shas.join("+")}`;

    expect(assigned(relay({ doing: [{ id: "a", workflow: "relay" }] }))).toBeUndefined();
    expect(assigned(relay({ doing: [{ id: "a", workflow: "relay", approved }] }))).toBe("build/1@A");
    expect(ask(relay({ doing: [{ id: "a", workflow: "relay", approved }] }))).toBeNull();
  });

  it("names again what is approved and still true, and only what changed is asked for", () => {
    const approved = "ada 2026-11-20T10:00:00Z 5cd1d7e1a9b0+deadbeefdead";

    const approval = ask(relay({ doing: [{ id: "a", workflow: "relay", approved }] }));

    expect(approval?.plans.map(({ step }) => step)).toEqual(["design"]);
    expect(approval?.shas).toEqual(["5cd1d7e1a9b0", "77aa77aa77aa"]);
  });

  it.each<[string, Snapshot]>([
    ["nothing is planned yet", relay({ doing: [{ id: "a", workflow: "relay" }] }, { sessions: [] })],
    ["it is parked", relay({ backlog: [{ id: "a", workflow: "relay" }] })],
    ["nobody may approve", relay({ doing: [{ id: "a", workflow: "relay" }] }, { trust: "shadow" })],
    ["nobody needs to", relay({ doing: [{ id: "a", workflow: "relay" }] }, { trust: "auto" })],
    ["it is one persona's", relay({ planned: ["a"] })],
    ["it runs already", relay({ doing: [{ id: "a", assigned: "A" }] }, { trust: "recommend" })],
    ["it has been", relay({ planned: [{ id: "a", approved: "ada" }] }, { trust: "recommend" })],
    ["it changes nothing", relay({ planned: [{ id: "a", persona: "tester" }] }, { trust: "recommend" })],
  ])("is nothing where %s", (_, snapshot) => {
    expect(ask(snapshot)).toBeNull();
  });

  it("is the task itself where one persona does it all and trust is recommend", () => {
    const snapshot = relay({ planned: ["a"] }, { trust: "recommend" });

    expect(ask(snapshot)).toEqual({ steps: ["work"], plans: [], shas: [] });
    expect(decide(snapshot).waiting.get("a")).toMatch(/^trust is recommend: waits for `kanband approve a`/);
  });
});

function relay(lanes: BoardWords, { trust = "approve", sessions }: { trust?: Trust; sessions?: Session[] } = {}) {
  const thinkers = ["planner", "architect", "tester"].map((id) => personaOf(id, { mutates: false }));
  return boardOf(lanes, {
    settings: { trust },
    personas: [...thinkers, personaOf("engineer")],
    workflows: [workflowOf("relay", RELAY)],
    sessions: sessions ?? [plan("scope", SCOPE), plan("design", DESIGN)],
  });
}

function plan(step: string, messageSha: string): Session {
  return sessionOf("a", { step, path: `sessions/a/${step}.md`, after: {}, messageSha });
}

function ask(snapshot: Snapshot) {
  const [view] = snapshot.tasks;
  return view === undefined ? null : approvalOf(view, snapshot);
}

function assigned(snapshot: Snapshot): unknown {
  const [edit] = decide(snapshot).actions.filter((it) => it.kind === "edit");
  return edit?.set.find(([key]) => key === "assigned")?.[1];
}
