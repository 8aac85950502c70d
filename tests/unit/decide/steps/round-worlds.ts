import { parseClaims } from "../../../../src/board/claim.ts";
import type { Workflow } from "../../../../src/board/workflow.ts";
import type { Decision, Edit } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, NOW, personaOf, settingsOf, slotsOf } from "../../../helpers/board-builder.ts";
import type { Decider } from "../live.ts";
import { carryOut } from "../pretend-apply.ts";
import { nextEvent, passTime } from "../pretend-jobs.ts";
import { look } from "../pretend-observe.ts";
import { emptyWorld, type Fate, type World } from "../pretend-world.ts";

/** Two who change files, and two who do not. */
export const ROSTER = ["author", "engineer", "reviewer", "tester"] as const;

export type Words = {
  seed: number;
  slots: number;
  roster: number;
  parallelism: number;
  fates: readonly Fate[];
  /** How probably a cycle changes something. */
  restless: number;
  isKilled: boolean;
};

/** A roster that takes turns. */
export function roundsOf(personas: readonly string[], parallelism: number, maxCycles = 50): Workflow {
  const roundRobin = { line: null, personas, parallelism, maxCycles };
  return {
    id: "turns",
    path: "personas/workflows/turns.md",
    blobSha: "w1",
    description: "",
    steps: [],
    roundRobin,
  };
}

/** A world with one task, `t`, on which a roster takes turns. */
export function roundWorld({ seed, slots, roster, parallelism, fates, restless }: Words): World {
  const settings = settingsOf({ slots: slotsOf(...["A", "B", "C", "D"].slice(0, slots)), trust: "auto" });
  const world = emptyWorld(settings, NOW, seed, (kind, chance) => {
    return kind === "merge" ? "merged" : (fates[Math.floor(chance * fates.length)] ?? "done");
  });
  world.workflows = [roundsOf(ROSTER.slice(0, roster), parallelism)];
  world.personas = ROSTER.map((id, index) => personaOf(id, { mutates: index < 2 }));
  world.said = (_, chance) => ({ verdict: chance < restless ? "changed" : "no-change" });
  const [view] = boardOf({ planned: [{ id: "t", workflow: "turns", budgetUsd: 1000 }] }).tasks;
  if (view?.task != null) world.files.set(view.path, { id: "t", lane: "planned", task: view.task, settledAt: 0 });
  return world;
}

export type Life = {
  violations: string[];
  /** The new cycles of each claim, in the order of the edits. */
  claimed: number[];
  launched: { cycle: number; attempt: number; persona: string | null }[];
};

const LONGEST = 4_000;

/** Lives until nothing is left to do, or so many cycles are claimed; notes what each claim says. */
export function liveRounds(world: World, words: Words, decider: Decider = decide, most = 1_000): Life {
  const life: Life = { violations: [], claimed: [], launched: [] };
  for (let ticks = 0; ticks < LONGEST && life.claimed.length < most; ticks += 1) {
    if (words.isKilled && world.chance() < 0.08) world.jobs = [];
    const decision = decider(look(world));
    note(life, world, decision, words);
    if (life.violations.length > 0) return life;
    carryOut(world, decision);
    const next = nextEvent(world);
    const at = Math.min(next ?? Number.POSITIVE_INFINITY, decision.lookAgainAt ?? Number.POSITIVE_INFINITY);
    if (decision.actions.length > 0) passTime(world, Math.min(next ?? world.now, world.now + 20));
    else if (Number.isFinite(at)) passTime(world, at);
    else if (!revive(world)) return life;
  }
  return life;
}

function note(life: Life, world: World, { actions }: Decision, { parallelism, roster }: Words): void {
  for (const it of actions) {
    if (it.kind === "edit") noteClaims(life, world, it, parallelism);
    if (it.kind !== "launch") continue;
    const cycle = Number(it.step.slice("cycle-".length));
    if (it.persona !== ROSTER[cycle % roster]) life.violations.push(`${it.step} is given to ${it.persona}`);
    if (it.work?.cycle?.index !== cycle) life.violations.push(`${it.step} has no branch of its own`);
    if (life.launched.every((one) => one.cycle !== cycle || one.attempt !== it.attempt))
      life.launched.push({ cycle, attempt: it.attempt, persona: it.persona });
  }
}

function noteClaims(life: Life, world: World, edit: Edit, parallelism: number): void {
  const before = [...world.files.values()][0]?.task;
  const assigned = edit.set.find(([key]) => key === "assigned")?.[1];
  const claims = parseClaims(typeof assigned === "string" ? assigned : null);
  if (claims.length > parallelism) life.violations.push(`${claims.length} cycles at once`);
  const cycle = edit.set.find(([key]) => key === "cycle")?.[1];
  const from = before?.cycle ?? 0;
  const to = typeof cycle === "number" ? cycle : from;
  const held = parseClaims(before?.assigned ?? null).map(({ step }) => step);
  const fresh = claims
    .filter(({ step, attempt }) => attempt === 1 && !held.includes(step))
    .map(({ step }) => Number(step.slice("cycle-".length)));
  const expected = Array.from({ length: to - from }, (_, index) => from + index);
  if (fresh.join() !== expected.join()) {
    life.violations.push(`cycle ${String(from)} to ${String(to)}, and new are ${fresh.join(", ")}`);
  }
  life.claimed.push(...fresh);
}

function revive(world: World): boolean {
  for (const [path, file] of world.files) {
    if (file.lane !== "blocked") continue;
    world.files.delete(path);
    world.files.set(`board/doing/${file.id}.md`, { ...file, lane: "doing" });
    return true;
  }
  return false;
}
