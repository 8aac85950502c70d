import { describe, expect, it } from "vitest";
import { formatActivityLine, formatSession, parseSession, sessionMessage } from "../../../src/board/session-file.ts";
import { cleanText } from "../../../src/board/text.ts";
import { fc, someOf } from "../../helpers/fast-check.ts";
import { EMPTY, message, PATH, session } from "./any-session.ts";
import { bytes } from "./bytes.ts";

describe("formatSession", () => {
  it("has the layout of the convention", () => {
    const text = formatSession(
      {
        ...EMPTY,
        persona: "engineer",
        agent: "claude",
        attempt: 2,
        state: "done",
        exitCode: 0,
        costUsd: 0.62,
        toolCalls: 9,
        startedAt: Date.UTC(2026, 10, 20, 10),
        finishedAt: Date.UTC(2026, 10, 20, 10, 12, 4, 500),
        tokens: {
          input: 18234,
          output: 2210,
          cached: 90412,
        },
      },
      "All done.\n\nBye.",
      [formatActivityLine(Date.UTC(2026, 10, 20, 10, 0, 1, 900), "Read src/users.ts")],
    );

    expect(text).toBe(`---
task: fix-login
step: work
persona: engineer
agent: claude
attempt: 2
state: done
started: 2026-11-20T10:00:00Z
finished: 2026-11-20T10:12:04.500Z
exit: 0
cost_usd: 0.62
tokens: { input: 18234, output: 2210, cached: 90412 }
tool_calls: 9
---

All done.

Bye.

## Activity

- 10:00:01 Read src/users.ts
`);
  });

  it("has what a step of a workflow came to on one line each", () => {
    const text = formatSession(
      {
        ...EMPTY,
        step: "reconcile",
        state: "done",
        verdict: "must-fix",
        after: { build: 2, cold: 1, "build.api": 1 },
        args: ["--all", "a b"],
        findings: [
          {
            title: "No test",
            file: "a.ts",
            line: 3,
            severity: "must-fix",
            why: "",
            fix: "Add one",
            sources: ["cold.md"],
          },
        ],
        question: "Which one? [a / b]",
        messageSha: "never written",
        promptBytes: { persona: 1203, "scope.md": 44 },
      },
      "",
      [],
    );

    expect(text).toContain("after: { build: 2, cold: 1, build.api: 1 }\n");
    expect(text).toContain('args: ["--all","a b"]\n');
    expect(text).toContain('findings: [{"title":"No test","file":"a.ts","line":3,"severity":"must-fix"');
    expect(text).toContain("prompt: { persona: 1203, scope.md: 44 }\n");
    expect(text).toMatch(/^question: .*Which one\? \[a \/ b\]"?$/m);
    expect(text).not.toContain("never written");
  });

  it("unknown cost is written as unknown", () => {
    expect(formatSession(EMPTY, "", [])).toContain("cost_usd: unknown\n");
  });

  it("reads back what was written, whatever the agent says", () => {
    fc.assert(
      fc.property(session, message, fc.array(message), (facts, said, activity) => {
        const text = formatSession(facts, said, activity);

        const read = parseSession(PATH, "fix-login", bytes(text));

        expect(read.findings).toEqual([]);
        // The least is of interest only where the cost is not known.
        expect(read.session).toEqual(facts.costUsd === null ? facts : { ...facts, leastUsd: 0 });
        expect(sessionMessage(text)).toBe(cleanText(said));
        expect(
          text
            .slice(text.lastIndexOf("\n## Activity\n\n"))
            .split("\n")
            .filter((it) => it.startsWith("- ")),
        ).toHaveLength(activity.length);
      }),
      { numRuns: someOf(1_500) },
    );
  });

  it("cleaning twice is cleaning once", () => {
    fc.assert(
      fc.property(message, (said) => {
        expect(cleanText(cleanText(said))).toBe(cleanText(said));
      }),
    );
  });

  it("grows by lines of activity at its end", () => {
    const running = formatSession(EMPTY, "", []);

    const grown = `${running}${formatActivityLine(0, "one")}\n${formatActivityLine(0, "two\n## Activity\nx")}\n`;

    expect(parseSession(PATH, "fix-login", bytes(grown)).session).toEqual(EMPTY);
    expect(sessionMessage(grown)).toBe("");
  });
});

describe("formatActivityLine", () => {
  it("is one line that a terminal can show", () => {
    const line = formatActivityLine(3_661_999, `a\r\nb\t\u001b[1mbold\u001b[0m \u0007\u202e ${"x".repeat(500)}`);

    expect(line).toMatch(/^- 01:01:01 a b bold \\x07\\u202e x+…$/);
    expect(line.length).toBeLessThanOrEqual(302);
  });
});

describe("parseSession", () => {
  const parse = (text: string) => parseSession(PATH, "fix-login", bytes(text));

  it("the task is the folder, the step at least the file", () => {
    expect(parse("---\ntask: other\nstate: done\n---\n").session).toMatchObject({
      taskId: "fix-login",
      step: "engineer",
    });
  });

  it.each([
    ["---\nstate: finished\n---\n", /`state` is "finished"; expected one of running, done/],
    ["---\nstate: done\nstarted: yesterday\n---\n", /expected an instant such as/],
    ["---\nstate: done\ncost_usd: cheap\n---\n", /expected a number of US dollars, or unknown/],
    ["no front matter", /`state` is missing/],
    ["---\nstate: [\n---\n", /YAML/],
    ["---\nstate: done\nafter: { scope: x }\n---\n", /`after` is .*expected the attempts of steps/],
    ['---\nstate: done\nfindings: [{"title": "x"}]\n---\n', /`findings\[0\]\.file` is missing/],
  ])("%j is a finding", (text, expected) => {
    const { session: read, findings } = parse(text);

    expect(read).toBeNull();
    expect(findings[0]?.message).toMatch(expected);
    expect(findings[0]?.path).toBe(PATH);
  });

  it("reads instants of every zone", () => {
    expect(parse("---\nstate: done\nstarted: 2026-01-02T03:04:05+02:00\n---\n").session?.startedAt).toBe(
      Date.UTC(2026, 0, 2, 1, 4, 5),
    );
  });
});
