import { describe, expect, it } from "vitest";
import { type Decision, decisionKey, formatDecisionLine } from "../../../src/board/decision-line.ts";
import { anyText, fc } from "../../helpers/fast-check.ts";

const ONE: Decision = {
  at: Date.UTC(2026, 10, 20, 10, 0, 0, 900),
  step: "scope",
  attempt: 2,
  kind: "result",
  text: "done",
};

describe("a line of decisions.md", () => {
  it("says when, what step, what kind and what", () => {
    expect(formatDecisionLine(ONE)).toBe("- 2026-11-20T10:00:00Z scope/2 result: done");
  });

  it("is one line whatever it tells, and known again by step, attempt and kind", () => {
    const nasty = fc.oneof(anyText, fc.constantFrom("a/1 result: x", "a\n- b", "\u202e", ""));
    fc.assert(
      fc.property(nasty, nasty, fc.nat(99), (step, text, attempt) => {
        const line = formatDecisionLine({ ...ONE, step: `s${step}`, text, attempt });
        expect(line).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
        const again = formatDecisionLine({ ...ONE, at: 0, step: `s${step}`, text: "other", attempt });
        expect(decisionKey(line)).toBe(decisionKey(again));
        expect(decisionKey(line)).not.toBeNull();
        const others = [
          formatDecisionLine({ ...ONE, step: `s${step}`, attempt, kind: "answer" }),
          formatDecisionLine({ ...ONE, step: `s${step}`, attempt: attempt + 1 }),
          formatDecisionLine({ ...ONE, step: `t${step}`, attempt }),
        ];
        expect(others.map(decisionKey)).not.toContain(decisionKey(line));
      }),
    );
  });

  it("of a person's own has no key", () => {
    expect(decisionKey("- I decided: yes")).toBeNull();
  });
});
