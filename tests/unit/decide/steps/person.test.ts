import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/board/session.ts";
import { decide } from "../../../../src/decide/decide.ts";
import { boardOf, NOW, personaOf, settingsOf, slotsOf } from "../../../helpers/board-builder.ts";
import { fc, someOf } from "../../../helpers/fast-check.ts";
import { actAsPerson } from "../live.ts";
import { carryOut } from "../pretend-apply.ts";
import { nextEvent, passTime } from "../pretend-jobs.ts";
import { look } from "../pretend-observe.ts";
import { emptyWorld, type Fate, type World } from "../pretend-world.ts";
import { changeRules, restoreRules, rulesOf } from "./change-rules.ts";
import { stepRunViolations, stepViolations } from "./step-invariants.ts";
import { DISPATCHING, SMALL_FACTORY } from "./workflows.ts";

const FATES: Readonly<Record<"step" | "checks" | "merge", readonly Fate[]>> = {
  step: ["done", "done", "done", "done", "done", "done", "fails", "lost"],
  checks: ["clean", "clean", "clean", "must-fix"],
  merge: ["merged", "merged", "conflict"],
};
const LONGEST = 6_000;
const PATIENCE_MS = 60_000;

type Words = { seed: number; slots: number; tasks: number; meddles: number; isKilled: boolean };

const words: fc.Arbitrary<Words> = fc.record({
  seed: fc.integer(),
  slots: fc.integer({ min: 1, max: 4 }),
  tasks: fc.integer({ min: 1, max: 3 }),
  /** For how many looks a person moves, edits and deletes files. */
  meddles: fc.constantFrom(0, 40, 120),
  isKilled: fc.boolean(),
});

function worldOf({ seed, slots, tasks }: Words): World {
  const settings = settingsOf({
    slots: slotsOf(...["A", "B", "C", "D"].slice(0, slots)),
    defaultWorkflow: "dispatching",
  });
  const world = emptyWorld(
    { ...settings, budget: { runUsd: 5, taskUsd: 500, dayUsd: 5_000 } },
    NOW,
    seed,
    (kind, chance) => {
      return FATES[kind][Math.floor(chance * FATES[kind].length)] ?? "done";
    },
  );
  world.workflows = [SMALL_FACTORY, DISPATCHING];
  world.personas = [personaOf("engineer", { mutates: true })];
  world.said = saidBy;
  for (let index = 0; index < tasks; index += 1) {
    const [view] = boardOf({ planned: [{ id: `t${String(index)}`, workflow: index === 2 ? "small" : null }] }).tasks;
    if (view?.task != null) world.files.set(view.path, { id: view.id, lane: view.lane, task: view.task, settledAt: 0 });
  }
  return world;
}

const FINDING = { title: "too short", line: null, severity: "must-fix", why: "", fix: "", sources: [] } as const;

function saidBy(step: string, chance: number): Partial<Session> {
  const messageSha = Math.floor(chance * 1e15)
    .toString(16)
    .padStart(40, "0");
  if (chance > 0.95) return { messageSha, verdict: "decision", question: "Which of the two?" };
  if (chance > 0.85)
    return { state: "failed", failure: "checks", verdict: "invalid", reason: "no valid verdict: none" };
  switch (step) {
    case "route":
      return { messageSha, verdict: chance < 0.6 ? "factory" : "single-persona" };
    case "plan": {
      const ids = ["api", "ui", "docs"].slice(0, 1 + Math.floor(chance * 3));
      const one = { persona: "engineer", task: "x", parallel: chance < 0.5, mutates: null } as const;
      const dispatch = ids.map((id, index) => ({
        ...one,
        id,
        touches: [`${id}/**`],
        needs: index === 0 ? [] : [ids[0] ?? ""],
      }));
      return { messageSha, verdict: "planned", dispatch };
    }
    case "cold":
    case "warm":
      return { messageSha, verdict: "clean" };
    case "join": {
      const file = chance < 0.15 ? "ui/x.ts" : chance < 0.2 ? null : "api/x.ts";
      return chance < 0.3
        ? { messageSha, verdict: "must-fix", findings: [{ ...FINDING, file }] }
        : { messageSha, verdict: "clean" };
    }
    default:
      return { messageSha };
  }
}

/** Lives until nothing is left to do; then, and not before, a person approves, answers and puts things back to work. */
function live(world: World, { meddles, isKilled }: Words): string[] {
  const rules = rulesOf(world);
  let hands = meddles;
  for (let ticks = 0; ticks < LONGEST; ticks += 1) {
    if (isKilled && world.chance() < 0.05) world.jobs = [];
    if (ticks < hands) {
      actAsPerson(world);
      if (world.chance() < 0.1) commitAsPerson(world);
      changeRules(world, rules);
    } else if (ticks === hands) restoreRules(world, rules);
    const snapshot = look(world);
    const decision = decide(snapshot);
    const found = [...stepViolations(snapshot, decision), ...stepRunViolations(snapshot)];
    if (found.length > 0) return found;
    carryOut(world, decision);
    const next = nextEvent(world);
    const at = Math.min(next ?? Number.POSITIVE_INFINITY, decision.lookAgainAt ?? Number.POSITIVE_INFINITY);
    if (decision.actions.length > 0) passTime(world, Math.min(next ?? world.now, world.now + 20));
    else if (help(world, decision.waiting)) passTime(world, world.now + 1);
    else if (Number.isFinite(at)) passTime(world, at);
    else if (ticks < hands) hands = ticks + 1;
    else return [];
  }
  return ["does not settle"];
}

function commitAsPerson(world: World): void {
  const [branch] = [...world.branches.values()];
  if (branch !== undefined) branch.sha = `own${String(++world.count)}`;
}

function help(world: World, waiting: ReadonlyMap<string, string>): boolean {
  if (world.settings.paused !== false) {
    world.settings = { ...world.settings, paused: false };
    return true;
  }
  for (const [path, file] of world.files) {
    const line = waiting.get(file.id) ?? "";
    if (line.includes("waits for the approval of")) {
      const approved = `me today ${/ ([0-9a-f+]{7,})`/.exec(line)?.[1] ?? ""}`;
      if (file.task.approved === approved) continue;
      world.files.set(path, { ...file, task: { ...file.task, approved } });
      return true;
    }
    if (file.lane !== "blocked" && file.lane !== "backlog") continue;
    world.files.delete(path);
    const lane = world.chance() < 0.5 ? "planned" : "doing";
    world.files.set(`board/${lane}/${file.id}.md`, { ...file, lane, task: { ...file.task, answer: "the first" } });
    return true;
  }
  return false;
}

describe("tasks whose steps a dispatcher writes, whose reviews send them back, and that ask questions", () => {
  it(
    "come to their end with a person who approves and answers, and one who commits, moves and edits files of any kind at any moment",
    () => {
      fc.assert(
        fc.property(words, (it) => {
          const world = worldOf(it);
          expect(live(world, it)).toEqual([]);
          const left = [...world.files.values()].filter(({ lane }) => lane !== "for_review" && lane !== "done");
          const { waiting } = decide(look(world));
          expect(
            left.map(({ id, lane, task }) => `${id} in ${lane}: ${task.blocked ?? waiting.get(id) ?? ""}`),
          ).toEqual([]);
          expect([...world.files.values()].filter(({ task }) => task.assigned !== null)).toEqual([]);
        }),
        { numRuns: someOf(40) },
      );
    },
    PATIENCE_MS,
  );
});
