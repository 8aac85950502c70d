import { describe, expect, it } from "vitest";
import { workflowProblems } from "../../../src/board/check-workflow.ts";
import { parseWorkflow } from "../../../src/board/workflow-file.ts";
import { personaOf } from "../../helpers/board-builder.ts";
import { bytes } from "./bytes.ts";

const PATH = "personas/workflows/relay.md";
const READERS = ["router", "planner", "critic"].map((id) => personaOf(id, { mutates: false }));
const PERSONAS = new Map([...READERS, personaOf("engineer"), personaOf("writer")].map((it) => [it.id, it]));
const SKILLS = new Set(["write-tests"]);

function problemsOf(...lines: string[]) {
  const { workflow, findings } = parseWorkflow(PATH, "", bytes(`---\n${lines.join("\n")}\n---\n`));
  expect(findings).toEqual([]);
  return workflow === null ? null : workflowProblems(workflow, PERSONAS, SKILLS);
}

function step(id: string, ...lines: string[]): string[] {
  return [`  - id: ${id}`, ...lines.map((it) => `    ${it}`)];
}

describe("among the personas and skills there are", () => {
  it("finds nothing wrong with steps that have what they name", () => {
    expect(problemsOf("steps:", ...step("a", "persona: engineer", "skills: [write-tests]"))).toEqual([]);
    expect(problemsOf("personas: [engineer, critic]")).toEqual([]);
  });

  it("misses a persona, also of a roster, and a skill", () => {
    const missing = { path: PATH, severity: "error", code: "PERSONA_UNKNOWN" };
    expect(problemsOf("steps:", ...step("a", "persona: enginer", "skills: [write-test]"))).toEqual([
      expect.objectContaining({ ...missing, line: 3, message: expect.stringMatching(/enginer.*mean "engineer"/) }),
      expect.objectContaining({ line: 3, severity: "error", message: expect.stringMatching(/mean "write-tests"/) }),
    ]);
    expect(problemsOf("parallelism: 2", "personas: [engineer, poet]")).toMatchObject([{ ...missing, line: 3 }]);
  });

  it("finds two steps with one output, and an output of the daemon's, once it knows who does them", () => {
    const both = {
      line: 5,
      severity: "error",
      code: "WORKFLOW_INVALID",
      message: "the steps a and b both write critic.md",
    };
    const lines = ["steps:", ...step("a", "persona: critic"), ...step("b", "persona: critic")];
    expect(problemsOf(...lines)).toMatchObject([both]);
    expect(problemsOf(...lines, "    output: again.md")).toEqual([]);

    const { workflow } = parseWorkflow(PATH, "", bytes("---\nsteps:\n  - id: a\n    persona: scribe\n---\n"));
    const scribe = new Map([["scribe", personaOf("scribe", { output: "decisions.md" })]]);
    expect(workflow === null ? [] : workflowProblems(workflow, scribe, SKILLS)).toMatchObject([
      { line: 3, message: expect.stringContaining("the step a would write decisions.md") },
    ]);
  });
});

describe("steps that may change the same files at once", () => {
  const twins = (first: string[] = [], second: string[] = []): string[] => [
    "steps:",
    ...step("a", "persona: engineer", ...first),
    ...step("b", "persona: writer", ...second),
  ];

  it("are warned of", () => {
    const warning = {
      severity: "warning",
      message: expect.stringContaining("the steps a and b may change the same files"),
    };
    expect(problemsOf(...twins())).toMatchObject([warning]);
    expect(problemsOf(...twins(["touches: [src/**]"], ["touches: [src/a.ts]"]))).toMatchObject([warning]);
    expect(
      problemsOf("steps:", ...step("a", "skills: write-tests", "mutates: true"), ...step("b", "persona: engineer")),
    ).toMatchObject([warning]);
  });

  it("are not, where one needs the other, they touch other files or change none", () => {
    expect(problemsOf(...twins([], ["needs: a"]))).toEqual([]);
    expect(problemsOf(...twins(["touches: [src/**]"], ["touches: [docs/**]"]))).toEqual([]);
    expect(problemsOf(...twins([], ["mutates: false"]))).toEqual([]);
    expect(problemsOf("steps:", ...step("a", "persona: engineer"), ...step("b", "skills: write-tests"))).toEqual([]);
  });

  it("are not, where a verdict lets only one of them run, however far away it was given", () => {
    const routed = (second: string): string[] => [
      "steps:",
      ...step("route", "persona: router", "verdicts: router"),
      ...step("single", "persona_from: route", "when: {route: single-persona}"),
      ...step("plan", "persona: planner", `when: {route: ${second}}`),
      ...step("look", "persona: critic", `when: {route: ${second}}`),
      ...step("build", "persona: engineer", "needs: [plan, look]"),
    ];
    expect(problemsOf(...routed("factory"))).toEqual([]);
    expect(problemsOf(...routed("[factory, single-persona]"))).toMatchObject([
      { severity: "warning", message: expect.stringContaining("the steps single and build") },
    ]);
    // One of two needs without that condition is enough to run.
    const free = routed("factory");
    free.splice(free.indexOf("    when: {route: factory}"), 1);
    expect(problemsOf(...free)).toMatchObject([{ severity: "warning" }]);
  });
});
