import type { Workflow } from "../../src/board/workflow.ts";
import { parseWorkflow } from "../../src/board/workflow-file.ts";

/** A workflow from the YAML of its steps, as its file would give it. */
export function workflowOf(id: string, steps: string): Workflow {
  const text = `---\nname: ${id}\nsteps:\n${steps}---\n`;
  const { workflow, findings } = parseWorkflow(`personas/workflows/${id}.md`, `blob-${id}`, Buffer.from(text));
  if (workflow === null) throw new Error(findings.map(({ message }) => message).join("; "));
  return workflow;
}

/** Two who only think at once, then one who changes files upon what they said, then a reviewer. */
export const RELAY = `  - { id: scope, persona: planner }
  - { id: design, persona: architect }
  - { id: build, persona: engineer, needs: [scope, design] }
  - { id: review, persona: tester, needs: [build], verdicts: reviewer, rework: { verdict: must-fix, back_to: build } }
`;
