import { describe, expect, it } from "vitest";
import { REVIEW_STEP } from "../../../src/board/review-claim.ts";
import type { Session } from "../../../src/board/session.ts";
import type { BatchMember, Decision, Effect } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot, TaskView } from "../../../src/decide/snapshot.ts";
import { fc } from "../../helpers/fast-check.ts";
import { someToday } from "../../helpers/today.ts";
import { acceptedBoards, snapshots } from "./arbitraries.ts";
import { violationsOf } from "./invariants.ts";
import { acceptAndRevive, actAsPerson, type Decider, live } from "./live.ts";
import { soundWorlds, worldOf, worlds } from "./worlds.ts";

const SEED = 20_261_120;
// Whole lives of worlds, on a machine that may be busy with something else.
const PATIENCE_MS = 60_000;

/** A decider that does not see something, and so decides as if it were not there. */
function blind(change: (snapshot: Snapshot) => Partial<Snapshot>): Decider {
  return (snapshot) => decide({ ...snapshot, ...change(snapshot) });
}

function blindToFiles(change: (view: TaskView) => Partial<TaskView>): Decider {
  return blind(({ tasks }) => ({ tasks: tasks.map((view) => ({ ...view, ...change(view) })) }));
}

function blindToSettings(change: Partial<NonNullable<Snapshot["settings"]>>): Decider {
  return blind(({ settings }) => ({ settings: settings === null ? null : { ...settings, ...change } }));
}

function spoilt(change: (decision: Decision, snapshot: Snapshot) => Partial<Decision>): Decider {
  return (snapshot) => {
    const decision = decide(snapshot);
    return { ...decision, ...change(decision, snapshot) };
  };
}

// Each is a mistake that the checks of a single decision have to notice, on boards that nobody chose for it.
const MISTAKES: [string, Decider, RegExp][] = [
  [
    "starts before the claim is committed",
    blindToFiles(({ blobSha, path }) => ({ headSha: blobSha, headPath: path })),
    /without a committed claim/,
  ],
  ["starts together with the claim", spoilt(launchAtOnce), /without a committed claim/],
  ["gives a task to two slots", spoilt(assignTwice), /is given to two slots/],
  [
    "gives a slot to two tasks",
    blindToFiles((view) => ({ task: view.task && { ...view.task, assigned: null } })),
    /is held|assigned twice|beside its run/,
  ],
  ["does not see runs", blind(() => ({ runs: [] })), /is held|beside its run|in a slot with a run/],
  ["does not see jobs", blind(() => ({ jobs: [] })), /during a job/],
  ["does not see the limits", blindToSettings({ wip: { doing: 0, forReview: 0 } }), /over its limit|may hold/],
  [
    "does not see which files are touched",
    blindToFiles((view) => ({ task: view.task && { ...view.task, touches: [] } })),
    /would change the same files/,
  ],
  ["does not see that the board is paused", blindToSettings({ paused: false }), /nothing may start/],
  ["does not see that it was asked to end", blind(() => ({ isDraining: false })), /nothing may start/],
  [
    "does not see that another branch is checked out",
    blind(({ repo }) => ({ repo: { ...repo, state: "ready" } })),
    /while the board is/,
  ],
  ["edits files that somebody is writing", blindToFiles(() => ({ isSettled: true })), /which is not settled/],
  [
    "edits what it has not read",
    blindToFiles(({ id }) => ({ blobSha: `guess-${id}` })),
    /which was not the file decided upon/,
  ],
  [
    "merges two at once",
    blind(({ runs, jobs }) => ({ runs: runs.filter(notMerge), jobs: jobs.filter(notMerge) })),
    /two merges at once/,
  ],
  ["merges before what it depends on", spoilt(batches((it) => it.toReversed())), /is merged before/],
  [
    "forgets what of a batch needs what",
    spoilt(batches((it) => it.map((m) => ({ ...m, after: [] })))),
    /may be merged without/,
  ],
  ["merges more at once than it may", blindToSettings({ mergeBatch: 50 }), /a batch is too long/],
  [
    "stops what is being stopped",
    blind(({ jobs }) => ({ jobs: jobs.filter(({ kind }) => kind !== "stop") })),
    /stopped again/,
  ],
  ["starts what ran already", blind(() => ({ sessions: new Map() })), /is launched again/],
  [
    "edits one file twice",
    spoilt(({ actions }) => ({ actions: [...actions, ...actions.filter(({ kind }) => kind === "edit")] })),
    /two edits of/,
  ],
  [
    "takes a review of a former tip for one of this",
    blindToReviews((tip) => ({ commitSha: tip })),
    /by no review of its/,
  ],
  ["reviews a tip twice", blindToReviews(() => ({ commitSha: "former" })), /is reviewed again/],
  ["accepts what is reviewed clean", spoilt(acceptClean), /is accepted by no person/],
  ["merges what is reviewed clean", spoilt(mergeClean), /though nobody accepted it/],
  [
    "does not see what is lost",
    blind(({ landed }) => ({ landed: { ...landed, isNoted: true, lost: new Map() } })),
    /rests upon .* which is lost|is merged though its merge is lost/,
  ],
  [
    "drops branches before it is noted where they are",
    blind(({ landed }) => ({ landed: { ...landed, isNoted: true } })),
    /before its merge is noted/,
  ],
  ["notes what nobody was told", spoilt(noteTooSoon), /is noted though the loss of/],
  ["lets tasks wait in silence", spoilt(() => ({ waiting: new Map() })), /waits in silence/],
  ["asks to be called again at once", spoilt((_, { observedAt }) => ({ lookAgainAt: observedAt })), /in the past/],
];

