import { describe, expect, it } from "vitest";
import { formatJson, formatScalar } from "../../../src/board/front-matter-scalar.ts";
import { readVerdict } from "../../../src/board/read-verdict.ts";
import { SEVERITIES, VERDICTS } from "../../../src/board/verdict-kind.ts";
import { anyText, fc, someOf } from "../../helpers/fast-check.ts";
import { block, detailsOf, KINDS, step } from "./verdict-messages.ts";

const token = fc.constantFrom(
  "---\n",
  "```",
  "```verdict\n",
  "```yaml\n",
  "```decision\n",
  "\n",
  "verdict: clean\n",
  "verdict:",
  "findings:\n",
  "  - title: x\n",
  "steps:\n",
  " - {id: a, persona: p, task: t, needs: [b]}\n",
  "> ",
  "&a ",
  "*a",
  "!!js/function ",
  "<<: *a\n",
  "[",
  "{",
  "\0",
  "\u202e",
  "\ud800",
  "question: x\n",
  "**",
  '"',
  "'",
  "|\n",
  "constructor: x\n",
  "__proto__: {verdict: clean}\n",
  "\t",
  "\r\n",
  "<!--",
  "-->",
);
const anything = fc.oneof(
  fc.array(fc.oneof(token, fc.string({ maxLength: 6 })), { maxLength: 40 }).map((it) => it.join("")),
  anyText,
);

describe("reading", () => {
  it("never throws, whatever an agent says, and a verdict is one of its kind", () => {
    fc.assert(
      fc.property(fc.constantFrom(null, ...KINDS), anything, (kind, message) => {
        const read = readVerdict(kind, message);
        if (kind !== null) expect(read.kind).not.toBe("none");
        if (kind !== null && read.kind === "given") expect(VERDICTS[kind]).toContain(read.verdict);
      }),
      { numRuns: someOf(3_000) },
    );
  });

  it("survives nesting without end", () => {
    const deep = block(`verdict: ${"[".repeat(30_000)}`);
    expect(readVerdict("reviewer", deep).kind).toBe("invalid");
    expect(
      readVerdict("reviewer", block(`verdict: clean\nfindings: ${"[".repeat(1_000)}${"]".repeat(1_000)}`)).kind,
    ).toBe("invalid");
  });

  const said = fc.string({ maxLength: 40 }).map((it) => `x${it.replace(/ +/g, " ").trim()}y`);
  const finding = fc.record({
    title: said,
    file: fc.constantFrom(null, "src/a b.ts", "ü.md"),
    line: fc.option(fc.integer({ min: 1, max: 9_999 })),
    severity: fc.constantFrom(...SEVERITIES),
    why: said,
    fix: said,
    sources: fc.array(said, { maxLength: 2 }),
  });

  it("gives back what was written, as YAML and as JSON", () => {
    fc.assert(
      fc.property(
        fc.array(finding, { maxLength: 4 }),
        fc.boolean(),
        fc.stringMatching(/^[0-9a-f]{7,40}$/),
        (findings, isJson, commit) => {
          const verdict = findings.some(({ severity }) => severity === "must-fix") ? "must-fix" : "clean";
          const text = isJson
            ? block(JSON.stringify({ verdict, commit, findings }, null, 2), "json")
            : block(
                `verdict: ${formatScalar(verdict)}\ncommit: ${formatScalar(commit, "double")}\nfindings: ${formatJson(findings)}`,
              );
          expect(readVerdict("reviewer", `Words.\n\n${text}`)).toEqual({
            kind: "given",
            verdict,
            details: { target: null, args: [], dispatch: [], commit, findings },
          });
        },
      ),
    );
  });

  it("gives back the steps of a dispatcher", () => {
    const text = `verdict: planned\nsteps:\n${step("api", "needs: []", "touches: [src/api/**, ./docs]")}${step("ui_2", "needs: [api]", "parallel: No", "mutates: true")}`;
    expect(detailsOf(readVerdict("dispatcher", block(text)))?.dispatch).toEqual([
      {
        id: "api",
        persona: "p",
        task: "Build it",
        needs: [],
        parallel: true,
        touches: ["src/api/**", "docs"],
        mutates: null,
      },
      { id: "ui_2", persona: "p", task: "Build it", needs: ["api"], parallel: false, touches: [], mutates: true },
    ]);
  });
});
