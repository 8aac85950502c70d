import { describe, expect, it } from "vitest";
import { composePrompt } from "../../../src/apply/compose-prompt.ts";
import type { PromptFacts } from "../../../src/apply/prompt-facts.ts";
import { readVerdict } from "../../../src/board/read-verdict.ts";
import { VERDICTS, type VerdictKind } from "../../../src/board/verdict-kind.ts";
import { personaOf } from "../../helpers/board-builder.ts";

const MARK = "0123456789abcdef01234567";
const FACTS: PromptFacts = {
  task: { id: "a", title: "Do a", body: "Body of a.\n", feedback: null, touches: [] },
  persona: personaOf("engineer", { prompt: "You build." }),
  cause: "first",
  attempt: 1,
  branch: "kanband/a",
  verify: ["npm test"],
  sessions: [],
  boundary: MARK,
};
const STEP = { id: "scope", task: "Say what is in it.", output: "scope.md", mutates: false };

describe("composing a prompt", () => {
  it("has the persona and the rules as system prompt, the task as prompt", () => {
    const { systemPrompt, prompt } = composePrompt(FACTS);
    expect(systemPrompt).toMatch(/^You build\.[\s\S]*## Rules[\s\S]*the daemon commits/);
    expect(prompt).toMatch(
      /^# Task `a`\n\n.*the rules say what that means\.\n\n<data-\w+ name="task">\n# Do a\n\nBody of a\.\n<[\s\S]*\n- npm test\n/,
    );
    expect(prompt).not.toMatch(/Attempt|Your part|becomes the file/);
  });

  it("tells who chooses what there is to choose from", () => {
    const choices = { tools: ["files: lists them"], personas: ["sre (only reads): finds causes"] };
    const { prompt, parts } = composePrompt({ ...FACTS, step: STEP, verdicts: "router", choices });
    expect(prompt).toMatch(
      /## What you may choose from[\s\S]*\n- files: lists them\n[\s\S]*\n- sre \(only reads\): finds causes\n/,
    );
    expect(parts.map(({ name }) => name)).toContain("choices");
  });

  it("tells a step the files that are its own to change, else those of the task", () => {
    const task = { ...FACTS.task, touches: ["src/**", "ci/**"] };
    const told = (touches?: string[]) => {
      const step = { ...STEP, mutates: true, ...(touches === undefined ? {} : { touches }) };
      return composePrompt({ ...FACTS, task, step }).prompt;
    };
    expect(told(["ci/**"])).toMatch(/these files only:\n\n<data-\w+ name="touches">\n- ci\/\*\*\n</);
    expect(told()).toContain("\n- src/**\n- ci/**\n");
  });

  it("has the heading of a task once, also where it is the title", () => {
    const told = (body: string) => composePrompt({ ...FACTS, task: { ...FACTS.task, body } }).prompt;
    expect(told("# Do a\n\nBody.\n").match(/^# Do a$/gm)).toHaveLength(1);
    expect(told("# Do a").match(/^# Do a$/gm)).toHaveLength(1);
    expect(told("# Do all\n")).toContain("# Do a\n\n# Do all\n");
  });

  it("tells a persona that only reads to change nothing", () => {
    const { systemPrompt } = composePrompt({ ...FACTS, persona: personaOf("tester", { mutates: false }) });
    expect(systemPrompt).toContain("Change no file");
  });

  it.each([
    ["retry", /set aside/],
    ["checks", /mend it/],
    ["feedback", /asks for changes/],
    ["conflict", /does not merge/],
    ["stopped", /go on from there/],
    ["lost", /cut off/],
    ["review", /A review found/],
    ["verdict", /no verdict that counts/],
    ["answer", /has answered/],
    ["stale-input", /has changed since/],
  ] as const)("says why it is run again: %s", (cause, words) => {
    expect(composePrompt({ ...FACTS, cause, attempt: 2 }).prompt).toMatch(words);
  });

  it("a step has its part, its file, its commit, and a way to ask", () => {
    const tip = "1".repeat(40);
    const { systemPrompt, prompt } = composePrompt({ ...FACTS, step: STEP, tip, trust: "shadow" });
    expect(systemPrompt).toContain(
      `on the step \`scope\` of the task \`a\`, in a git worktree that shows the commit \`${tip}\``,
    );
    expect(systemPrompt).toContain("Change no file");
    expect(systemPrompt).toContain("trust phase of this board is `shadow`");
    expect(prompt).toContain(`<data-${MARK} name="step">\nSay what is in it.\n`);
    expect(prompt).toContain("becomes the file `scope.md`");
    expect(prompt).toContain("```decision");
  });

  it("skills need no persona", () => {
    const skills = [
      { name: "split", text: "Split it.\n" },
      { name: "review-diff", text: "Look at it." },
    ];
    const { systemPrompt } = composePrompt({ ...FACTS, persona: null, step: STEP, skills });
    expect(systemPrompt).toMatch(
      /^You carry out one step[^\n]*\n\n## Skill: split\n\nSplit it\.\n\n## Skill: review-diff\n\nLook at it\.\n\n## Rules/,
    );
  });

  it("has what is to be mended, what was asked and answered, and what was wrong with the verdict", () => {
    const { prompt } = composePrompt({
      ...FACTS,
      step: STEP,
      cause: "review",
      attempt: 2,
      reask: "expected `verdict:`",
      lastMessage: "Looked at another commit.\n",
      answer: { question: "Queue or table?", answer: "The queue." },
      findings: [
        {
          title: "No test",
          file: "src/a.ts",
          line: 3,
          severity: "must-fix",
          why: "It breaks",
          fix: "Add one",
          sources: ["cold.md"],
        },
        { title: "Slow", file: null, line: null, severity: "must-fix", why: "", fix: "", sources: [] },
      ],
    });
    expect(prompt).toContain('name="problem">\nexpected `verdict:`\n');
    expect(prompt).toContain('name="message">\nLooked at another commit.\n');
    expect(prompt).toMatch(/name="question">\nQueue or table\?\n[^\n]*\n\n<data-\w+ name="answer">\nThe queue\.\n/);
    expect(prompt).toContain(
      "1. No test (src/a.ts:3)\n   Why: It breaks\n   Fix: Add one\n   From: cold.md\n2. Slow\n</data-",
    );
  });

  it.each(Object.keys(VERDICTS) as VerdictKind[])("shows a %s a block that reads as a verdict", (kind) => {
    const { prompt } = composePrompt({ ...FACTS, step: STEP, verdicts: kind, tip: "1".repeat(40) });
    expect(readVerdict(kind, prompt)).toMatchObject({ kind: "given" });
    for (const verdict of VERDICTS[kind]) expect(prompt).toContain(verdict);
    const again = composePrompt({ ...FACTS, verdicts: kind });
    expect(readVerdict(kind, again.prompt)).toMatchObject({ kind: "given", details: { commit: null } });
  });

  it("says how large each part is", () => {
    const skills = [{ name: "split", text: "Split it." }];
    const sessions = [{ name: "scope.md", text: "é" }];
    const { parts, systemPrompt, prompt } = composePrompt({
      ...FACTS,
      skills,
      sessions,
      step: STEP,
      verdicts: "triage",
    });
    expect(parts.map(({ name }) => name)).toEqual([
      "persona",
      "skills/split",
      "rules",
      "task",
      "accepted-when",
      "scope.md",
      "output",
    ]);
    expect(parts[0]?.bytes).toBe("You build.".length);
    const blanks = 2 * (3 - 1 + 4 - 1);
    const sum = parts.reduce((total, { bytes }) => total + bytes, 0);
    expect(sum + blanks).toBe(Buffer.byteLength(systemPrompt) + Buffer.byteLength(prompt));
  });
});

describe("earlier results in a prompt", () => {
  const result = (name: string, kilobytes: number) => ({
    name,
    text: `Begin ${name}\n${"x".repeat(kilobytes * 1024)}\nEnd ${name}`,
  });

  it("are whole where they are short, else their beginning, end and size", () => {
    const { prompt } = composePrompt({ ...FACTS, sessions: [result("short.md", 1), result("long.md", 20)] });
    expect(prompt).toContain(`Begin short.md\n${"x".repeat(1024)}\nEnd short.md`);
    expect(prompt).toMatch(/`\.session\/long\.md` \(205\d\d bytes\): read the file/);
    expect(prompt).toContain("characters left out");
    expect(prompt).toContain("End long.md");
    expect(prompt.length).toBeLessThan(5_000);
  });

  it("are 32 kB together, however many there are", () => {
    const many = Array.from({ length: 300 }, (_, index) => result(`r${index}.md`, 7));
    const { prompt } = composePrompt({
      ...FACTS,
      cause: "checks",
      attempt: 2,
      sessions: [...many, result("checks.md", 7)],
    });
    expect(prompt.length).toBeLessThan(60_000);
    // What the run is about comes before all others.
    expect(prompt).toContain(`Begin checks.md\n${"x".repeat(7 * 1024)}`);
    expect(prompt.match(new RegExp("x".repeat(7 * 1024), "g"))).toHaveLength(4);
    expect(prompt).toMatch(/- `\.session\/r2\d\.md` \(\d+ bytes\)/);
    expect(prompt).toMatch(/- and \d+ more/);
  });
});
