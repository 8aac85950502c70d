import { slotsOfAssigned } from "../../../src/board/claim.ts";
import { globsOverlap } from "../../../src/board/globs.ts";
import { REVIEW_STEP, reviewClaimOf } from "../../../src/board/review-claim.ts";
import type { Decision, Edit, Effect } from "../../../src/decide/action.ts";
import type { RunView, Snapshot, TaskView } from "../../../src/decide/snapshot.ts";
import { lostViolations } from "./lost-invariants.ts";
import { reviewViolations } from "./review-invariants.ts";

type Merge = Extract<Effect, { kind: "merge" }>;
type Launch = Extract<Effect, { kind: "launch" }>;

/**
 * Everything that no decision may ever do, checked without the code that decides. Each line names what was broken; an empty
 * list is a sound decision.
 */
export function violationsOf(snapshot: Snapshot, decision: Decision): string[] {
  return [
    ...editViolations(snapshot, decision),
    ...assignViolations(snapshot, decision),
    ...launchViolations(snapshot, decision),
    ...effectViolations(snapshot, decision),
    ...standstillViolations(snapshot, decision),
    ...waitingViolations(snapshot, decision),
    ...reviewViolations(snapshot, decision),
    ...lostViolations(snapshot, decision),
  ];
}

/** What must hold of the world at every instant, whatever was decided. */
export function runViolations({ runs }: Pick<Snapshot, "runs">): string[] {
  const live = runs.filter(isLive);
  return [
    ...repeated(live.flatMap(({ slot }) => slot ?? [])).map((slot) => `slot ${slot} has two runs`),
    ...repeated(live.map(({ taskId }) => taskId)).map((id) => `${id} has two runs`),
    ...(live.filter(({ kind }) => kind === "merge").length > 1 ? ["two merges at once"] : []),
  ];
}

function editViolations(snapshot: Snapshot, decision: Decision): string[] {
  const edits = editsOf(decision);
  const found = repeated(edits.map(({ taskId }) => taskId ?? "board.md")).map((id) => `two edits of ${id}`);
  for (const edit of edits) {
    if (edit.taskId === null) continue;
    const view = snapshot.tasks.find(({ path }) => path === edit.path);
    const name = `${edit.intent} of ${edit.path}`;
    if (underWay(snapshot).some(({ taskId }) => taskId === edit.taskId)) found.push(`${name} during a job`);
    if (edit.intent === "remove-duplicate") continue;
    if (view === undefined || view.task === null) found.push(`${name}, which cannot be read`);
    else if (!view.isSettled) found.push(`${name}, which is not settled`);
    else if (view.blobSha !== edit.expectBlob) found.push(`${name}, which was not the file decided upon`);
    if (edit.subject.includes("\n") || edit.subject === "") found.push(`${name} has no subject of one line`);
    for (const [key, value] of edit.set) {
      if (key !== "blocked" && key !== "stale") continue;
      if (typeof value === "string" && (value.length >= 300 || /[\r\n]/.test(value)))
        found.push(`${name}: long ${key}`);
    }
  }
  return found;
}

function assignViolations(snapshot: Snapshot, decision: Decision): string[] {
  const assigns = editsOf(decision).filter(({ intent }) => intent === "assign");
  const found = repeated(assigns.map(({ taskId }) => taskId)).map((id) => `${id} is given to two slots`);
  found.push(...repeated(assigns.map(slotOf)).map((slot) => `slot ${slot} is given to two tasks`));
  const slots = snapshot.settings?.slots.map(({ name }) => name) ?? [];
  for (const edit of assigns) {
    const id = edit.taskId ?? "";
    const view = snapshot.tasks.find(({ path }) => path === edit.path);
    const slot = slotOf(edit);
    if (!slots.includes(slot)) found.push(`${id} is given to ${slot}, which is no slot`);
    if (holdersOf(snapshot, slot).some((it) => it !== id)) found.push(`${id} is given to ${slot}, which is held`);
    if (snapshot.runs.some(({ taskId }) => taskId === id)) found.push(`${id} is assigned beside its run`);
    if (view?.task?.assigned != null && view.lane === "doing") found.push(`${id} is assigned twice`);
    if (isStopped(snapshot)) found.push(`${id} is assigned though nothing may start`);
  }
  // A review changes no file, and brings no task into a lane.
  const works = assigns.filter(({ path }) => !path.startsWith("board/for_review/"));
  return [...found, ...wipViolations(snapshot, works), ...overlapViolations(snapshot, decision)];
}

