import { describe, expect, it } from "vitest";
import type { RunFacts } from "../../../src/apply/run-facts.ts";
import { verdictOfStep } from "../../../src/apply/step-verdict.ts";
import type { VerdictKind } from "../../../src/board/verdict-kind.ts";
import { personaOf } from "../../helpers/board-builder.ts";

const KNOWN = { tools: ["say"], personas: new Map(["engineer", "sre"].map((it) => [it, personaOf(it)])) };
const TIP = "1234567890abcdef1234567890abcdef12345678";

function verdictOf(message: string, verdicts: VerdictKind | null) {
  const facts = { startSha: TIP, work: { verdicts, mutates: false } } as RunFacts;
  return verdictOfStep({ state: "done", failure: null, reason: null, message, resetAt: null }, facts, KNOWN);
}

function said(yaml: string): string {
  return `I looked.\n\n\`\`\`verdict\n${yaml}\n\`\`\`\n`;
}

describe("the verdict of a step", () => {
  it("counts for the commit that it looked at", () => {
    expect(verdictOf(said("verdict: clean\ncommit: 1234567"), "reviewer")).toMatchObject({
      state: "done",
      verdict: "clean",
    });
    expect(verdictOf(said("verdict: clean\ncommit: 7654321"), "reviewer")).toMatchObject({
      state: "failed",
      failure: "checks",
      verdict: "invalid",
      reason: "no valid verdict: it speaks of 7654321, and it looked at `commit: 1234567890ab`",
    });
    expect(verdictOf(said("verdict: clean"), "reconciler").reason).toMatch(/expected `commit: 1234567890ab`/);
  });

  it("names a tool that the board has", () => {
    expect(verdictOf(said("verdict: direct-tool\ntarget: say\nargs: [-n]"), "router")).toMatchObject({
      state: "done",
      target: "say",
    });
    expect(verdictOf(said("verdict: direct-tool\ntarget: sai"), "router")).toMatchObject({
      state: "failed",
      failure: "checks",
      verdict: "invalid",
      reason: 'no valid verdict: no tool "sai" under `tools:` in board/board.md; did you mean "say"?; known: say',
    });
  });

  it("is asked for where the workflow asks for it, and nowhere else", () => {
    expect(verdictOf("All is well.", "triage")).toMatchObject({ state: "failed", verdict: "invalid" });
    expect(verdictOf("All is well.", null)).toMatchObject({ state: "done", verdict: null });
  });

  it("names personas that there are, or is asked for again with those", () => {
    const known = "; expected one of engineer, sre";
    const routed = (target: string) => verdictOf(said(`verdict: single-persona\ntarget: ${target}`), "router");
    expect(routed("sre")).toMatchObject({ state: "done", target: "sre" });
    expect(routed("nobody")).toMatchObject({
      verdict: "invalid",
      reason: `no valid verdict: there is no persona nobody${known}`,
    });
    const steps = "steps:\n  - {id: a, persona: engineer, task: x}\n  - {id: b, persona: ghost, task: y, needs: [a]}";
    expect(verdictOf(said(`verdict: planned\n${steps}`), "dispatcher")).toMatchObject({
      state: "failed",
      failure: "checks",
      reason: `no valid verdict: there is no persona ghost${known}`,
    });
  });

  it("may be a question, on one line", () => {
    const message = "```decision\nquestion: Queue or table?\noptions: [queue, table]\nrecommendation: queue\n```";
    expect(verdictOf(message, "reviewer")).toMatchObject({
      state: "done",
      verdict: "decision",
      question: "Queue or table? [queue | table] (recommended: queue)",
    });
  });

  it("is none where the run did not end well", () => {
    const facts = { startSha: TIP, work: { verdicts: "triage", mutates: false } } as RunFacts;
    const ended = {
      state: "failed",
      failure: "agent",
      reason: "exit 1",
      message: said("verdict: change"),
      resetAt: null,
    } as const;
    expect(verdictOfStep(ended, facts, KNOWN)).toEqual({
      state: "failed",
      failure: "agent",
      reason: "exit 1",
      verdict: null,
    });
  });
});
