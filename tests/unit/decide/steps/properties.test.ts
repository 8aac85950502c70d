import { describe, expect, it } from "vitest";
import { parseClaims } from "../../../../src/board/claim.ts";
import type { Decision, StepWork } from "../../../../src/decide/action.ts";
import { decide } from "../../../../src/decide/decide.ts";
import type { Snapshot } from "../../../../src/decide/snapshot.ts";
import { boardOf, NOW, personaOf, settingsOf, slotsOf } from "../../../helpers/board-builder.ts";
import { fc, someOf } from "../../../helpers/fast-check.ts";
import type { Decider } from "../live.ts";
import { carryOut } from "../pretend-apply.ts";
import { nextEvent, passTime } from "../pretend-jobs.ts";
import { look } from "../pretend-observe.ts";
import { emptyWorld, type Fate, type World } from "../pretend-world.ts";
import { stepRunViolations, stepViolations } from "./step-invariants.ts";
import { SMALL_FACTORY } from "./workflows.ts";

const FATES: Readonly<Record<"step" | "checks" | "merge", readonly Fate[]>> = {
  step: ["done", "done", "done", "done", "fails", "lost"],
  checks: ["clean", "clean", "inconclusive", "must-fix"],
  merge: ["merged"],
};
const ROUTES = ["factory", "factory", "factory", "single-persona"] as const;
const PATIENCE_MS = 60_000;
const LONGEST = 4_000;

type Words = { seed: number; slots: number; tasks: number; isCalm: boolean; isKilled: boolean };

const words: fc.Arbitrary<Words> = fc.record({
  seed: fc.integer(),
  slots: fc.integer({ min: 1, max: 4 }),
  tasks: fc.integer({ min: 1, max: 3 }),
  isCalm: fc.boolean(),
  isKilled: fc.boolean(),
});

function worldOf({ seed, slots, tasks, isCalm }: Words): World {
  const settings = settingsOf({ slots: slotsOf(...["A", "B", "C", "D"].slice(0, slots)), trust: "auto" });
  const world = emptyWorld(settings, NOW, seed, (kind, chance) => {
    const fates = isCalm ? FATES[kind].slice(0, 1) : FATES[kind];
    return fates[Math.floor(chance * fates.length)] ?? "done";
  });
  world.workflows = [SMALL_FACTORY];
  world.personas = [personaOf("engineer", { mutates: true })];
  world.said = (step, chance) => saidBy(step, chance, isCalm);
  for (let index = 0; index < tasks; index += 1) {
    const [view] = boardOf({ planned: [{ id: `t${String(index)}`, workflow: index === 2 ? null : "small" }] }).tasks;
    if (view?.task != null) world.files.set(view.path, { id: view.id, lane: view.lane, task: view.task, settledAt: 0 });
  }
  world.settings = { ...world.settings, defaultWorkflow: "small" };
  return world;
}

function saidBy(step: string, chance: number, isCalm: boolean) {
  if (step === "route")
    return { verdict: isCalm ? "factory" : (ROUTES[Math.floor(chance * ROUTES.length)] ?? "factory") };
  if (step === "cold" || step === "warm") return { verdict: "clean" };
  if (step !== "join") return {};
  const finding = {
    title: "too short",
    file: null,
    line: null,
    severity: "must-fix",
    why: "",
    fix: "",
    sources: [],
  } as const;
  return !isCalm && chance < 0.3 ? { verdict: "must-fix", findings: [finding] } : { verdict: "clean" };
}

/** Lives until nothing is left to do. A kill forgets what was under way; a person gives what is blocked another chance. */
function live(world: World, decider: Decider, { isKilled }: Words): string[] {
  for (let ticks = 0; ticks < LONGEST; ticks += 1) {
    if (isKilled && world.chance() < 0.05) world.jobs = [];
    const snapshot = look(world);
    const decision = decider(snapshot);
    const found = [...stepViolations(snapshot, decision), ...stepRunViolations(snapshot)];
    if (found.length > 0) return found;
    carryOut(world, decision);
    const next = nextEvent(world);
    const at = Math.min(next ?? Number.POSITIVE_INFINITY, decision.lookAgainAt ?? Number.POSITIVE_INFINITY);
    if (decision.actions.length > 0) passTime(world, Math.min(next ?? world.now, world.now + 20));
    else if (Number.isFinite(at)) passTime(world, at);
    else if (!revive(world)) return [];
  }
  return ["does not settle"];
}

