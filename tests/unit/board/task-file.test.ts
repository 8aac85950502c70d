import { describe, expect, it } from "vitest";
import { parseTask } from "../../../src/board/task-file.ts";
import { bytes, withBlock } from "./bytes.ts";

const parse = (...lines: string[]) =>
  parseTask("board/planned/2026/fix-login.md", "planned", bytes(withBlock(...lines)));

describe("a whole task", () => {
  it("reads every key", () => {
    const { task, findings } = parse(
      'title: " Fix\tlogin "',
      "id: BACK-1",
      'work_package_id: "WP01"',
      "priority: urgent",
      "dependencies: [a]",
      "depends_on: b",
      "persona: engineer",
      "workflow: solo",
      "review: tester",
      "agent: shell",
      "model: m",
      "effort: high",
      "slot: A",
      "budget_usd: 2.5",
      "timeout: 1.5h",
      "verify: npm test",
      "touches: [src/**]",
      "base: main",
      "stack: true",
      "parent: epic",
      "proposed_by: tasks/1",
      "approved: ann 2026-01-02",
      "feedback: more",
      "answer: yes please",
      "override: { scope: skip, build: { persona: sre } }",
      "personas: [a, b]",
      "parallelism: 2",
      "pick: 3",
      "cycle: 4",
      "goal_tasks: a, b",
      "lane: done",
      "assigned: B",
      "branch: kanband/x",
      "attempt: 2",
      "spent_usd: 0.5",
      "blocked: why",
      "stale: since",
      "pr: https://forge.invalid/me/it/pull/7",
    );

    expect(findings).toEqual([]);
    expect(task).toEqual({
      id: "fix-login",
      path: "board/planned/2026/fix-login.md",
      lane: "planned",
      aliases: ["BACK-1", "WP01"],
      title: "Fix login",
      priority: "urgent",
      dependencies: ["a", "b"],
      persona: "engineer",
      workflow: "solo",
      review: "tester",
      pr: "https://forge.invalid/me/it/pull/7",
      agent: "shell",
      model: "m",
      effort: "high",
      slot: "A",
      budgetUsd: 2.5,
      timeoutMs: 54e5,
      verify: ["npm test"],
      touches: ["src/**"],
      base: "main",
      stack: true,
      parent: "epic",
      proposedBy: "tasks/1",
      approved: "ann 2026-01-02",
      feedback: "more",
      answer: "yes please",
      override: { scope: "skip", build: { persona: "sre", skills: null, agent: null, model: null } },
      overrideLine: 26,
      personas: ["a", "b"],
      parallelism: 2,
      pick: 3,
      cycle: 4,
      goalTasks: "a, b",
      laneRequest: "done",
      laneRequestLine: 32,
      assigned: "B",
      branch: "kanband/x",
      attempt: 2,
      spentUsd: 0.5,
      blocked: "why",
      stale: "since",
      body: "body\n",
    });
  });

  it("null is the same as no key", () => {
    const { task, findings } = parse("dependencies: null", "assigned:", "budget_usd: ~", "lane: null");

    expect(findings).toEqual([]);
    expect(task).toMatchObject({ dependencies: [], assigned: null, budgetUsd: null, laneRequest: null });
  });

  it("an alias that is the id itself is none", () => {
    expect(parse("id: fix-login").task?.aliases).toEqual([]);
  });

  it("takes what YAML calls a number as it is written where text is meant", () => {
    const { task, findings } = parse("title: 1.10", "model: 4.10", "slot: 007", "approved: true", "lane: 3");

    expect(task).toMatchObject({ title: "1.10", model: "4.10", slot: "007", approved: "true", laneRequest: "3" });
    expect(findings.map((it) => it.code)).toEqual(["LANE_UNKNOWN"]);
  });

  it("an answer may be a number, or one to each step", () => {
    expect(parse("answer: 5").task).toMatchObject({ answer: "5" });
    expect(parse("answer: { a: The queue, b: 'no' }").task).toMatchObject({ answer: { a: "The queue", b: "no" } });
    expect(parse("answer: { a: [b] }").task).toBeNull();
  });

  it("`blocked: false` and an empty `stale` say no", () => {
    expect(parse("blocked: false", 'stale: ""', "approved: false").task).toMatchObject({
      blocked: null,
      stale: null,
      approved: null,
    });
  });

  it("other boards' priorities", () => {
    expect(parse("priority: Medium").task?.priority).toBe("normal");
    expect(parse("priority: LOW").task?.priority).toBe("low");
  });

  it.each([
    ["## First\n\n# Second\n", "First"],
    ["```sh\n# no title\n```\n# Title ##\n", "Title"],
    ["Title\nof two lines\n=====\n", "of two lines"],
    ["<!--\n# hidden\n-->\n#\n# Shown\n", "Shown"],
    ["#hashtag\n", "a"],
    ["- item\n---\n", "a"],
  ])("the title of %j", (body, title) => {
    expect(parseTask("board/planned/a.md", "planned", bytes(body)).task?.title).toBe(title);
  });
});

