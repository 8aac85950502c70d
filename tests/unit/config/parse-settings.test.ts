import { describe, expect, it } from "vitest";
import { DEFAULTS, plainSlot } from "../../../src/config/defaults.ts";
import { parseSettings } from "../../../src/config/parse-settings.ts";

const PATH = "board/board.md";
const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (...lines: string[]) =>
  parseSettings(PATH, bytes(`---\n${lines.map((it) => `${it}\n`).join("")}---\nNotes.\n`));

describe("defaults", () => {
  it.each([
    ["no file", null],
    ["an empty file", ""],
    ["only notes", "# Our board\n"],
    ["an empty block", "---\n---\n"],
    ["keys without values", "---\nagent:\nwip:\nbudget: {day_usd: }\n---\n"],
  ])("%s", (_, text) => {
    expect(parseSettings(PATH, text === null ? null : bytes(text))).toEqual({ settings: DEFAULTS, findings: [] });
  });

  it("are what the convention says", () => {
    expect(DEFAULTS).toMatchObject({
      agent: "shell",
      defaultWorkflow: "solo",
      wip: { doing: 0, forReview: 8 },
      budget: { runUsd: 5, taskUsd: 20, dayUsd: 100 },
      trust: "approve",
      merge: "on-done",
      mergeStyle: "merge",
      timeoutMs: 7_200_000,
      graceMs: 10_000,
      retry: { limit: 2, baseMs: 10_000, maxMs: 300_000 },
    });
    expect(DEFAULTS.slots.map((it) => it.name)).toEqual(["A", "B"]);
  });
});

describe("the file of the convention", () => {
  it("reads without a finding", () => {
    const { settings, findings } = parse(
      "slots: 2                          # or a list",
      "default_workflow: solo",
      "agent: shell",
      "wip: { doing: 2, for_review: 8 }",
      "stale_after: { doing: 30m, for_review: 24h, planned: 7d, blocked: 24h }",
      "budget: { run_usd: 5, task_usd: 20, day_usd: 100 }",
      "trust: approve",
      "merge: on-done",
      "base: main",
      "verify: []",
      'worktree: { copy: [".env*"], setup: ["npm ci"], pool: 2 }',
      "paused: false",
      'notify: ""',
    );

    expect(findings).toEqual([]);
    expect(settings).toEqual({
      ...DEFAULTS,
      wip: { doing: 2, forReview: 8 },
      worktree: { copy: [".env*"], setup: ["npm ci"], pool: 2 },
    });
  });

  it("slots with profiles", () => {
    const { settings, findings } = parse(
      "slots:",
      "  - name: A",
      "    agents: [claude/sonnet, codex/gpt-5]",
      "    personas: [engineer]",
      "    env: [API_KEY]",
      "    home: profiles/a",
      "    tools: { allow: [Read, Bash(npm test:*)] }",
      "    model: sonnet",
      "    effort: high",
      "    permission: edit",
      "    max_turns: 40",
      "  - B",
    );

    expect(findings).toEqual([]);
    expect(settings?.slots).toEqual([
      {
        name: "A",
        agents: ["claude/sonnet", "codex/gpt-5"],
        personas: ["engineer"],
        env: ["API_KEY"],
        home: "profiles/a",
        tools: { allow: ["Read", "Bash(npm test:*)"], deny: [] },
        model: "sonnet",
        effort: "high",
        permission: "edit",
        maxTurns: 40,
        sandbox: null,
        long: false,
      },
      plainSlot("B"),
    ]);
  });

  it("prices, a version that YAML takes for a number included", () => {
    const { settings, findings } = parse(
      "prices:",
      "  version: 2026.11",
      "  models:",
      "    gpt-5.5: { input: 1.25, output: 10, cached: 0.125 }",
      "    glm-5.1: { input: 2, output: 4, written: 3 }",
    );

    expect(findings).toEqual([]);
    expect(settings?.prices).toEqual({
      version: "2026.11",
      models: {
        "gpt-5.5": { input: 1.25, output: 10, cached: 0.125 },
        "glm-5.1": { input: 2, output: 4, cached: 2, written: 3 },
      },
    });
  });

  it("whether the worktree's own agent configuration takes effect: not unless it is said", () => {
    expect(parse("trust_worktree: true").settings?.trustWorktree).toBe(true);
    expect(parse('domains: ["*.example.com", "localhost:80", api.example.com]').findings).toEqual([]);
    for (const wrong of ["*", "*.com", "http://x.example.com", "a b.com", "x.example.com/path"]) {
      expect(parse(`domains: ["${wrong}"]`).findings[0]?.message).toContain("`domains`");
    }
    expect(parse("slots: 1").settings?.trustWorktree).toBe(false);
  });

  it("slots by number have names of their own", () => {
    const names = parse("slots: 28").settings?.slots.map((it) => it.name);

    expect(names?.slice(24)).toEqual(["Y", "Z", "A2", "B2"]);
    expect(new Set(parse("slots: 64").settings?.slots.map((it) => it.name)).size).toBe(64);
  });

  it("agents of one's own", () => {
    const { settings } = parse(
      "agents:",
      "  a: {command: [my-llm, --fast], env: [KEY]}",
      "  b: {command: my-llm | tee log}",
      "  c: {use: shell}",
    );

    expect(settings?.agents).toEqual({
      a: { use: "command", command: ["my-llm", "--fast"], env: ["KEY"] },
      b: { use: "command", command: ["sh", "-c", "my-llm | tee log"], env: [] },
      c: { use: "shell", command: [], env: [] },
    });
  });

  it("none, and parts of groups", () => {
    const { settings } = parse(
      "timeout: none",
      "stop_stale_after: 2h",
      "stale_after: {doing: 10m, planned: none}",
      "budget: {day_usd: none}",
      "retry: {limit: 0}",
      "rework: {limit: 1}",
      "grace: 500ms",
      "paused: waiting for ann",
      "review: none",
    );
    expect(parse("review: pr_reviewer").settings?.review).toBe("pr_reviewer");

    expect(settings).toMatchObject({
      timeoutMs: null,
      stopStaleAfterMs: 7_200_000,
      budget: { runUsd: 5, taskUsd: 20, dayUsd: Number.POSITIVE_INFINITY },
      retry: { limit: 0, baseMs: 10_000, maxMs: 300_000 },
      rework: { limit: 1 },
      graceMs: 500,
      paused: "waiting for ann",
      review: null,
    });
    expect(settings?.staleAfterMs).toEqual({ doing: 600_000, for_review: 86_400_000, blocked: 86_400_000 });
  });
});