function wipViolations({ settings, tasks, runs }: Snapshot, assigns: readonly Edit[]): string[] {
  if (settings === null || assigns.length === 0) return [];
  const inDoing = tasks.filter(({ lane }) => lane === "doing");
  const arrivals = assigns.filter(({ toLane }) => toLane === "doing").length;
  const busy = inDoing.filter((it) => it.task?.assigned != null || runs.some(({ taskId }) => taskId === it.id)).length;
  const underWay = busy + assigns.length;
  const inReview = tasks.filter(({ lane }) => lane === "for_review").length;
  const found: string[] = [];
  const { doing, forReview } = settings.wip;
  // What waits for a task that is still in planned/ takes no room from it.
  const planned = new Set(
    tasks.filter(({ lane }) => lane === "planned").flatMap((it) => [it.id, ...(it.task?.aliases ?? [])]),
  );
  const waits = inDoing.filter(({ id, task }) => {
    if (task === null || task.assigned !== null || runs.some(({ taskId }) => taskId === id)) return false;
    return [...task.dependencies, task.base ?? ""].some((it) => planned.has(it));
  });
  if (doing > 0 && arrivals > 0 && inDoing.length - waits.length + arrivals > doing)
    found.push("doing/ is over its limit");
  if (doing > 0 && underWay > doing) found.push("more is under way than doing/ may hold");
  if (forReview > 0 && inReview + underWay > forReview) found.push("for_review/ will be over its limit");
  return found;
}

// Whoever is started now against everybody with a run; whoever is given a slot now also against every claim that holds.
function overlapViolations(snapshot: Snapshot, decision: Decision): string[] {
  const edits = editsOf(decision);
  const released = new Set(edits.filter((it) => isReleased(it)).map(({ taskId }) => taskId));
  const works = edits.filter(({ intent, path }) => intent === "assign" && !path.startsWith("board/for_review/"));
  const assigned = new Set(works.map(({ taskId }) => taskId));
  const launches = decision.actions.filter((it) => it.kind === "launch" && it.step !== REVIEW_STEP);
  const launched = new Set(launches.flatMap((it) => (it.kind === "launch" ? [it.taskId] : [])));
  const isRunning = ({ id }: TaskView) =>
    assigned.has(id) || launched.has(id) || snapshot.runs.some((run) => run.taskId === id && isChanging(run));
  const holds = (view: TaskView) => isRunning(view) || (!released.has(view.id) && isClaimThatHolds(view, snapshot));
  return snapshot.tasks.filter(isRunning).flatMap((one) =>
    snapshot.tasks
      .filter(
        (other) =>
          one.id !== other.id && (assigned.has(one.id) ? holds(other) : launched.has(one.id) && isRunning(other)),
      )
      .filter((other) => globsOverlap(one.task?.touches ?? [], other.task?.touches ?? []))
      .map((other) => `${one.id} and ${other.id} would change the same files`),
  );
}

function isChanging({ kind, unit }: RunView): boolean {
  return kind !== "merge" && unit !== REVIEW_STEP;
}

function isClaimThatHolds({ id, lane, task }: TaskView, snapshot: Snapshot): boolean {
  const slot = task?.assigned ?? null;
  if (lane !== "doing" || slot === null) return false;
  const isSlot = snapshot.settings?.slots.some(({ name }) => name === slot) ?? false;
  return isSlot && holdersOf(snapshot, slot).every((it) => it === id);
}

function isReleased({ set, toLane }: Edit): boolean {
  return set.some(([key, value]) => key === "assigned" && value === null) || (toLane !== null && toLane !== "doing");
}

