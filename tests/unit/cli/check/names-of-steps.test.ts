import { describe, expect, it } from "vitest";
import { collectFindings } from "../../../../src/cli/check/collect-findings.ts";
import { checkTools } from "../../../../src/cli/doctor/tools.ts";
import { boardOf, personaOf, settingsOf, type TaskWords } from "../../../helpers/board-builder.ts";
import { RELAY, workflowOf } from "../../../helpers/workflow-of.ts";

const ROUND = {
  ...workflowOf("relay", RELAY),
  id: "turns",
  steps: [],
  roundRobin: { line: 3, personas: ["engineer"], parallelism: 1, maxCycles: 50 },
};
const NOBODY = { persona: null, skills: null, agent: null, model: null };

describe("check, of what a task says of its steps", () => {
  it.each<[string, TaskWords, string[]]>([
    ["nothing", { id: "a", workflow: "relay" }, []],
    [
      "a step that is there",
      { id: "a", workflow: "relay", override: { scope: "skip", build: { ...NOBODY, persona: "tester" } } },
      [],
    ],
    [
      "a step that is not",
      { id: "a", workflow: "relay", override: { biuld: "skip" } },
      ['error `override:` names step biuld, which the workflow relay does not have; did you mean "build"?'],
    ],
    [
      "a step of a task that has only one",
      { id: "a", override: { work: "skip" } },
      ["error `override:` names step work, which the workflow solo does not have"],
    ],
    [
      "who and what is not there",
      {
        id: "a",
        workflow: "relay",
        override: { build: { persona: "enginer", skills: ["sing"], agent: "robot", model: "m" } },
      },
      [
        "error `override:` of step build names agent robot, which is not known",
        'error `override:` of step build names persona enginer, and there is no personas/enginer.md; did you mean "engineer"?',
        "error `override:` of step build names skill sing, and there is no personas/skills/sing/SKILL.md",
      ],
    ],
    [
      "a roster for nobody",
      { id: "a", workflow: "relay", personas: ["engineer", "nobody"], parallelism: 2, pick: 0 },
      [
        "error the roster names persona nobody, and there is no personas/nobody.md",
        "warning `parallelism:` changes nothing: the workflow relay is no round-robin",
        "warning `personas:` changes nothing: the workflow relay is no round-robin",
        "warning `pick:` changes nothing: the workflow relay is no round-robin",
      ],
    ],
    ["a roster", { id: "a", workflow: "turns", personas: ["engineer", "tester"], parallelism: 2, pick: 0 }, []],
    [
      "a persona beside a workflow",
      { id: "a", workflow: "relay", persona: "engineer" },
      ["warning `persona:` changes nothing: the workflow relay says who does its steps"],
    ],
    [
      "a workflow that is not there",
      { id: "a", workflow: "waltz", override: { x: "skip" } },
      ["error names workflow waltz"],
    ],
  ])("names %s", (_, words, expected) => {
    const said = findingsOf(words);
    expect(said.length).toBe(expected.length);
    for (const [index, text] of expected.entries()) expect(said[index]).toContain(text);
  });

  it("says nothing of what is accepted", () => {
    const snapshot = boardOf({ done: [{ id: "a", workflow: "relay", override: { x: "skip" } }] }, WORLD);
    expect(collectFindings(snapshot, null, () => null)).toEqual([]);
  });
});

describe("doctor, of tools", () => {
  it("looks for their programs", () => {
    const tool = { env: [], description: null };
    const tools = {
      tests: { ...tool, command: ["sh", "-c", "true"] },
      lint: { ...tool, command: ["no-such-program-here"] },
    };

    expect(checkTools(settingsOf({ tools }))).toMatchObject([
      { state: "warn", message: "lint: there is no program no-such-program-here" },
    ]);
    expect(checkTools(settingsOf({ tools: { tests: tools.tests } }))).toMatchObject([
      { state: "ok", message: "tests" },
    ]);
    expect(checkTools(settingsOf())).toEqual([]);
    expect(checkTools(null)).toEqual([]);
  });
});

const WORLD = {
  personas: ["planner", "architect", "tester", "engineer"].map((id) => personaOf(id, { mutates: id === "engineer" })),
  workflows: [workflowOf("relay", RELAY), ROUND],
};

function findingsOf(words: TaskWords): string[] {
  const findings = collectFindings(boardOf({ planned: [words] }, WORLD), null, () => null);
  return findings.map(({ severity, message }) => `${severity} ${message}`).toSorted();
}