describe("a wrong decision is noticed", () => {
  const samples = [
    ...fc.sample(snapshots, { numRuns: 1_000, seed: SEED }),
    ...fc.sample(acceptedBoards, { numRuns: 50, seed: SEED }),
  ];

  // What is rare is looked for on.
  const further = () => fc.sample(snapshots, { numRuns: 4_000, seed: SEED }).slice(1_000);

  it.each(someToday(MISTAKES, 2))("%s", (_, wrong, expected) => {
    const isNoticed = (snapshot: Snapshot): boolean =>
      violationsOf(snapshot, wrong(snapshot)).some((it) => expected.test(it));
    expect(samples.some(isNoticed) || further().some(isNoticed)).toBe(true);
  });

  it("and a right one is not", () => {
    expect(samples.flatMap((snapshot) => violationsOf(snapshot, decide(snapshot)))).toEqual([]);
  });
});

// Mistakes that show only when one decision follows another.
const HABITS: [string, () => Decider, RegExp][] = [
  ["acts on a stale snapshot", actOnStaleSnapshot, /./],
  ["starts before the claim is committed", () => spoilt(launchAtOnce), /without a committed claim/],
  ["flags what it has just taken the flag off", () => toggleFlags, /does not settle/],
  [
    "commits although nothing changed",
    () => spoilt(({ actions }) => ({ actions: [...actions, { kind: "commit", changes: [] }] })),
    /does not settle/,
  ],
  ["never collects", () => without("collect"), /does not settle|never ends/],
  ["never checks", () => without("check"), /never ends/],
  ["never merges", () => without("merge"), /never ends/],
  [
    "forgets how often it failed",
    () =>
      spoilt(({ actions }) => ({
        actions: actions.map((it) => (it.kind === "launch" ? { ...it, retries: 0, losses: 0 } : it)),
      })),
    /./,
  ],
];

describe("a wrong habit is noticed", () => {
  it.each(someToday(HABITS, 2))(
    "%s",
    (name, makeDecider, expected) => {
      const found = fc.sample(soundWorlds, { numRuns: 4, seed: SEED }).some((words) => {
        const world = worldOf(words);
        // Who forgets his failures tries for ever; only a person's patience ends it, and here nobody has any.
        const never = name.startsWith("forgets");
        if (never)
          world.fateOf = (kind, chance) => (kind === "step" ? "fails" : world.chance() < chance ? "clean" : "merged");
        const violations = live(
          world,
          makeDecider(),
          never ? () => undefined : acceptAndRevive,
          Number.POSITIVE_INFINITY,
        );
        const isUnfinished = [...world.files.values()].some(({ lane }) => lane !== "done");
        return [...violations, ...(isUnfinished && !never ? ["never ends"] : [])].some((it) => expected.test(it));
      });
      expect(found).toBe(true);
    },
    PATIENCE_MS,
  );

  it("with a person at work too: acting on a stale snapshot", () => {
    const found = fc
      .sample(worlds, { numRuns: 20, seed: SEED })
      .some((words) => live(worldOf(words), actOnStaleSnapshot(), actAsPerson).length > 0);
    expect(found).toBe(true);
  });
});