function revive(world: World): boolean {
  if (world.settings.paused !== false) {
    world.settings = { ...world.settings, paused: false };
    return true;
  }
  for (const [path, file] of world.files) {
    if (file.lane !== "blocked") continue;
    world.files.delete(path);
    const lane = world.chance() < 0.5 ? "planned" : "doing";
    world.files.set(`board/${lane}/${file.id}.md`, { ...file, lane });
    return true;
  }
  return false;
}

describe("tasks with several steps", () => {
  it(
    "are all finished in the end, one run a step and slot, whatever fails and whenever the daemon dies",
    () => {
      fc.assert(
        fc.property(words, (it) => {
          const world = worldOf(it);
          expect(live(world, decide, it)).toEqual([]);
          expect([...world.files.values()].map(({ lane }) => lane)).toEqual(
            [...world.files.keys()].map(() => "for_review"),
          );
          expect([...world.files.values()].map(({ task }) => task.assigned)).toEqual(
            [...world.files.keys()].map(() => null),
          );
        }),
        { numRuns: someOf(60) },
      );
    },
    PATIENCE_MS,
  );

  it("go through every step once where nothing goes wrong, and cost what their runs cost", () => {
    const calm: Words = { seed: 7, slots: 2, tasks: 1, isCalm: true, isKilled: false };
    const world = worldOf(calm);
    expect(live(world, decide, calm)).toEqual([]);
    const steps = [...world.sessions.values()].filter(({ step }) => step !== "checks");
    expect(steps.map(({ step, attempt }) => `${step}/${String(attempt)}`).toSorted()).toEqual(
      ["build/1", "cold/1", "design/1", "join/1", "report/1", "route/1", "scope/1", "ship/1", "warm/1"].toSorted(),
    );
    const [file] = world.files.values();
    expect(file?.task.spentUsd).toBe(steps.length * 0.25);
  });
});

function launchAtOnce(snapshot: Snapshot): Decision {
  const decision = decide(snapshot);
  const launches = decision.actions.flatMap((it) => {
    if (it.kind !== "edit") return [];
    const claims = parseClaims(String(it.set.find(([key]) => key === "assigned")?.[1] ?? ""));
    return claims.map(({ step, attempt, slot }) => ({ ...LAUNCH, taskId: it.taskId ?? "", step, attempt, slot }));
  });
  return { ...decision, actions: [...decision.actions, ...launches] };
}

const WORK: StepWork = {
  output: "x.md",
  reads: null,
  skills: [],
  task: null,
  verdicts: null,
  mutates: false,
  after: {},
  model: null,
  maxToolCalls: null,
  action: null,
  target: null,
  args: [],
  findings: [],
  problem: null,
  question: null,
  answer: null,
};
const LAUNCH = {
  kind: "launch",
  persona: "tester",
  agent: "shell",
  retries: 0,
  reworks: 0,
  cause: "first",
  costCapUsd: null,
  work: WORK,
} as const;

const PLANTED: readonly (readonly [string, Decider, RegExp])[] = [
  [
    "does not see runs",
    (it) => decide({ ...it, runs: [] }),
    /beside its run|in a slot with a run|given away|waits in silence/,
  ],
  ["starts what is not committed", launchAtOnce, /without a committed claim/],
  [
    "takes failed steps for done ones",
    (it) =>
      decide({
        ...it,
        sessions: new Map(
          [...it.sessions].map(([id, all]) => [
            id,
            all.map((one) => ({ ...one, state: "done" as const, failure: null })),
          ]),
        ),
      }),
    /failed|while .* runs|launched again|does not settle/,
  ],
];

describe.each(PLANTED)("a decider that %s", (_, decider, expected) => {
  it(
    "is found out",
    () => {
      const found = fc
        .sample(words, { numRuns: 40, seed: 20_261_121 })
        .some((it) => expected.test(live(worldOf({ ...it, isCalm: false }), decider, it).join("\n")));
      expect(found).toBe(true);
    },
    PATIENCE_MS,
  );
});
