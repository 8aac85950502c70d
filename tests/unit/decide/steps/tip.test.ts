import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, runOf, sessionOf, type WorldWords } from "../../../helpers/board-builder.ts";
import { stepOf, workflowOf } from "./workflows.ts";

const REVIEWED = workflowOf("reviewed", [
  stepOf("plan", { verdicts: "reviewer" }),
  stepOf("build", { persona: "engineer", needs: ["plan"] }),
  stepOf("review", { needs: ["build"], verdicts: "reviewer" }),
  stepOf("polish", { persona: "engineer", needs: ["review"] }),
  stepOf("report", { needs: ["polish"] }),
]);

function done(step: string, commitSha: string, facts: Partial<Session> = {}): Session {
  return sessionOf("a", { step, path: `sessions/a/${step}.md`, commitSha, startSha: commitSha, ...facts });
}

const BUILT = [
  done("plan", "c0", { verdict: "clean" }),
  done("build", "c1", { startSha: "c0", after: { plan: 1 } }),
  sessionOf("a", { step: "checks", of: "build", after: { build: 1 } }),
  done("review", "c1", { verdict: "clean", after: { plan: 1, build: 1 } }),
];
const POLISHED = [
  ...BUILT.filter(({ step }) => step !== "checks"),
  done("polish", "c2", { startSha: "c1", after: { plan: 1, review: 1 } }),
  sessionOf("a", { step: "checks", of: "polish", after: { build: 1, polish: 1 } }),
];

function editsAt(tip: string | null, sessions: readonly Session[], assigned: string | null, world: WorldWords = {}) {
  const branches = tip === null ? {} : { a: { sha: tip } };
  const { actions } = decide(
    boardOf(
      { doing: [{ id: "a", workflow: "reviewed", assigned, branch: "kanband/a" }] },
      { workflows: [REVIEWED], sessions, branches, settings: { trust: "auto" }, ...world },
    ),
  );
  return actions.flatMap((it) => (it.kind === "edit" ? [it.subject] : []));
}

describe("a review of another commit than the tip of the branch", () => {
  it("does not count: what a person committed since is reviewed before anything is built upon it", () => {
    expect(editsAt("c1", BUILT, "review/1@A")).toEqual(["Assign a: polish to slot A"]);
    expect(editsAt("own", BUILT, "review/1@A")).toEqual(["Assign a: review to slot A"]);
    const again = BUILT.map((it) => (it.step === "review" ? { ...it, attempt: 2, commitSha: "own" } : it));
    expect(editsAt("own", again, "review/2@A")).toEqual(["Assign a: polish to slot A"]);
  });

  it("counts where the daemon's own steps came after it, where one of them works, and where there is no branch", () => {
    expect(editsAt("c2", POLISHED, "polish/1@A")).toEqual(["Assign a: report to slot A"]);
    expect(editsAt("own", POLISHED, "polish/1@A")).toEqual(["Assign a: review to slot A, report to slot B"]);
    expect(editsAt(null, BUILT, "review/1@A")).toEqual(["Assign a: polish to slot A"]);
    const runs = [runOf("a", { step: "polish", unit: "polish" })];
    expect(editsAt("half", BUILT, "polish/1@A", { runs })).toEqual([]);
    const failed = [
      ...BUILT,
      done("polish", "kept", { startSha: "c1", state: "failed", failure: "budget", reason: "spent" }),
    ];
    expect(editsAt("c1", failed, "polish/1@A")).toEqual(["Block a"]);
  });

  it("is done after what a person asks for, who put back what was finished", () => {
    const finished = [...POLISHED, done("report", "c2", { after: { plan: 1, build: 1, review: 1, polish: 1 } })];
    expect(editsAt("own", finished, null)).toEqual(["Assign a: polish to slot A"]);
    expect(editsAt("own", finished, "polish/2@A")).toEqual([]);
  });
});
