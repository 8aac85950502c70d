import { firstHeading } from "./markdown.ts";
import type { StepOverride, Task } from "./task.ts";
import type { TaskKeys } from "./task-keys.ts";
import { oneLine } from "./text.ts";

const TITLE_CHARACTERS = 500;
// One for all: most lists of most tasks are empty, and a board has thousands of tasks.
const NONE: readonly string[] = Object.freeze([]);

const NOTHING: Readonly<Record<string, StepOverride>> = Object.freeze({});

/** What a task file says beside its keys. */
export type TaskFacts = Pick<Task, "id" | "path" | "lane" | "body" | "laneRequestLine" | "overrideLine">;

/** The task that valid keys describe; what is absent is null, empty or the default. */
export function taskOf(facts: TaskFacts, keys: TaskKeys): Task {
  const { id, path, lane, body, laneRequestLine, overrideLine } = facts;
  return {
    id,
    path,
    lane,
    aliases: aliasesOf(keys, id),
    title: oneLine(keys.title ?? "", TITLE_CHARACTERS) || oneLine(firstHeading(body) ?? "", TITLE_CHARACTERS) || id,
    priority: keys.priority ?? "normal",
    dependencies: distinct([...(keys.dependencies ?? NONE), ...(keys.depends_on ?? NONE)]),
    persona: keys.persona ?? null,
    workflow: keys.workflow ?? null,
    review: keys.review ?? null,
    agent: keys.agent ?? null,
    model: keys.model ?? null,
    effort: keys.effort ?? null,
    slot: keys.slot ?? null,
    budgetUsd: keys.budget_usd ?? null,
    timeoutMs: keys.timeout ?? null,
    verify: keys.verify ?? NONE,
    touches: keys.touches ?? NONE,
    base: keys.base ?? null,
    stack: keys.stack ?? false,
    parent: keys.parent ?? null,
    proposedBy: keys.proposed_by ?? null,
    approved: flagText(keys.approved),
    feedback: keys.feedback ?? null,
    answer: typeof keys.answer === "object" ? keys.answer : flagText(keys.answer),
    override: keys.override === undefined ? NOTHING : overridesOf(keys.override),
    overrideLine,
    personas: keys.personas ?? NONE,
    parallelism: keys.parallelism ?? null,
    pick: keys.pick ?? null,
    pr: flagText(keys.pr),
    laneRequest: keys.lane ?? null,
    laneRequestLine,
    assigned: keys.assigned ?? null,
    branch: keys.branch ?? null,
    cycle: keys.cycle ?? null,
    goalTasks: keys.goal_tasks ?? null,
    attempt: keys.attempt ?? null,
    spentUsd: keys.spent_usd ?? null,
    blocked: flagText(keys.blocked),
    stale: flagText(keys.stale),
    body,
  };
}

/** The tasks that a goal names as its own. */
export function goalTasksOf(task: Pick<Task, "goalTasks"> | null): readonly string[] {
  return (task?.goalTasks ?? "").split(",").flatMap((it) => it.trim() || []);
}

function overridesOf(written: NonNullable<TaskKeys["override"]>): Record<string, StepOverride> {
  return Object.fromEntries(
    Object.entries(written).map(([step, it]) => {
      if (it === "skip") return [step, it];
      const { persona = null, skills = null, agent = null, model = null } = it;
      return [step, { persona, skills, agent, model }];
    }),
  );
}

/** `false` and the empty text say no. */
function flagText(value: string | undefined): string | null {
  return value === undefined || value.trim() === "" || value.trim() === "false" ? null : value;
}

function aliasesOf(keys: TaskKeys, id: string): readonly string[] {
  return distinct([keys.id, keys.work_package_id].filter((it) => it !== undefined && it !== id));
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return names.length === 0 ? NONE : [...new Set(names)].filter((it) => it !== undefined);
}