function launchAtOnce({ actions }: Decision): Partial<Decision> {
  const launches = actions.flatMap((it): Effect[] => {
    if (it.kind !== "prepare") return [];
    const { taskId, slot } = it;
    const facts = { attempt: 1, step: "work", persona: "engineer", agent: "shell", retries: 0, reworks: 0 };
    return [{ kind: "launch", taskId, slot, cause: "first", costCapUsd: null, ...facts }];
  });
  return { actions: [...actions.filter(({ kind }) => kind !== "prepare"), ...launches] };
}

function noteTooSoon({ actions }: Decision): Partial<Decision> {
  return { actions: [...actions, { kind: "note-base", taskId: null, from: "base1", to: "base1" }] };
}

function batches(change: (batch: readonly BatchMember[]) => readonly BatchMember[]) {
  return ({ actions }: Decision): Partial<Decision> => ({
    actions: actions.map((it) => (it.kind === "merge" ? { ...it, batch: change(it.batch ?? []) } : it)),
  });
}

function assignTwice({ actions }: Decision): Partial<Decision> {
  const again = actions.flatMap((it) =>
    it.kind === "edit" && it.intent === "assign"
      ? [{ ...it, set: [["assigned", "C"] as const, ...it.set.slice(1)] }]
      : [],
  );
  return { actions: [...actions, ...again] };
}

function blindToReviews(change: (tip: string) => Partial<Session>): Decider {
  return blind(({ sessions, branches }) => ({
    sessions: new Map(
      [...sessions].map(([id, all]) => [
        id,
        all.map((it) => (it.step === REVIEW_STEP ? { ...it, ...change(branches.get(id)?.sha ?? "") } : it)),
      ]),
    ),
  }));
}

function reviewedClean({ tasks, sessions }: Snapshot): TaskView[] {
  const isClean = ({ step, verdict }: Session): boolean => step === REVIEW_STEP && verdict === "clean";
  return tasks.filter(({ id, lane }) => lane === "for_review" && (sessions.get(id)?.some(isClean) ?? false));
}

function acceptClean({ actions }: Decision, snapshot: Snapshot): Partial<Decision> {
  const moves = reviewedClean(snapshot).map(({ id, path, blobSha }) => {
    const words = { intent: "review", toLane: "done", set: [], subject: "Accept", trailers: [], notice: null } as const;
    return { kind: "edit", taskId: id, path, expectBlob: blobSha, ...words } as const;
  });
  return { actions: [...actions, ...moves] };
}

function mergeClean({ actions }: Decision, snapshot: Snapshot): Partial<Decision> {
  return {
    actions: [...actions, ...reviewedClean(snapshot).map(({ id }) => ({ kind: "merge", taskId: id }) as const)],
  };
}

function actOnStaleSnapshot(): Decider {
  let last: Snapshot | null = null;
  return (snapshot) => {
    const seen = last ?? snapshot;
    last = snapshot;
    return { ...decide(seen), lookAgainAt: null };
  };
}

function toggleFlags(snapshot: Snapshot): Decision {
  const decision = decide(snapshot);
  const view = snapshot.tasks.find((it) => it.isSettled && it.lane === "done");
  const isBusy = decision.actions.length + snapshot.jobs.length + snapshot.runs.length > 0;
  if (isBusy || view?.task == null || view.blobSha === null) return decision;
  const stale = view.task.stale === null ? "because" : null;
  const edit = {
    kind: "edit",
    intent: "stale",
    taskId: view.id,
    path: view.path,
    expectBlob: view.blobSha,
    toLane: null,
  } as const;
  const actions = [{ ...edit, set: [["stale", stale]] as const, subject: "Flag", trailers: [], notice: null }];
  return { ...decision, actions: [...actions, { kind: "commit", changes: [] }] };
}

function without(kind: string): Decider {
  return spoilt(({ actions }) => ({ actions: actions.filter((it) => it.kind !== kind) }));
}

function notMerge({ kind }: { kind: string }): boolean {
  return kind !== "merge";
}
