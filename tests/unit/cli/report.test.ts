import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { drawReport } from "../../../src/cli/report/draw-report.ts";
import { parseSince } from "../../../src/cli/report/parse-since.ts";
import { type CountedRun, sumRuns } from "../../../src/cli/report/sum-runs.ts";
import { print } from "../../../src/cli/status/line.ts";
import { DAY, HOUR, MINUTE, NOW, sessionOf } from "../../helpers/board-builder.ts";

const TOKENS = { input: 18_234, output: 2_210, cached: 90_412 };

describe("sums of runs", () => {
  it("go by persona, workflow, verdict and day, the dearest first", () => {
    const { total, byPersona, byWorkflow, byVerdict, byDay } = sumRuns(some());

    expect(total).toEqual({
      runs: 4,
      costUsd: 0.75,
      unknownCosts: 1,
      tokens: { input: 36_468, output: 4_420, cached: 180_824 },
      promptBytes: 3_100,
      wallMs: 4 * MINUTE,
    });
    expect(byPersona.map(({ name, runs, costUsd, unknownCosts }) => [name, runs, costUsd, unknownCosts])).toEqual([
      ["engineer", 1, 0.62, 0],
      ["planner", 2, 0.13, 1],
      ["(checks)", 1, 0, 0],
    ]);
    expect(byWorkflow.map(({ name, runs }) => [name, runs])).toEqual([
      ["solo", 1],
      ["relay", 3],
    ]);
    expect(byVerdict.map(({ name, runs }) => [name, runs])).toEqual([
      ["done", 2],
      ["clean", 1],
      ["failed", 1],
    ]);
    expect(byDay.map(({ name, runs }) => [name, runs])).toEqual([
      ["2026-11-19", 1],
      ["2026-11-20", 3],
    ]);
  });

  it("never take what nobody told for nothing", () => {
    const { total } = sumRuns([counted({ costUsd: null, agent: "codex" })]);
    expect(total).toMatchObject({ costUsd: null, unknownCosts: 1, tokens: null, promptBytes: null });
    expect(sumRuns([counted({ costUsd: null, agent: null, persona: null })]).total).toMatchObject({
      costUsd: 0,
      unknownCosts: 0,
    });
  });

  it("count what is known of a cost that is not known whole", () => {
    const { total } = sumRuns([counted({ costUsd: null, leastUsd: 0.3, agent: "codex" }), counted({ costUsd: 0.2 })]);
    expect(total).toMatchObject({ costUsd: 0.5, unknownCosts: 1 });
  });

  it("take no time from a run without begin or end", () => {
    expect(sumRuns([counted({ startedAt: null }), counted({ finishedAt: null })]).total.wallMs).toBe(0);
  });
});

describe("the tables", () => {
  it("have their figures below each other, the unknown as unknown", () => {
    const lines = drawReport(sumRuns(some())).map((line) => print(line, false));

    expect(lines[0]).toMatch(/^persona +runs +cost +input +output +cached +prompts +time$/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^planner +2 +\$0\.13 \+ 1 unknown +18,234 .* 3\.1 kB +2m 00s$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^failed +1 +unknown +- +- +- +- +1m 00s$/));
    expect(lines.at(-1)).toMatch(/^total +4 +\$0\.75 \+ 1 unknown /);
    const widths = new Set(lines.filter((it) => it !== "").map((it) => stringWidth(it)));
    expect(widths.size).toBe(1);
  });
});

describe("--since", () => {
  it.each([
    ["2026-11-19", NOW - DAY - 10 * HOUR],
    ["2026-11-20T09:00:00Z", NOW - HOUR],
    ["7d", NOW - 7 * DAY],
    ["90m", NOW - 90 * MINUTE],
  ])("takes %s", (text, expected) => {
    expect(parseSince(text, NOW)).toBe(expected);
  });

  it.each(["yesterday", "2026-13-01", "7", ""])("refuses %s", (text) => {
    expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

function some(): CountedRun[] {
  const planner = { step: "scope", persona: "planner", agent: "claude" } as const;
  const yesterday = { startedAt: NOW - DAY, finishedAt: NOW - DAY + MINUTE };
  return [
    counted({ costUsd: 0.62, tokens: TOKENS, agent: "claude" }, "solo"),
    counted({ ...planner, costUsd: 0.13, tokens: TOKENS, promptBytes: { persona: 1_900, task: 1_200 } }),
    counted({ ...planner, ...yesterday, costUsd: null, state: "failed" }),
    counted({ step: "checks", persona: null }),
  ];
}

function counted(facts: Partial<Session>, workflow = "relay"): CountedRun {
  return { session: sessionOf("a", facts), workflow };
}
