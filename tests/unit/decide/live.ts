import { LANES } from "../../../src/board/lane.ts";
import { reviewClaimOf } from "../../../src/board/review-claim.ts";
import type { Decision } from "../../../src/decide/action.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import { SETTLE_MS } from "./arbitraries.ts";
import { runViolations, violationsOf } from "./invariants.ts";
import { carryOut } from "./pretend-apply.ts";
import { nextEvent, passTime } from "./pretend-jobs.ts";
import { look } from "./pretend-observe.ts";
import type { World } from "./pretend-world.ts";

export type Decider = (snapshot: Snapshot) => Decision;

export type Person = (world: World) => void;

/** For how many ticks a person, unless told otherwise, is at the keyboard. */
const PERSON_TICKS = 60;
const LONGEST = 2_500;

/**
 * Ticks until nothing is left to do or to wait for. Answers which rule was broken first, or that it does not settle; an empty
 * list is a sound life.
 */
export function live(world: World, decide: Decider, person: Person, personTicks: number = PERSON_TICKS): string[] {
  const trace: { at: number; decision: Decision }[] = [];
  for (let ticks = 0; ticks < LONGEST; ticks += 1) {
    if (ticks < personTicks) person(world);
    const snapshot = look(world);
    const decision = decide(snapshot);
    const violations = [...violationsOf(snapshot, decision), ...runViolations(snapshot)];
    if (violations.length > 0) return violations;
    trace.push({ at: world.now, decision });
    carryOut(world, decision);
    const next = nextEvent(world);
    const isBusy = decision.actions.length > 0 || (ticks < personTicks && Number.isFinite(personTicks));
    if (isBusy) passTime(world, Math.min(next ?? world.now, world.now + 20));
    else if (next !== null || decision.lookAgainAt !== null) passTime(world, earliest(next, decision.lookAgainAt));
    else return [];
  }
  const last = trace.slice(-6).map(({ at, decision: { actions, lookAgainAt } }) => {
    return `${at}: ${JSON.stringify(actions)}, then ${lookAgainAt}`;
  });
  return [`does not settle: ${last.join(" | ")}`];
}

/** Facts that stand in a file though they are not true. */
export function untrueKeys(world: World): string[] {
  return look(world).tasks.flatMap(({ id, lane, task }) => {
    if (task === null) return [];
    const found: string[] = [];
    const mayBeClaimed = lane === "doing" || (lane === "for_review" && reviewClaimOf(task.assigned) !== null);
    if (task.assigned !== null && (!mayBeClaimed || world.settings.paused === false)) found.push("assigned");
    if ((lane === "planned" || lane === "backlog") && task.attempt !== null) found.push("attempt");
    if (lane !== "blocked" && lane !== "doing" && task.blocked !== null) found.push("blocked");
    if (task.branch !== null && task.assigned === null && !world.branches.has(id)) found.push("branch");
    if (lane === "done" && world.branches.get(id)?.isMerged === true) found.push("branch that is merged");
    return found.map((key) => `${id} in ${lane}: ${key}`);
  });
}

/** Moves, deletes and edits files, with whatever an old buffer holds. */
export function actAsPerson(world: World): void {
  const files = [...world.files];
  const chosen = files[Math.floor(world.chance() * files.length)];
  if (chosen === undefined || world.chance() > 0.3) return;
  const [path, file] = chosen;
  const lane = LANES[Math.floor(world.chance() * LANES.length)] ?? "planned";
  const dice = world.chance();
  if (dice < 0.6) {
    if (world.files.has(`board/${lane}/${file.id}.md`)) return;
    world.files.delete(path);
    world.files.set(`board/${lane}/${file.id}.md`, { ...file, lane });
  } else if (dice < 0.7) {
    world.files.delete(path);
  } else {
    const task = dice < 0.85 ? { ...file.task, laneRequest: lane } : { ...file.task, ...STALE_BUFFER };
    world.files.set(path, { ...file, task, settledAt: world.now + SETTLE_MS });
  }
}

/** Accepts what is in review and gives what is blocked another chance; takes the pause away. */
export function acceptAndRevive(world: World): void {
  if (world.settings.paused !== false) {
    world.settings = { ...world.settings, paused: false };
    world.settingsVersion += 1;
  }
  const isBusy = world.runs.size + world.jobs.length > 0;
  for (const [path, file] of world.files) {
    const lane =
      file.lane === "for_review" ? "done" : file.lane === "blocked" ? REVIVED_TO[Math.floor(world.chance() * 2)] : null;
    if (lane == null || (isBusy && world.chance() > 0.1)) continue;
    world.files.delete(path);
    world.files.set(`board/${lane}/${file.id}.md`, { ...file, lane });
  }
}

const REVIVED_TO = ["planned", "doing"] as const;

// What an editor that was opened before the claim saves over it.
const STALE_BUFFER = { assigned: null, branch: null, attempt: null };

/** The daemon is killed now and then: what it was at is forgotten, and it looks at the world anew. */
export function killNowAndThen(world: World): void {
  if (world.chance() < 0.02) world.jobs = [];
}

function earliest(...times: (number | null)[]): number {
  return Math.min(...times.filter((it) => it !== null));
}
