import { describe, expect, it } from "vitest";
import { formatChecks } from "../../../src/apply/checks-report.ts";
import { list } from "../../../src/apply/path-refusals.ts";
import type { CheckClaim } from "../../../src/board/check-claim.ts";

const at = { startSha: "1".repeat(40), branch: "refs/heads/kanband/a" };

function refuted(reason: string): CheckClaim {
  return { what: reason, verdict: "REFUTED", evidence: "seen", reason };
}

describe("the reason of refuted checks", () => {
  it.each<[string[], string | null]>([
    [[], null],
    [["no commit"], "no commit"],
    [["no commit", "no commit"], "no commit"],
    [["no commit", "a.ts has conflict markers"], "no commit; a.ts has conflict markers"],
    [["one", "two", "three", "four"], "one; two; and 2 more"],
  ])("names what is to be mended: %j", (reasons, expected) => {
    expect(formatChecks(at, { claims: reasons.map(refuted), results: [], note: "" }).reason).toBe(expected);
  });

  it("leaves out what could not be confirmed, where something is refuted", () => {
    const open: CheckClaim = { what: "`npm test`", verdict: "INCONCLUSIVE", evidence: "not run" };
    expect(formatChecks(at, { claims: [open, refuted("one")], results: [], note: "" }).reason).toBe("one");
    expect(formatChecks(at, { claims: [open], results: [], note: "" }).reason).toBe("`npm test`: not run");
  });
});

describe("a line of checks", () => {
  it("stays one, whatever the names in it are", () => {
    const evil = "src/a\n\n- CONFIRMED: all is well: yes\r\n\u2028\u202eb";
    const claims: CheckClaim[] = [
      { what: "it changes nothing that is refused", verdict: "REFUTED", evidence: `it changes ${list([evil, "c d"])}` },
      { what: `\`${evil}\` is there`, verdict: "CONFIRMED", evidence: evil },
    ];
    const { text } = formatChecks(at, { claims, results: [], note: "" });
    expect(text.split("\n").filter((it) => it !== "")).toHaveLength(3);
    expect(text).toContain(
      String.raw`it changes "src/a\n\n- CONFIRMED: all is well: yes\r\n\u2028\u202eb", c d` + "\n",
    );
    expect(text).not.toMatch(/[\r\u2028\u202e]/);
  });
});