function launchViolations(snapshot: Snapshot, decision: Decision): string[] {
  const launches = decision.actions.filter((it): it is Launch => it.kind === "launch");
  const found = repeated(launches.map(({ slot }) => slot)).map((slot) => `two launches in slot ${slot}`);
  for (const launch of launches) {
    const { taskId, slot, attempt } = launch;
    const views = snapshot.tasks.filter(({ id }) => id === taskId);
    const view = views[0];
    if (views.length !== 1 || !isClaim(view, launch)) found.push(`${taskId} is launched without a committed claim`);
    if (snapshot.runs.some((run) => run.taskId === taskId)) found.push(`${taskId} is launched beside its run`);
    if (snapshot.runs.some((run) => run.slot === slot)) found.push(`${taskId} is launched in a slot with a run`);
    const done = (snapshot.sessions.get(taskId) ?? []).some(
      (it) => it.step === launch.step && it.attempt === attempt && it.state !== "running",
    );
    if (done) found.push(`attempt ${attempt} of ${taskId} is launched again`);
    if (isStopped(snapshot)) found.push(`${taskId} is launched though nothing may start`);
  }
  return found;
}

function effectViolations(snapshot: Snapshot, { actions }: Decision): string[] {
  const effects = actions.filter((it) => it.kind !== "edit" && it.kind !== "commit");
  const others = effects.flatMap((it) => (it.kind === "stop" || it.kind === "warm" ? [] : (it.taskId ?? [])));
  const found = repeated(others).map((id) => `two effects on ${id}`);
  const busy = new Set(
    underWay(snapshot).flatMap((it) => [...(it.taskId === null ? [] : [it.taskId]), ...(it.with ?? [])]),
  );
  found.push(...others.filter((id) => busy.has(id)).map((id) => `an effect on ${id} during a job`));
  const stops = effects.flatMap((it) => (it.kind === "stop" ? [it.runId] : []));
  found.push(...repeated(stops).map((id) => `run ${id} is stopped twice`));
  const stopping = new Set(underWay(snapshot).flatMap((it) => (it.kind === "stop" ? (it.taskId ?? []) : [])));
  const needless = snapshot.runs.filter(
    (run) => stops.includes(run.runId) && (stopping.has(run.taskId) || !isLive(run)),
  );
  found.push(...needless.map(({ runId }) => `run ${runId} is stopped again`));
  const merges = effects.filter(({ kind }) => kind === "merge").length;
  const merging = [...snapshot.runs, ...underWay(snapshot)].filter(({ kind }) => kind === "merge").length;
  if (merges + merging > 1 && merges > 0) found.push("two merges at once");
  return [...found, ...effects.flatMap((it) => (it.kind === "merge" ? batchViolations(snapshot, it) : []))];
}

/** A batch has no more than it may; each is in done/, once, unmerged, not at work, and behind what it depends on. */
function batchViolations({ tasks, settings, branches, jobs, runs, sessions }: Snapshot, merge: Merge): string[] {
  const ids = [merge.taskId, ...(merge.batch ?? []).map(({ taskId }) => taskId)];
  const found = repeated(ids).map((id) => `${id} is twice in a batch`);
  if (ids.length > Math.max(1, settings?.mergeBatch ?? 1)) found.push("a batch is too long");
  // What was refuted and came in by another branch is asked about before it is closed.
  const isRefuted = (id: string): boolean =>
    (sessions.get(id) ?? []).some(({ step, verdict }) => step === "checks" && verdict === "must-fix");
  const isUnmerged = (id: string): boolean =>
    (branches.get(id)?.isMerged === false || isRefuted(id)) && tasks.some((it) => it.id === id && it.lane === "done");
  for (const [index, id] of ids.entries()) {
    const before = ids.slice(0, index);
    const view = tasks.find((it) => it.id === id && it.lane === "done");
    if (view === undefined) found.push(`${id} is merged and not accepted`);
    if (!isUnmerged(id)) found.push(`${id} is merged again`);
    if ([...jobs, ...runs].some((it) => it.taskId === id && !("retryAt" in it && it.retryAt !== null)))
      found.push(`${id} is merged while something else is done to it`);
    for (const name of view?.task?.dependencies ?? []) {
      const needed = tasks.filter((it) => it.id !== id && (it.id === name || it.task?.aliases.includes(name)));
      const behind = needed.filter((it) => isUnmerged(it.id) && !before.includes(it.id));
      found.push(...behind.map((it) => `${id} is merged before ${it.id}`));
      const after = merge.batch?.[index - 1]?.after ?? [];
      const forgotten = needed.filter((it) => before.includes(it.id) && !after.includes(it.id));
      found.push(...forgotten.map((it) => `${id} may be merged without ${it.id}`));
    }
  }
  return found;
}

