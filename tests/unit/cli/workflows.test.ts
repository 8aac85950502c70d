import { expect, it } from "vitest";
import { parseWorkflow } from "../../../src/board/workflow-file.ts";
import { drawGraph } from "../../../src/cli/workflows/draw-graph.ts";
import { drawMermaid } from "../../../src/cli/workflows/draw-mermaid.ts";
import { workflowFacts } from "../../../src/cli/workflows/workflow-facts.ts";
import { boardOf } from "../../helpers/board-builder.ts";
import { bytes } from "../board/bytes.ts";

function factsOf(...lines: string[]) {
  const { workflow } = parseWorkflow("personas/workflows/w.md", "", bytes(`---\n${lines.join("\n")}\n---\n`));
  if (workflow === null) throw new Error("the workflow of this test is broken");
  return workflowFacts(workflow, boardOf({}));
}

const GRAPH = factsOf(
  "steps:",
  "  - {id: route, persona: tester, output: r.md, verdicts: router, skipped_as: factory}",
  "  - {id: tool, action: tool, when: {route: direct-tool}}",
  "  - {id: one, persona_from: route, when: {route: [single-persona]}}",
  "  - {id: plan, persona: tester, skills: [x], verdicts: dispatcher, when: {route: [factory]}}",
  "  - {id: build, expand: plan, gate: person}",
  "  - {id: cold, skills: [x, y], reads: [checks.md], needs: build, verdicts: reviewer, rework: {verdict: must-fix, back_to: build, limit: 2}}",
  "  - {id: mend, persona: engineer, reads: [], needs: [cold, one]}",
);

it("a graph is drawn round after round", () => {
  expect(drawGraph(GRAPH)).toEqual([
    "round 1",
    "  route  tester → r.md; verdict: router; not run for a task that names the workflow: counts as factory",
    "round 2, at once",
    "  tool   the tool that the verdict names → tool.md; if route says direct-tool",
    "  one    the persona that route names; if route says single-persona; changes files",
    "  plan   tester + x → tester.md; if route says factory; verdict: dispatcher",
    "round 3",
    "  build  the steps that plan lists; after plan; changes files; waits for a person's yes",
    "round 4",
    "  cold   x + y → cold.md; after build; reads only checks.md; verdict: reviewer; must-fix → build again, at most 2 times",
    "round 5",
    "  mend   engineer → engineer.md; after cold, one; reads no session file; changes files",
  ]);
});

it("a graph is a Mermaid flowchart, whatever its personas are called", () => {
  const names = ["n0", "n1", "n2", "n3", "n4", "n5", "n6"];
  const lines = drawMermaid(GRAPH);

  expect(lines[0]).toBe("flowchart TD");
  expect(lines.slice(1, 8).map((it) => it.trim().slice(0, 2))).toEqual(names);
  expect(lines).toContain('  n4{{"build<br/>the steps that plan lists"}}');
  expect(lines).toContain('  n6["mend<br/>engineer"]');
  expect(lines).toContain('  n0 -->|"direct-tool"| n1');
  expect(lines).toContain("  n3 --> n4");
  expect(lines).toContain('  n5 -.->|"must-fix"| n4');
  expect(drawMermaid(factsOf("steps:", "  - {id: a, persona: 'x\"]; click', reads: []}"))).toContain(
    '  n0("a<br/>x#quot;]; click")',
  );
});

it("a roster is drawn as turns", () => {
  const facts = factsOf("personas: [engineer, tester]", "parallelism: 2");

  expect(drawGraph(facts)).toEqual([
    "in turns, up to 2 at once",
    "  0  engineer → cycles/<number>-engineer.md",
    "  1  tester → cycles/<number>-tester.md",
  ]);
  expect(drawMermaid(facts)).toEqual([
    "flowchart LR",
    '  n0("engineer")',
    '  n1("tester")',
    "  n0 --> n1",
    "  n1 --> n0",
  ]);
});
