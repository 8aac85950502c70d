import { describe, expect, it } from "vitest";
import { parseWorkflow } from "../../../src/board/workflow-file.ts";
import { bytes } from "./bytes.ts";

const parse = (...lines: string[]) =>
  parseWorkflow("personas/workflows/relay.md", "abc", bytes(`---\n${lines.join("\n")}\n---\nFor people.\n`));

/** Steps of a graph that is right in itself: what a case adds is the only thing that can be wrong. */
const GRAPH = [
  "steps:",
  "  - id: route",
  "    persona: router",
  "    verdicts: router",
  "  - id: plan",
  "    persona: dispatcher",
  "    verdicts: dispatcher",
  "    when: {route: [factory]}",
];

describe("a workflow that is right", () => {
  it("comes out with every key, and with what its steps rest upon among their needs", () => {
    const { workflow, findings } = parse(
      "name: relay",
      "description: Hands it on",
      ...GRAPH,
      "  - id: build",
      "    expand: plan",
      "    gate: person",
      "    mutates: true",
      "  - id: one",
      "    persona_from: route",
      "    when:",
      "      route: single-persona",
      "  - id: review",
      "    persona: reviewer",
      "    skills: reviewing-a-diff",
      "    task: Look twice.",
      "    output: findings/cold.md",
      "    reads: []",
      "    needs: build",
      "    verdicts: reviewer",
      "    rework: {verdict: must-fix, back_to: build, limit: 2}",
      "    skipped_as: clean",
      "    agent: claude",
      "    model: opus",
      "    max_tool_calls: 30",
      "    touches: [src/**]",
    );

    expect(findings).toEqual([]);
    expect(workflow).toMatchObject({
      id: "relay",
      path: "personas/workflows/relay.md",
      blobSha: "abc",
      description: "Hands it on",
      roundRobin: null,
    });
    expect(workflow?.steps.map(({ id, needs, line }) => ({ id, needs, line }))).toEqual([
      { id: "route", needs: [], line: 5 },
      { id: "plan", needs: ["route"], line: 8 },
      { id: "build", needs: ["plan"], line: 12 },
      { id: "one", needs: ["route"], line: 16 },
      { id: "review", needs: ["build"], line: 20 },
    ]);
    expect(workflow?.steps[3]).toMatchObject({ personaFrom: "route", when: { route: ["single-persona"] } });
    expect(workflow?.steps[4]).toEqual({
      id: "review",
      line: 20,
      persona: "reviewer",
      personaFrom: null,
      action: null,
      skills: ["reviewing-a-diff"],
      task: "Look twice.",
      output: "findings/cold.md",
      reads: [],
      needs: ["build"],
      when: {},
      mutates: null,
      gate: null,
      expand: null,
      rework: { verdict: "must-fix", backTo: "build", limit: 2 },
      verdicts: "reviewer",
      skippedAs: "clean",
      agent: "claude",
      model: "opus",
      maxToolCalls: 30,
      touches: ["src/**"],
    });
  });

  it("has its steps in an order in which they can be run, otherwise as in the file", () => {
    const step = (id: string, needs: string) => [`  - id: ${id}`, "    persona: x", `    needs: [${needs}]`];
    const { workflow } = parse(
      "steps:",
      ...["d, a", "c, ", "b, d", "a, c"].flatMap((it) => {
        const [id = "", needs = ""] = it.split(",");
        return step(id, needs.trim());
      }),
    );
    expect(workflow?.steps.map(({ id }) => id)).toEqual(["c", "a", "d", "b"]);
  });

  it("may be a roster instead of a graph", () => {
    const { workflow, findings } = parse("personas: [engineer, tester]", "parallelism: 2");
    expect(findings).toEqual([]);
    expect(workflow).toMatchObject({
      steps: [],
      roundRobin: { personas: ["engineer", "tester"], parallelism: 2 },
    });
    expect(parse("personas: engineer").workflow?.roundRobin).toEqual({
      line: 2,
      personas: ["engineer"],
      parallelism: 1,
      maxCycles: 50,
    });
    expect(parse("personas: engineer", "max_cycles: 12").workflow?.roundRobin?.maxCycles).toBe(12);
    expect(parse("steps: [{ id: a, persona: x }]", "max_cycles: 12").findings).toMatchObject([
      { line: 3, message: "`max_cycles` goes with `personas`" },
    ]);
  });

  it("takes a key without a value for an absent one", () => {
    const { workflow, findings } = parse("steps:", "  - id: a", "    persona: x", "    needs:", "    gate:");
    expect(findings).toEqual([]);
    expect(workflow?.steps[0]).toMatchObject({ needs: [], gate: null });
  });
});

