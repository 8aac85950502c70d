import { parseClaims } from "../../../../src/board/claim.ts";
import type { Decision, Effect } from "../../../../src/decide/action.ts";
import type { RunView, Snapshot, TaskView } from "../../../../src/decide/snapshot.ts";

type Launch = Extract<Effect, { kind: "launch" }>;

/** What no decision about the steps of a workflow may ever do, checked without the code that decides. Empty: sound. */
export function stepViolations(snapshot: Snapshot, decision: Decision): string[] {
  const launches = decision.actions.filter((it): it is Launch => it.kind === "launch" && it.work !== undefined);
  return [
    ...launches.flatMap((it) => [...launchViolations(snapshot, it), ...ruleViolations(snapshot, it)]),
    ...repeated(launches.map(({ slot }) => slot)).map((slot) => `two launches in slot ${slot}`),
    ...claimViolations(snapshot, decision),
    ...silentViolations(snapshot, decision),
  ];
}

/** What must hold of the world at every instant. */
export function stepRunViolations({ runs }: Pick<Snapshot, "runs">): string[] {
  const live = runs.filter(({ state }) => state === "running" || state === "starting");
  const changing = live.filter(
    ({ unit, kind, persona }) => unit != null && (kind === "checks" || persona === "engineer"),
  );
  return [
    ...repeated(live.flatMap(({ slot }) => slot ?? [])).map((slot) => `slot ${slot} has two runs`),
    ...repeated(live.map(({ taskId, unit }) => `${taskId} ${unit ?? ""}`)).map((it) => `${it} has two runs`),
    ...repeated(changing.map(({ taskId }) => taskId)).map(
      (it) =>
        `${it} is changed by two runs at once: ${live.map((r) => `${r.unit}/${r.attempt} ${r.kind} ${r.persona}`).join(", ")}`,
    ),
  ];
}

function launchViolations(snapshot: Snapshot, { taskId, step, slot, attempt, work }: Launch): string[] {
  const view = snapshot.tasks.find(({ id }) => id === taskId);
  const found: string[] = [];
  const name = `${step}/${attempt} of ${taskId}`;
  if (!isClaimed(view, step, attempt, slot)) found.push(`${name} is launched without a committed claim`);
  if (snapshot.runs.some((it) => it.slot === slot)) found.push(`${name} is launched in a slot with a run`);
  if (snapshot.runs.some((it) => it.taskId === taskId && it.unit === step))
    found.push(`${name} is launched beside its run`);
  const sessions = snapshot.sessions.get(taskId) ?? [];
  const own = sessions.find((it) => it.step === step);
  if (own !== undefined && own.attempt >= attempt && own.state !== "running") found.push(`${name} is launched again`);
  const workflow = snapshot.workflows.get(view?.task?.workflow ?? "");
  const needs = workflow?.steps.find(({ id }) => id === step)?.needs ?? [];
  for (const need of needs) {
    const before = sessions.find((it) => it.step === need);
    if (before?.state === "running") found.push(`${name} is launched while ${need} runs`);
    if (before?.state === "failed" || before?.state === "stopped")
      found.push(`${name} is launched after ${need} failed`);
    if (before?.verdict === "must-fix") found.push(`${name} is launched behind ${need}, which sends work back`);
    // Who changes files goes on from what is there, whatever became of it since.
    const isSequel = work?.mutates === true && before?.persona === "engineer";
    if (before !== undefined && !isSequel && work?.after[need] !== before.attempt)
      found.push(`${name} does not say what it rests upon`);
  }
  if (needs.length > 0 && !needs.some((it) => sessions.some((session) => session.step === it))) {
    found.push(`${name} is launched before anything it needs`);
  }
  return found;
}

/** Whatever stood in the settings and workflows when it was claimed, what stands there now holds. */
function ruleViolations({ settings, workflows, personas, tasks }: Snapshot, launch: Launch): string[] {
  const { taskId, step, slot, persona, work } = launch;
  const found: string[] = [];
  const place = settings?.slots.find(({ name }) => name === slot);
  if (place === undefined) found.push(`${step} of ${taskId} is launched in ${slot}, which the settings do not have`);
  if (place?.personas != null && persona !== null && !place.personas.includes(persona))
    found.push(`${step} of ${taskId} is launched in ${slot}, which is not for ${persona}`);
  if (settings?.trust === "shadow" && work?.mutates === true)
    found.push(`${step} of ${taskId} is launched to change files in shadow`);
  if (persona !== null && !personas.has(persona)) found.push(`${step} of ${taskId} is launched as nobody`);
  const task = tasks.find(({ id }) => id === taskId)?.task;
  const workflow = workflows.get(task?.workflow ?? settings?.defaultWorkflow ?? "");
  const [id] = step.split(".");
  if (workflow?.steps.every((it) => it.id !== id) ?? true)
    found.push(`${step} of ${taskId} is launched, which its workflow does not have`);
  return found;
}

function isClaimed(view: TaskView | undefined, step: string, attempt: number, slot: string): boolean {
  if (view === undefined || view.lane !== "doing" || view.headPath !== view.path || view.headSha !== view.blobSha)
    return false;
  return parseClaims(view.task?.assigned ?? null).some(
    (it) => it.step === step && it.attempt === attempt && it.slot === slot,
  );
}

function claimViolations(snapshot: Snapshot, { actions }: Decision): string[] {
  const found: string[] = [];
  const given: string[] = [];
  for (const edit of actions) {
    if (edit.kind !== "edit") continue;
    const view = snapshot.tasks.find(({ path }) => path === edit.path);
    const value = edit.set.find(([key]) => key === "assigned")?.[1];
    if (typeof value !== "string") continue;
    const before = parseClaims(view?.task?.assigned ?? null);
    const now = parseClaims(value);
    for (const claim of now) {
      given.push(claim.slot);
      if (before.some((it) => it.step === claim.step && it.attempt === claim.attempt)) continue;
      // Of a file saved from an old buffer the claims of its own runs are put back.
      if (snapshot.runs.some((it) => it.taskId === view?.id && it.unit === claim.step && it.slot === claim.slot))
        continue;
      const holder = holderOf(snapshot.runs, claim.slot);
      if (holder !== undefined) found.push(`${edit.path}: ${claim.slot} is given away while ${holder} runs there`);
    }
    for (const run of snapshot.runs) {
      const isKept = now.some((it) => it.step === run.unit && it.slot === run.slot);
      if (run.taskId === view?.id && run.unit != null && !isKept)
        found.push(`${edit.path}: the claim of ${run.unit} is dropped beside its run`);
    }
  }
  return [...found, ...repeated(given).map((slot) => `slot ${slot} is given twice`)];
}

function holderOf(runs: readonly RunView[], slot: string): string | undefined {
  return runs.find((it) => it.slot === slot)?.taskId;
}

function silentViolations({ tasks, runs }: Snapshot, { waiting }: Decision): string[] {
  return tasks
    .filter(
      ({ id, lane }) =>
        (lane === "doing" || lane === "planned") && !waiting.has(id) && !runs.some((it) => it.taskId === id),
    )
    .map(({ id }) => `${id} waits in silence`);
}

function repeated<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
