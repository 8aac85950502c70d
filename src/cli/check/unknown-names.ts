import { resolveAgent } from "../../agents/resolve-agent.ts";
import { NO_REVIEW } from "../../board/review-claim.ts";
import { didYouMean } from "../../board/suggest.ts";
import type { Task } from "../../board/task.ts";
import type { Settings } from "../../config/settings.ts";
import { agentName } from "../../decide/choose-agent.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { ERRORS, type ErrorCode } from "../../errors.ts";
import type { KeyFinding } from "./place-findings.ts";

/** What a task names. */
export type Names = Pick<Task, "persona" | "workflow" | "review" | "agent" | "slot" | "model">;

/** Everything that a task names and that is not there, and pins that nobody obeys: it would wait for ever, or in vain. */
export function unknownNames(path: string, names: Names, snapshot: Snapshot): KeyFinding[] {
  const { persona, workflow, review, agent, slot } = names;
  const { settings, personas, workflows, agents } = snapshot;
  const findings: KeyFinding[] = [];
  const add = (code: ErrorCode, at: string, message: string, hint: string = ERRORS[code].hint): void => {
    findings.push({ path, line: null, at: [at], severity: "error", code, message, hint });
  };
  if (persona !== null && !personas.has(persona)) add("PERSONA_UNKNOWN", "persona", missingPersona(persona, personas));
  if (review !== null && review !== NO_REVIEW && !personas.has(review))
    add("PERSONA_UNKNOWN", "review", `\`review\` ${missingPersona(review, personas)}`);
  if (workflow !== null && !isWorkflow(workflow, workflows))
    add("WORKFLOW_UNKNOWN", "workflow", missingWorkflow(workflow, workflows));
  if (agent !== null && !agents.has(agentName(agent))) {
    add(
      "AGENT_UNKNOWN",
      "agent",
      `names agent ${agent}, which is not known${didYouMean(agentName(agent), agents.keys())}`,
    );
  }
  const slots = settings?.slots.map(({ name }) => name) ?? [];
  if (slot !== null && settings !== null && !slots.includes(slot)) {
    add(
      "TASK_INVALID",
      "slot",
      `names slot ${slot}; the settings have ${slots.join(", ")}`,
      "Correct `slot:`, or remove it.",
    );
  }
  if (settings !== null && isModelIgnored(names, snapshot, settings)) {
    const message = `asks for model ${names.model ?? ""}, which the agent shell does not have: it is ignored`;
    findings.push({
      path,
      line: null,
      at: ["model"],
      severity: "warning",
      code: "TASK_INVALID",
      message,
      hint: "Remove `model:`, or name an agent.",
    });
  }
  return findings;
}

/** What to say of a persona that is not there. */
export function missingPersona(name: string, personas: Snapshot["personas"]): string {
  return `names persona ${name}, and there is no personas/${name}.md${didYouMean(name, personas.keys())}`;
}

/** Whether there is such a workflow; `solo` needs no file. */
export function isWorkflow(name: string, workflows: Snapshot["workflows"]): boolean {
  return name === "solo" || workflows.has(name);
}

/** What to say of a workflow that is not there. */
export function missingWorkflow(name: string, workflows: Snapshot["workflows"]): string {
  const known = didYouMean(name, ["solo", ...workflows.keys()]);
  return `names workflow ${name}, and there is no usable personas/workflows/${name}.md${known}`;
}

function isModelIgnored(names: Names, { personas }: Snapshot, settings: Settings): boolean {
  if (names.model === null) return false;
  const pin = names.agent ?? personas.get(names.persona ?? "")?.agent ?? null;
  const ofSlots = settings.slots
    .filter(({ name }) => names.slot === null || name === names.slot)
    .flatMap(({ agents }) => (agents === null || agents.length === 0 ? [settings.agent] : agents));
  return (pin === null ? ofSlots : [pin]).every((spec) => {
    const agent = resolveAgent(spec, settings.agents);
    return "adapter" in agent && agent.adapter.id === "shell";
  });
}