describe("errors name key, line, value and what was expected", () => {
  it.each<[lines: string[], line: number, message: RegExp]>([
    [["agent: shell", "slots: two"], 3, /`slots` is "two"; expected a number of slots from 1 to 64, or a list/],
    [["slots: 0"], 2, /`slots` is 0/],
    [
      ["slots:", "  - name: A", "  - name: B", "    agents: [x, 3]"],
      5,
      /`slots\[1\]\.agents\[1\]` is 3; expected a list of agents/,
    ],
    [["slots:", "  - agents: [x]"], 3, /`slots\[0\]\.name` is missing; expected a slot: \{ name/],
    [["slots:", "  - name: a/b"], 3, /`slots\[0\]\.name` is "a\/b"; expected a name of letters/],
    [["wip: {doing: 2, for_review: x}"], 2, /`wip\.for_review` is "x"; expected a whole number/],
    [["wip:", "  doing: 2", "  for_review: -1"], 4, /`wip\.for_review` is -1/],
    [["stale_after: 30m"], 2, /`stale_after` is "30m"; expected durations by lane/],
    [["stale_after:", "  doing: 30"], 3, /`stale_after\.doing` is 30; expected a duration/],
    [["budget: {run_usd: cheap}"], 2, /`budget\.run_usd` is "cheap"; expected a number of US dollars/],
    [["trust: aproove"], 2, /`trust` is "aproove"; expected one of .*; did you mean "approve"\?/],
    [["merge: on done"], 2, /did you mean "on-done"\?/],
    [["paused: [a]"], 2, /`paused` is \["a"\]; expected true, false or a reason/],
    [["worktree:", "  copy: [../secrets]"], 3, /`worktree\.copy`.*without `\.\.`/],
    [["agents: {x: {env: ['a b']}}"], 2, /`agents\.x\.env`.*names of environment variables/],
    [["agent: a: b"], 2, /YAML/],
    [["agent: x", "agent: y"], 3, /duplicated/],
  ])("%j", (lines, line, message) => {
    const { settings, findings } = parse(...lines);

    expect(settings).toBeNull();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ path: PATH, line, severity: "error", code: "SETTINGS_INVALID" });
    expect(findings[0]?.message).toMatch(message);
  });
});