describe("findings that leave the task readable", () => {
  it.each([
    ["id: 007", { aliases: ["007"] }, /`id` holds "007" without quotes/],
    ["work_package_id: 1e3", { aliases: ["1e3"] }, /without quotes/],
    ["dependencies: [a, 12, 0x1F]", { dependencies: ["a", "12", "0x1F"] }, /without quotes/],
    ["depends_on: 12", { dependencies: ["12"] }, /without quotes/],
    ['dependencies: "[]"', { dependencies: [] }, /read as an empty list/],
    ["lane: dong", { laneRequest: "dong" }, /no lane "dong"; did you mean "doing"\?/],
    ["lane: In Progress", { laneRequest: "In Progress" }, /did you mean "doing"\?/],
    ["lane: for-review", { laneRequest: "for-review" }, /did you mean "for_review"\?/],
    ["lane: xylophone", { laneRequest: "xylophone" }, /no lane "xylophone"$/],
  ])("%s", (line, expected, message) => {
    const { task, findings } = parse("title: x", line);

    expect(task).toMatchObject(expected);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      line: 3,
      severity: "warning",
      message: expect.stringMatching(message) as unknown,
    });
  });
});

describe("findings that are errors", () => {
  it.each([
    ["budget_usd: '5'", /`budget_usd` is "5"; expected a number of US dollars/],
    ["budget_usd: -1", /expected a number of US dollars/],
    ["budget_usd: .nan", /expected a number of US dollars/],
    ["timeout: soon", /expected a duration with its unit, such as 30m, or none/],
    ["timeout: 0s", /expected a duration/],
    ["stack: 1", /expected true or false/],
    ["attempt: 1.5", /expected a whole number/],
    ["verify: [npm test, 3, {a: b}]", /`verify\[2\]` is \{"a":"b"\}; expected a list of commands/],
    ["dependencies: [a, null]", /`dependencies\[1\]` is null; expected a list of task ids/],
    ["dependencies: {a: b}", /expected a list of task ids/],
    ["persona: [a, b]", /`persona` is \["a","b"\]; expected a name/],
    ['persona: " "', /expected a name/],
    ["lane: [done]", /`lane` is \["done"\]; expected text/],
    ["assigned: {a: 1}", /expected text/],
    ["touches: /etc/**", /relative and without/],
  ])("%s", (line, message) => {
    const { task, findings } = parse("title: x", line);

    expect(task).toBeNull();
    expect(findings).toEqual([
      expect.objectContaining({
        line: 3,
        severity: "error",
        code: "TASK_INVALID",
        message: expect.stringMatching(message) as unknown,
      }),
    ]);
  });

  it("all of them at once", () => {
    expect(parse("priority: x", "stack: y", "budget_usd: z").findings).toHaveLength(3);
  });

  it("a name that does not work everywhere", () => {
    const { task, findings } = parseTask("board/planned/CON.md", "planned", bytes("text"));

    expect(task).toBeNull();
    expect(findings[0]).toMatchObject({ path: "board/planned/CON.md", code: "NAME_NOT_PORTABLE", severity: "error" });
  });
});
