import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import type { ReviewFinding } from "../../../../src/board/verdict-kind.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, NOW, sessionOf } from "../../../helpers/board-builder.ts";
import { DISPATCHING } from "./workflows.ts";

const CI: ReviewFinding = {
  title: "CI is wrong",
  file: "ci/x",
  line: 1,
  severity: "must-fix",
  why: "",
  fix: "",
  sources: [],
};
const API: ReviewFinding = { ...CI, title: "Src is wrong", file: "src/y" };
const BUILT = { scope: 1, design: 1, plan: 1 };

function dispatched(id: string, touches: string) {
  return {
    id,
    persona: "engineer",
    task: "x",
    needs: [],
    parallel: true,
    touches: [touches],
    mutates: true,
  } as const;
}

const dispatch = [dispatched("api", "src/**"), dispatched("ci", "ci/**")];

/** A factory whose first review sent both building steps back; the first of them is at `api`, the second at `ci`. */
function factory({ api, ci }: { api: number; ci: number }, more: readonly Session[] = []): readonly Session[] {
  const of = (step: string, facts: Partial<Session>) =>
    sessionOf("a", { step, path: `sessions/a/${step}.md`, ...facts });
  const seen = { ...BUILT, "build.api": 1, "build.ci": 1 };
  const made = [
    of("scope", {}),
    of("design", {}),
    of("plan", { verdict: "planned", dispatch, after: { scope: 1, design: 1 } }),
    of("build.api", { attempt: api, after: BUILT }),
    of("build.ci", { attempt: ci, after: BUILT }),
    sessionOf("a", { step: "checks", of: "build.ci", attempt: ci, after: { "build.api": api, "build.ci": ci } }),
    of("cold", { verdict: "clean", after: seen }),
    of("warm", { verdict: "clean", after: seen }),
    of("join", { verdict: "must-fix", after: { ...seen, cold: 1, warm: 1 }, findings: [CI, API] }),
  ];
  return [...made.filter(({ step }) => !more.some((it) => it.step === step)), ...more];
}

function decisionOn(sessions: readonly Session[], assigned: string | null = null) {
  const doing = [{ id: "a", workflow: "dispatching", assigned, branch: "kanband/a" }];
  const { actions } = decide(boardOf({ doing }, { workflows: [DISPATCHING], sessions, settings: { trust: "auto" } }));
  return actions.flatMap((it): string[] => {
    if (it.kind === "launch") return [`${it.step}: ${it.work?.findings.map(({ title }) => title).join(", ") ?? ""}`];
    return it.kind === "edit" ? [it.subject] : [];
  });
}

describe("a review that sends two building steps back", () => {
  it("has each of them mend what is its own, one after the other, before anybody looks again", () => {
    const first = factory({ api: 1, ci: 1 });
    expect(decisionOn(first, "join/1@A")).toEqual(["Assign a: build.api to slot A"]);
    expect(decisionOn(first, "build.api/2@A")).toEqual(["build.api: Src is wrong"]);
    const second = factory({ api: 2, ci: 1 });
    expect(decisionOn(second, "build.api/2@A")).toEqual(["Assign a: build.ci to slot A"]);
    expect(decisionOn(second, "build.ci/2@A")).toEqual(["build.ci: CI is wrong"]);
    const third = factory({ api: 2, ci: 2 });
    expect(decisionOn(third, "build.ci/2@A")).toEqual(["Assign a: cold to slot A, warm to slot B"]);
  });

  it("has who needs another wait for it", () => {
    const needing = dispatch.map((it) => (it.id === "ci" ? { ...it, needs: ["api"] } : it));
    const plan = { step: "plan", path: "sessions/a/plan.md", verdict: "planned", dispatch: needing };
    const after = { scope: 1, design: 1 };
    const sessions = factory({ api: 1, ci: 1 }, [sessionOf("a", { ...plan, after })]);
    const retried = { state: "failed", failure: "agent", attempt: 2, finishedAt: NOW, reason: "exit 1" } as const;
    const api = sessionOf("a", { step: "build.api", path: "sessions/a/build.api.md", after: BUILT, ...retried });
    expect(decisionOn(sessions)).toEqual(["Assign a: build.api to slot A"]);
    const later = [...sessions.filter(({ step }) => step !== "build.api"), api];
    expect(decisionOn(later).filter((it) => it.startsWith("Assign"))).toEqual([]);
  });

  it("counts no more once what it rested upon is another for a reason that is not its own", () => {
    const plan = sessionOf("a", {
      step: "plan",
      path: "sessions/a/plan.md",
      verdict: "planned",
      dispatch,
      attempt: 2,
      after: { scope: 1, design: 1 },
    });
    expect(decisionOn(factory({ api: 2, ci: 1 }, [plan]), "plan/2@A")).toEqual(["Assign a: build.api to slot A"]);
    const again = factory({ api: 3, ci: 1 }, [
      plan,
      sessionOf("a", { step: "build.api", path: "sessions/a/build.api.md", attempt: 3, after: { ...BUILT, plan: 2 } }),
      sessionOf("a", { step: "build.ci", path: "sessions/a/build.ci.md", attempt: 1, after: { ...BUILT, plan: 2 } }),
    ]);
    expect(decisionOn(again)).toEqual(["Assign a: cold to slot A, warm to slot B"]);
  });
});