describe("rules across keys", () => {
  it.each<[name: string, lines: string[], line: number, message: RegExp]>([
    [
      "two slots of one name",
      ["slots:", "- name: A", "- name: B", "- name: a"],
      5,
      /`slots\[2\]\.name` is "a", as is that of slots\[0\]/,
    ],
    ["no slot", ["slots: []"], 2, /at least one slot/],
    ["an agent without a program", ["agents:", "  x: {env: [A]}"], 3, /`agents\.x\.command` is missing/],
    ["an agent named like a built-in", ["agents:", "  shell: {command: x}"], 3, /taken/],
    ["variables of git", ["slots:", "- name: A", "  env: [GIT_DIR]"], 4, /GIT_DIR/],
    ["an option for a base", ["base: --force"], 2, /`base` is "--force"; expected the name of a branch/],
    ["waits that shrink", ["retry:", "  base: 10m", "  max: 1m"], 4, /`retry\.max`/],
  ])("%s", (_, lines, line, message) => {
    const { settings, findings } = parse(...lines);

    expect(settings).toBeNull();
    expect(findings).toEqual([
      expect.objectContaining({ line, severity: "error", message: expect.stringMatching(message) as unknown }),
    ]);
  });

  it("a longer first wait than the default maximum is fine", () => {
    expect(parse("retry: {base: 20m}").settings?.retry).toEqual({ limit: 2, baseMs: 1_200_000, maxMs: 1_200_000 });
  });
});

describe("unknown keys", () => {
  it("are warnings with a suggestion, at every level", () => {
    const { settings, findings } = parse(
      "slot: 3",
      "slots:",
      "- name: A",
      "  agnets: [x]",
      "wip: {for-review: 3}",
      "agents:",
      "  anything:",
      "    command: x",
      "    comand: y",
      "stale_after: {dong: 3m}",
      "color: blue",
    );

    expect(settings).not.toBeNull();
    expect(findings.map((it) => [it.line, it.severity, it.message])).toEqual([
      [2, "warning", 'there is no setting `slot`; did you mean "slots"?'],
      [5, "warning", 'there is no setting `slots[0].agnets`; did you mean "agents"?'],
      [6, "warning", 'there is no setting `wip.for-review`; did you mean "for_review"?'],
      [10, "warning", 'there is no setting `agents.anything.comand`; did you mean "command"?'],
      [11, "warning", 'there is no setting `stale_after.dong`; did you mean "doing"?'],
      [12, "warning", "there is no setting `color`"],
    ]);
  });
});

describe("the HOME of a slot", () => {
  const home = (path: string, more = "", root: string | null = "/home/me/project") =>
    parseSettings(PATH, bytes(`---\n${more}slots:\n  - { name: A }\n  - name: B\n    home: ${path}\n---\n`), root)
      .findings;

  it.each([
    [".", ""],
    ["..", ""],
    ["profiles/../..", ""],
    ["/", ""],
    ["/home/me", ""],
    ["/home/me/project/", ""],
    ["/home/other", "code: ../../other/code\n"],
  ])("%s, which holds the repository, is refused", (path, more) => {
    expect(home(path, more)).toMatchObject([
      {
        path: PATH,
        line: more === "" ? 5 : 6,
        severity: "error",
        message: `\`slots[1].home\` is ${JSON.stringify(path)}, which holds the repository; expected a folder of its own`,
        hint: expect.stringContaining("profiles/a"),
      },
    ]);
  });

  it.each(["profiles/a", "../profile", "/home/me/project-profile", "/home/me/project/profiles/a"])(
    "%s is not",
    (path) => expect(home(path)).toEqual([]),
  );

  it("is judged as far as it can be while nobody knows where the board is", () => {
    expect([home("..", "", null).length, home("/home/me", "", null)]).toEqual([1, []]);
  });
});