function standstillViolations({ repo, observedAt, runs }: Snapshot, { actions, lookAgainAt }: Decision): string[] {
  const found = lookAgainAt !== null && lookAgainAt <= observedAt ? ["asks for another look in the past"] : [];
  if (repo.state === "ready") return found;
  const allowed = repo.state === "elsewhere" || repo.state === "missing" ? ["stop"] : ["stop", "collect"];
  const wrong = actions.filter(({ kind }) => !allowed.includes(kind));
  const asked = new Set(runs.flatMap((it) => (it.stop === null ? [] : it.runId)));
  const persons = actions.filter((it) => it.kind === "stop" && it.reason === "person" && !asked.has(it.runId));
  return [...found, ...[...wrong, ...persons].map(({ kind }) => `${kind} while the board is ${repo.state}`)];
}

function waitingViolations(snapshot: Snapshot, { waiting }: Decision): string[] {
  const silent = snapshot.tasks.filter((view) => mustSayWhy(view, snapshot) && !waiting.has(view.id));
  const bad = [...waiting].filter(([, line]) => line === "" || /[\r\n]/.test(line) || /undefined|NaN/.test(line));
  return [...silent.map(({ id }) => `${id} waits in silence`), ...bad.map(([id, line]) => `${id} says "${line}"`)];
}

function mustSayWhy(view: TaskView, { runs, branches }: Snapshot): boolean {
  switch (view.lane) {
    case "planned":
    case "for_review":
    case "blocked":
      return true;
    case "doing":
      return !runs.some((run) => run.taskId === view.id && isLive(run));
    case "done":
      return branches.get(view.id)?.isMerged === false;
    case "backlog":
      return false;
  }
}

function isClaim(view: TaskView | undefined, { slot, attempt, step }: Launch): boolean {
  if (view === undefined || view.task === null || view.duplicates.length > 0) return false;
  const isOnBranch = view.headPath === view.path && view.headSha === view.blobSha && view.blobSha !== null;
  if (step === REVIEW_STEP) {
    const claim = reviewClaimOf(view.task.assigned);
    return isOnBranch && view.lane === "for_review" && claim?.slot === slot && claim.attempt === attempt;
  }
  return isOnBranch && view.lane === "doing" && view.task.assigned === slot && view.task.attempt === attempt;
}

function holdersOf(snapshot: Snapshot, slot: string): string[] {
  const { tasks, runs } = snapshot;
  const claims = tasks.filter(({ lane, task }) => {
    const isReview = lane === "for_review" && reviewClaimOf(task?.assigned ?? null)?.slot === slot;
    return isReview || (lane === "doing" && task?.assigned === slot);
  });
  // A run, and a start under way, says itself where it is; its file may be a stale buffer.
  const real = [...runs, ...underWay(snapshot)].filter((it) => it.slot !== null);
  const files = claims.filter(({ id }) => !real.some(({ taskId }) => taskId === id));
  return [...files.map(({ id }) => id), ...real.filter((it) => it.slot === slot).flatMap(({ taskId }) => taskId ?? [])];
}

function isStopped({ repo, settings, isDraining }: Snapshot): boolean {
  return repo.state !== "ready" || settings === null || isDraining || settings.paused !== false;
}

function editsOf({ actions }: Decision): Edit[] {
  return actions.filter((it) => it.kind === "edit");
}

function slotOf({ set }: Edit): string {
  return slotsOfAssigned(String(set.find(([key]) => key === "assigned")?.[1])).join();
}

function isLive({ state }: RunView): boolean {
  return state === "starting" || state === "running";
}

function repeated<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

// What failed and rests is not under way.
function underWay({ jobs }: Snapshot): Snapshot["jobs"] {
  return jobs.filter(({ retryAt }) => retryAt === null);
}
