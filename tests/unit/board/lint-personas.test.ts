import { describe, expect, it } from "vitest";
import { countWords, lintPersona, lintReviewedTask, lintRoster } from "../../../src/board/lint-personas.ts";
import type { Persona } from "../../../src/board/persona.ts";
import { parsePersona } from "../../../src/board/persona-file.ts";
import { hasConcernCap, isReviewer } from "../../../src/board/reviewer.ts";
import { bytes } from "./bytes.ts";

const SKILLS = new Set(["write-tests", "reviewing-a-diff"]);

function lint(name: string, ...lines: string[]) {
  const path = `personas/${name}.md`;
  const file = bytes(lines.join("\n"));
  const { persona } = parsePersona(path, "abc", file);
  if (persona === null) throw new Error("no persona");
  return lintPersona(persona, file, SKILLS);
}

function head(...keys: string[]): string[] {
  return ["---", ...keys, "---", ""];
}

const prompt = (words: number) => Array.from({ length: words }, () => "word").join(" ");

describe("lintPersona", () => {
  it("is content with a short one that judges nobody", () => {
    expect(lint("engineer", ...head("mutates: true", "skills: [write-tests]"), prompt(400))).toEqual([]);
  });

  it("warns of a prompt over 400 words, where it begins", () => {
    expect(lint("engineer", ...head("mutates: true"), prompt(401))).toEqual([
      expect.objectContaining({
        path: "personas/engineer.md",
        line: 4,
        severity: "warning",
        code: "PERSONA_LINT",
        message: expect.stringContaining("401 words"),
        hint: expect.stringContaining("skill"),
      }),
    ]);
  });

  it("warns of a reviewer without a cap, and not of one that has it", () => {
    const judge = (text: string) => lint("pr_reviewer", ...head("description: x"), text).map(({ message }) => message);

    expect(judge("Leave no concern unaddressed.")).toEqual([expect.stringContaining("without a cap")]);
    expect(judge("Surface at most three concerns per pass.")).toEqual([]);
  });

  it("warns of a skill that is not there, with the likeliest", () => {
    const [finding] = lint("a", ...head("description: x", "skills: [write-tests, writetests]"), "Do it.");

    expect(finding).toMatchObject({ line: 3, message: expect.stringMatching(/skill writetests.*write-tests/) });
  });

  it("counts words, not blanks", () => {
    expect(countWords("\n one  two\n\n three \n")).toBe(3);
    expect(countWords(" \n")).toBe(0);
  });
});

describe("isReviewer", () => {
  const make = (it: Partial<Persona>) => isReviewer({ id: "a", description: "", output: "a.md", prompt: "x", ...it });

  it.each<[string, Partial<Persona>, boolean]>([
    ["by its name", { id: "pr_reviewer" }, true],
    ["by its description", { description: "Reviews diffs" }, true],
    ["by its output", { output: "findings/cold.md" }, true],
    ["by its verdict", { prompt: "End with\n\nverdict: must-fix\n" }, true],
    ["not by a word that only contains it", { id: "previewer", description: "Preview pages" }, false],
    ["not an engineer", { id: "engineer", description: "Builds" }, false],
  ])("%s", (_, it, expected) => {
    expect(make(it)).toBe(expected);
  });
});

describe("hasConcernCap", () => {
  it.each([
    "Surface at most three concerns per pass.",
    "- **At most 3** must-fix findings a pass",
    "No more than five of the most important issues.",
    "Report up to 10 problems.",
    "Limit your comments to three.",
    "Five findings at most.",
    "Findings: at most 5, the worst first",
    "Name at most\nthree findings.",
  ])("sees it in %j", (text) => {
    expect(hasConcernCap(text)).toBe(true);
  });

  it.each([
    "Leave no concern unaddressed.",
    "At most 12 tool calls. Findings name file and line.",
    "- At most 12 tool calls\n- Every finding has a line",
    "* At most 12\n* tool calls and findings",
    "Findings are only a matter of taste.",
    "Reply in at most 200 words.",
    "There are three kinds of findings.",
  ])("does not see one in %j", (text) => {
    expect(hasConcernCap(text)).toBe(false);
  });
});

describe("lintRoster", () => {
  const personas = new Map([
    ["engineer", { mutates: true }],
    ["iac_developer", { mutates: true }],
    ["tester", { mutates: false }],
  ]);
  const messages = (...roster: string[]) =>
    lintRoster({ path: "board/planned/a.md", line: 3 }, roster, personas).map(({ message }) => message);

  it("is content with one that builds and one that does not", () => {
    expect(messages("engineer", "tester")).toEqual([]);
    expect(messages()).toEqual([]);
  });

  it("warns of somebody who is in it twice", () => {
    expect(messages("engineer", "tester", "engineer")).toEqual([expect.stringContaining("engineer more than once")]);
  });

  it("warns when everybody writes code", () => {
    expect(messages("engineer", "iac_developer")).toEqual([expect.stringContaining("everybody")]);
    expect(messages("engineer", "engineer")).toHaveLength(2);
  });

  it("says nothing of those it does not know", () => {
    expect(messages("engineer", "stranger")).toEqual([]);
  });

  it("names the place", () => {
    const [finding] = lintRoster({ path: "board/planned/a.md", line: 3 }, ["engineer"], personas);
    expect(finding).toMatchObject({ path: "board/planned/a.md", line: 3, code: "PERSONA_LINT", severity: "warning" });
  });
});

describe("lintReviewedTask", () => {
  const lintTask = (body: string, data: Record<string, unknown> = {}) =>
    lintReviewedTask("board/planned/a.md", { data, body, reviewer: "pr_reviewer" });

  it.each<[string, string, Record<string, unknown>]>([
    ["a list below a heading", "# A\n\n## Acceptance criteria\n\n- it works\n", {}],
    ["a numbered list below another such heading", "### Accepted when\n1. it works\n", {}],
    ["a line that says it", "Do it.\n\nAccepted when `npm test` succeeds.\n", {}],
    ["a checklist anywhere", "Do it.\n\n- [ ] it works\n", {}],
    ["the key", "Do it.\n", { acceptance: ["it works"] }],
  ])("is content with %s", (_, body, data) => {
    expect(lintTask(body, data)).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ["nothing", "Do it.\n", {}],
    ["a list under another heading", "## Ideas\n- one\n\n## Notes\n- two\n", {}],
    ["a heading without a list", "## Acceptance\n\nIt works.\n\n## Notes\n\n- two\n", {}],
    ["a word that only looks like it", "What is accepted when somebody asks?\n", {}],
    ["an empty key", "Do it.\n", { acceptance: [] }],
  ])("warns where there is %s", (_, body, data) => {
    expect(lintTask(body, data)).toEqual([
      expect.objectContaining({
        path: "board/planned/a.md",
        code: "PERSONA_LINT",
        message: expect.stringContaining("pr_reviewer"),
      }),
    ]);
  });
});