describe("what is refused, with its line", () => {
  const after = (...lines: string[]): string[] => [...GRAPH, ...lines];
  const step = (...lines: string[]): string[] => after("  - id: last", ...lines.map((it) => `    ${it}`));

  it.each<[string, string[], number, string | RegExp]>([
    ["neither steps nor a roster", ["name: relay"], 1, "there are neither steps nor personas"],
    ["steps and a roster", after("personas: [a]"), 10, "there are both steps and personas"],
    ["parallelism of steps", after("parallelism: 2"), 10, "`parallelism` goes with `personas`"],
    ["no steps in the list", ["steps: []"], 2, /expected at least one step/],
    ["too many at once", ["personas: [a]", "parallelism: 5"], 3, /expected a whole number from 1 to 4/],
    ["a step that is no map", ["steps:", "  - engineer"], 3, /`steps\[0\]` is "engineer"; expected the keys of a step/],
    ["a step without an id", ["steps:", "  - persona: x"], 3, /`steps\[0\].id` is missing/],
    ["an id with a slash", after("  - id: a/b", "    persona: x"), 10, /expected a step id/],
    ["an id that maps cannot have", after("  - id: constructor", "    persona: x"), 10, /another id than __proto__/],
    ["a when that would be lost", step("persona: x", "when: {constructor: [x]}"), 12, /expected step ids, each with/],
    ["an id twice", after("  - id: Plan", "    persona: x"), 10, "the id Plan is taken by another step, in line 6"],
    ["a step of the daemon", after("  - id: checks", "    persona: x"), 10, "checks is a step of the daemon"],
    ["the step of solo", after("  - id: work", "    persona: x"), 10, "work is the one step of solo"],
    ["a turn", after("  - id: cycle-0", "    persona: x"), 10, "cycle-0 is a turn of a round-robin"],
    ["nobody who does it", step("needs: [plan]"), 10, /^nobody does the step last: it has neither persona/],
    ["two who do it", step("persona: x", "expand: plan"), 12, "the step last has `persona` and `expand`"],
    ["a need that is no step", step("persona: x", "needs: [plam]"), 12, /`needs` .* plam, which .*mean "plan"/],
    ["a when of no step", step("persona: x", "when:", "  rout: [x]"), 13, /`when` of last names rout/],
    ["an expansion of no step", step("expand: nobody"), 11, /`expand` of last names nobody, which is no step/],
    ["a persona of no step", step("persona_from: nobody"), 11, /`persona_from` of last names nobody/],
    [
      "rework of no step",
      step("persona: x", "verdicts: reviewer", "rework:", "  verdict: must-fix", "  back_to: bild"),
      15,
      /`back_to` of last names bild/,
    ],
    [
      "rework of a step that it does not rest upon",
      step("persona: x", "verdicts: reviewer", "rework: {verdict: must-fix, back_to: plan}"),
      13,
      "last sends the work back to plan, which it does not rest upon",
    ],
    ["a need of its own", step("persona: x", "needs: [last]"), 12, /in a circle: last → last$/],
    [
      "a circle",
      ["steps:", "  - id: a", "    persona: x", "  - id: b", "    persona: x", "    needs: c"].concat([
        "  - id: c",
        "    persona: x",
        "    needs: [a, d]",
        "  - id: d",
        "    persona: x",
        "    needs: [b]",
      ]),
      7,
      "the steps need each other in a circle: b → c → d → b",
    ],
    [
      "two with one output",
      step("skills: [x]", "output: A.md").concat("  - id: a", "    skills: [x]"),
      13,
      /both write a.md/,
    ],
    ["a kind nobody knows", step("persona: x", "verdicts: revewer"), 12, /one of router, .*mean "reviewer"/],
    [
      "a when that never comes",
      step("persona: x", "when: {route: [factry]}"),
      12,
      /factry; route gives .*mean "factory"/,
    ],
    [
      "a when of a step without verdicts",
      step("persona: x").concat("  - id: end", "    persona: x", "    when: {last: [clean]}"),
      14,
      "`when.last` of end asks for the verdict clean; last gives none: it has no `verdicts`",
    ],
    [
      "rework at a verdict that never comes",
      step("persona: x", "needs: plan", "verdicts: reviewer", "rework: {verdict: bad, back_to: plan}"),
      14,
      /`rework.verdict` of last asks for the verdict bad; last gives clean, must-fix/,
    ],
    ["a verdict of its own that it cannot give", step("persona: x", "skipped_as: clean"), 12, /`skipped_as` of last/],
    ["an action without a target", step("action: tool", "needs: [plan]"), 11, /needs no step that names its target/],
    ["an expansion of a step without a dispatch", step("expand: route"), 11, /expands route, which dispatches nothing/],
    ["a persona of a step that names none", step("persona_from: plan"), 11, /from plan, which names none/],
    ["a gate nobody keeps", step("persona: x", "gate: robot"), 12, /expected person/],
    ["a list where a truth value is meant", step("persona: x", "mutates: sometimes"), 12, /expected true or false/],
  ])("%s", (_, lines, line, message) => {
    const { workflow, findings } = parse(...lines);
    expect(workflow).toBeNull();
    const found = findings.find((it) =>
      typeof message === "string" ? it.message === message : message.test(it.message),
    );
    expect({ findings, found }).toMatchObject({
      found: { path: "personas/workflows/relay.md", line, severity: "error", code: "WORKFLOW_INVALID" },
    });
  });

  it("is no circle where an id stands twice", () => {
    const { findings } = parse(...step("persona: x"), "  - id: last", "    persona: x");
    expect(findings.map(({ message }) => message)).toEqual([expect.stringMatching(/^the id last is taken/)]);
  });

  it.each([
    "../loot.md",
    "/etc/motd.md",
    "a/../../b.md",
    "notes.txt",
    "context.md",
    "Checks.md",
    "merge.md",
    "decisions.md",
    "tasks/01-mend.md",
    "a\\b.md",
  ])("an output called %s", (output) => {
    const { workflow, findings } = parse(...step("persona: x", `output: '${output}'`));
    expect(workflow).toBeNull();
    expect(findings).toMatchObject([
      { line: 12, message: expect.stringContaining("expected a file name ending in .md") },
    ]);
  });

  it("an id that would make the output no file of a session, or one of the daemon's own", () => {
    const { findings } = parse("steps:", "  - id: aux", "    skills: [x]");
    expect(findings).toMatchObject([{ line: 3, message: expect.stringContaining("aux would write aux.md") }]);
    expect(parse("steps:", "  - id: aux", "    skills: [x]", "    output: c.md").findings).toEqual([]);
    const own = parse("steps:", "  - id: context", "    skills: [x]").findings;
    expect(own).toMatchObject([{ line: 3, message: "context is a step of the daemon" }]);
  });

  it("a file whose front matter cannot be read, or whose name does not work everywhere", () => {
    expect(parse("steps: [").findings).toMatchObject([{ code: "WORKFLOW_INVALID", severity: "error" }]);
    const { findings } = parseWorkflow("personas/workflows/aux.md", "", bytes("---\npersonas: [a]\n---\n"));
    expect(findings).toMatchObject([{ message: expect.stringContaining("Windows reserves this name") }]);
  });
});

it("warns of keys that nobody reads, at every level, and of another name", () => {
  const { workflow, findings } = parse(
    "name: other",
    "descripton: x",
    "steps:",
    "  - id: a",
    "    persona: x",
    "    verdicts: reviewer",
    "  - id: b",
    "    persona: x",
    "    need: [a]",
    "    needs: [a]",
    "    verdicts: reviewer",
    "    rework: {verdict: must-fix, back_to: a, limt: 3}",
  );
  expect(workflow).not.toBeNull();
  expect(findings.map(({ line, severity, message }) => ({ line, severity, message }))).toEqual([
    { line: 3, severity: "warning", message: 'there is no key `descripton`; did you mean "description"?' },
    { line: 10, severity: "warning", message: 'there is no key `steps[1].need`; did you mean "needs"?' },
    { line: 13, severity: "warning", message: 'there is no key `steps[1].rework.limt`; did you mean "limit"?' },
    { line: 2, severity: "warning", message: '`name` is "other"; tasks know this workflow as relay' },
  ]);
});
