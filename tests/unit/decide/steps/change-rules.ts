import type { Workflow } from "../../../../src/board/workflow.ts";
import { slotsOf } from "../../../helpers/board-builder.ts";
import type { World } from "../pretend-world.ts";
import { DISPATCHING, SMALL_FACTORY, stepOf, workflowOf } from "./workflows.ts";

/** What a board goes by beside its tasks. */
export type Rules = Pick<World, "settings" | "workflows" | "personas">;

/** What the board goes by now. */
export function rulesOf({ settings, workflows, personas }: World): Rules {
  return { settings, workflows, personas };
}

/** A person edits settings and workflows while tasks are in the midst of them. */
export function changeRules(world: World, rules: Rules): void {
  if (world.chance() > 0.15) return;
  const one = <T>(values: readonly T[]): T => values[Math.floor(world.chance() * values.length)] ?? (values[0] as T);
  const dice = world.chance();
  if (dice < 0.3) change(world, { trust: one(["shadow", "recommend", "approve", "auto"] as const) });
  else if (dice < 0.5) change(world, { slots: one([slotsOf("A"), slotsOf("B", "E"), slotsOf("D", "C", "B", "A")]) });
  else if (dice < 0.6)
    change(world, { slots: slotsOf("A", "B").map((it) => ({ ...it, personas: [one(["engineer", "tester"])] })) });
  else if (dice < 0.7) change(world, { slots: rules.settings.slots, trust: rules.settings.trust });
  else if (dice < 0.8) world.workflows = rules.workflows.filter(({ id }) => id !== one(["small", "dispatching"]));
  else
    world.workflows = one([
      rules.workflows,
      ...EDITED.map((it) => [it, ...rules.workflows.filter(({ id }) => id !== it.id)]),
    ]);
}

/** Everything is again as it was. */
export function restoreRules(world: World, { settings, workflows, personas }: Rules): void {
  change(world, { slots: settings.slots, trust: settings.trust });
  world.workflows = workflows;
  world.personas = personas;
}

function change(world: World, facts: Partial<World["settings"]>): void {
  world.settings = { ...world.settings, ...facts };
  world.settingsVersion += 1;
}

/** A step less, a step more, a persona that is not there, a step that another does, steps in another order. */
const EDITED: readonly Workflow[] = [
  without(DISPATCHING, "warm"),
  without(DISPATCHING, "join"),
  without(SMALL_FACTORY, "ship"),
  workflowOf("dispatching", [...DISPATCHING.steps, stepOf("last", { needs: ["join"], persona: "engineer" })]),
  edited(DISPATCHING, "design", { persona: "nobody" }),
  edited(SMALL_FACTORY, "scope", { persona: "engineer" }),
  edited(SMALL_FACTORY, "design", { needs: ["scope"], gate: "person" }),
];

function without({ id, steps }: Workflow, gone: string): Workflow {
  const left = steps.filter((it) => it.id !== gone);
  return workflowOf(
    id,
    left.map((it) => ({ ...it, needs: it.needs.filter((need) => need !== gone) })),
  );
}

function edited({ id, steps }: Workflow, step: string, facts: Parameters<typeof stepOf>[1]): Workflow {
  return workflowOf(
    id,
    steps.map((it) => (it.id === step ? { ...it, ...facts } : it)),
  );
}
