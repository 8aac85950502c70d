import { describe, expect, it } from "vitest";
import { annotate } from "../../../../src/cli/check/annotate.ts";

const FINDING = {
  path: "board/planned/a.md",
  line: 3,
  severity: "error",
  code: "TASK_INVALID",
  message: "no",
  hint: null,
} as const;

describe("annotate", () => {
  it("writes a finding as GitHub Actions reads it", () => {
    expect(annotate(FINDING, "board/planned/a.md")).toBe(
      "::error file=board/planned/a.md,line=3,title=TASK_INVALID::no",
    );
    expect(annotate({ ...FINDING, severity: "warning", line: null }, "x")).toBe(
      "::warning file=x,line=1,title=TASK_INVALID::no",
    );
  });

  it("lets no name or text end a property, a command or a line", () => {
    const hostile = { ...FINDING, message: "50%, a: b\r\n::error::forged", hint: "do\nit" };

    const line = annotate(hostile, "a,line=9:b%\n::error::forged.md");

    expect(line).not.toMatch(/[\r\n]/);
    expect(line).toMatch(
      /^::error file=a%2Cline=9%3Ab%25%0A%3A%3Aerror%3A%3Aforged\.md,line=3,title=TASK_INVALID::50%25, a: b/,
    );
    expect(line).toMatch(/%0Ado/);
  });
});
