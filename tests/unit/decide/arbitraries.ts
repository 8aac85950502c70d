import { LANES, type Lane } from "../../../src/board/lane.ts";
import { REVIEW_STEP } from "../../../src/board/review-claim.ts";
import type { Session } from "../../../src/board/session.ts";
import { PRIORITIES } from "../../../src/board/task.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { RunView, Snapshot } from "../../../src/decide/snapshot.ts";
import {
  boardOf,
  HOUR,
  NOW,
  runOf,
  SECOND,
  sessionOf,
  settingsOf,
  slotsOf,
  type TaskWords,
} from "../../helpers/board-builder.ts";
import { fc } from "../../helpers/fast-check.ts";
import { FINDING } from "./finding.ts";
import { landedOf, lostLanding } from "./lost-words.ts";

export const IDS = ["a", "b", "c", "d", "e", "f", "g"] as const;

const slotNames = fc.constantFrom("A", "B", "C", "Z");
const rarely = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => sometimes(12, values);
const often = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => sometimes(1, values);
function sometimes<T>(nullWeight: number, values: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: nullWeight, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values });
}

const past = fc.integer({ min: 0, max: 48 }).map((hours) => NOW - hours * HOUR - SECOND);

/** Settings with tight limits, so that they are hit. */
export const settings: fc.Arbitrary<Settings> = fc
  .record({
    slots: fc.constantFrom(slotsOf("A"), slotsOf("A", "B"), slotsOf("A", "B", "C")),
    wip: fc.record({ doing: fc.integer({ min: 0, max: 3 }), forReview: fc.integer({ min: 0, max: 4 }) }),
    trust: fc.constantFrom("approve", "approve", "approve", "auto", "recommend", "shadow"),
    paused: fc.constantFrom<(boolean | string)[]>(false, false, false, false, true, "too hot"),
    merge: fc.constantFrom("on-done", "manual"),
    review: fc.constantFrom(null, null, "tester", "nobody"),
    stopStaleAfterMs: rarely(fc.constant(HOUR)),
    worktree: fc.record({ copy: fc.constant([]), setup: fc.constant([]), pool: fc.integer({ min: 0, max: 2 }) }),
  })
  .map((it) => settingsOf({ ...it, mergeBatch: it.wip.doing + 1 }));

/** The facts of a task as a person and a daemon of whatever history might have left them. */
export function taskWords(id: string): fc.Arbitrary<Exclude<TaskWords, string>> {
  return fc
    .record({
      priority: fc.constantFrom(...PRIORITIES),
      dependencies: fc
        .array(fc.constantFrom(...IDS, "nobody"), { maxLength: 2 })
        .map((it) => (it.length > 1 ? [] : it)),
      persona: rarely(fc.constantFrom("engineer", "tester", "nobody")),
      agent: rarely(fc.constantFrom("shell", "gone")),
      slot: rarely(slotNames),
      touches: fc.constantFrom<string[][]>([], [], ["src/**"], ["src/a.ts", "docs/*.md"], ["docs/a.md"]),
      stack: fc.constantFrom(false, false, false, true),
      base: rarely(fc.constantFrom(...IDS, "release")),
      laneRequest: rarely(fc.constantFrom<string[]>(...LANES, "dong")),
      review: rarely(fc.constantFrom("tester", "none", "nobody")),
      assigned: often(fc.constantFrom("A", "B", "C", "Z", "A", "B", "C", "for_review/1@A")),
      branch: fc.constantFrom(null, `kanband/${id}`),
      attempt: often(fc.integer({ min: 1, max: 2 })),
      spentUsd: rarely(fc.constantFrom(1, 19.9, 21)),
      blocked: rarely(fc.constant("because")),
      stale: rarely(fc.constant("in planned/ since then")),
    })
    .map((it) => ({ id, ...it }));
}

/** Settings under which work goes on. */
export const soundSettings: fc.Arbitrary<Settings> = fc
  .record({
    slots: fc.constantFrom(slotsOf("A"), slotsOf("A", "B"), slotsOf("A", "B", "C")),
    wip: fc.record({ doing: fc.integer({ min: 0, max: 3 }), forReview: fc.integer({ min: 1, max: 4 }) }),
    stopStaleAfterMs: fc.constant(HOUR),
    mergeBatch: fc.integer({ min: 1, max: 4 }),
    review: fc.constantFrom(null, "tester"),
    budget: fc.constant({ runUsd: 5, taskUsd: 1e6, dayUsd: 1e6 }),
    worktree: fc.record({ copy: fc.constant([]), setup: fc.constant([]), pool: fc.integer({ min: 0, max: 2 }) }),
  })
  .map((it) => settingsOf(it));

/** A task that can be done: it depends on earlier ones only. */
export function soundWords(id: string, index: number): fc.Arbitrary<Exclude<TaskWords, string>> {
  return fc
    .record({
      priority: fc.constantFrom(...PRIORITIES),
      persona: fc.constantFrom(null, "engineer", "tester"),
      touches: fc.subarray(["src/**", "docs/*.md", "src/a.ts"]),
      dependencies: fc.subarray(IDS.slice(0, index)).map((it) => it.slice(0, 2)),
      stack: fc.boolean(),
    })
    .map((it) => ({ id, ...it }));
}

const sessions = (id: string): fc.Arbitrary<Session[]> =>
  fc.array(
    fc
      .record({
        step: fc.constantFrom("work", "work", "work", "checks", "checks", "merge", "restack", REVIEW_STEP, REVIEW_STEP),
        attempt: fc.integer({ min: 1, max: 2 }),
        state: fc.constantFrom("running", "done", "failed", "stopped"),
        failure: fc.constantFrom("agent", "checks", "setup", "budget", "overloaded", null),
        verdict: fc.constantFrom(
          "clean",
          "must-fix",
          "conflict",
          "checks-failed",
          "waiting",
          "merged",
          "restacked",
          "to-mend",
          "lost",
          null,
        ),
        commitSha: fc.constantFrom(`tip-${id}`, "former", null),
        after: fc.constantFrom(undefined, {}, { work: 1 }, { work: 2 }),
        findings: fc.constantFrom([], [FINDING]),
        reason: fc.constantFrom("exit 1", "lost 2: gone", null),
        retries: fc.integer({ min: 0, max: 3 }),
        reworks: fc.integer({ min: 0, max: 4 }),
        finishedAt: fc.option(past),
        costUsd: fc.constantFrom(null, 0.5, 60),
      })
      .map(({ after, ...it }) => sessionOf(id, { ...it, ...(after === undefined ? {} : { after }) })),
    { maxLength: 3 },
  );

const runs = (id: string): fc.Arbitrary<RunView[]> =>
  fc
    .record({
      kind: fc.constantFrom("step", "checks", "merge", REVIEW_STEP),
      state: fc.constantFrom("starting", "running", "exited", "lost"),
      attempt: fc.integer({ min: 1, max: 3 }),
      startedAt: past,
      lastOutputAt: fc.option(past),
      stop: rarely(fc.constant({ reason: "person", requestedAt: NOW } as const)),
      toolCalls: fc.integer({ min: 0, max: 13 }),
    })
    .map(({ kind, ...it }) => {
      const facts =
        kind === REVIEW_STEP ? ({ kind: "step", step: kind, unit: kind } as const) : ({ kind, unit: null } as const);
      return [runOf(id, { ...it, ...facts, caps: { wallMs: 40 * HOUR, outputBytes: 1e6, toolCalls: 12, costUsd: 5 } })];
    });

/** A task in `for_review/` as a review of it, of this tip or a former one, may have left it. */
const reviewed = (id: string) =>
  fc
    .record({
      assigned: fc.constantFrom(null, "for_review/1@A", "for_review/1@B", "for_review/2@A"),
      verdict: fc.constantFrom("clean", "must-fix", "invalid"),
      commitSha: fc.constantFrom(`tip-${id}`, "former"),
      reworks: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ assigned, verdict, commitSha, reworks }) => {
      const said =
        verdict === "invalid"
          ? ({ state: "failed", failure: "checks", verdict } as const)
          : { verdict, findings: verdict === "clean" ? [] : [FINDING] };
      const facts = { step: REVIEW_STEP, persona: "tester", after: { work: 1 }, commitSha };
      return { assigned, sessions: [sessionOf(id, { reworks, commitSha }), sessionOf(id, { ...facts, ...said })] };
    });

const stackedOn = fc.dictionary(fc.constantFrom(...IDS), fc.constantFrom("tip-a", "tip-b", "old"), { maxKeys: 2 });

const part = (id: string) =>
  fc.record({
    id: fc.constant(id),
    lane: fc.constantFrom(...LANES, "planned", "doing", "doing", "doing", "for_review"),
    words: taskWords(id),
    view: fc.record({
      isSettled: fc.constantFrom(true, true, true, false),
      headSha: fc.constantFrom(`blob-${id}`, `blob-${id}`, `blob-${id}`, "other", null),
      headLaneRequest: fc.constantFrom(undefined, null, "done"),
      enteredAt: often(past),
    }),
    sessions: fc.oneof(fc.constant([]), sessions(id)),
    runs: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: runs(id) }),
    job: rarely(fc.constantFrom("launch", "collect", "merge", "check", "stop", "restack")),
    branch: often(
      fc
        .record({ isMerged: fc.constantFrom(true, false, null), stackedOn: rarely(stackedOn) })
        .map(({ isMerged, stackedOn: held }) => ({ isMerged, ...(held === null ? {} : { stackedOn: held }) })),
    ),
    reviewed: sometimes(6, reviewed(id)),
    lost: sometimes(14, lostLanding(id)),
  });

/** Boards as they might be found: sound ones, half-finished ones, and ones that make no sense at all. */
export const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    parts: fc.tuple(...IDS.map((id) => often(part(id)))),
    settings: fc.oneof({ weight: 20, arbitrary: settings }, { weight: 1, arbitrary: fc.constant(null) }),
    repo: fc.constantFrom("ready", "ready", "ready", "ready", "elsewhere", "operation", "busy", "missing"),
    isDraining: fc.constantFrom(false, false, false, true),
    freeWorktrees: fc.integer({ min: 0, max: 2 }),
    isNoted: fc.boolean(),
  })
  .map(({ parts, settings: chosen, repo, isDraining, freeWorktrees, isNoted }) => {
    const found = parts.filter((it) => it !== null).map(asReviewed);
    const lanes: Partial<Record<Lane, TaskWords[]>> = {};
    for (const it of found) (lanes[it.lane] ??= []).push({ ...it.words, view: it.view });
    // Whatever a board says, the processes are real: no slot has two.
    const taken = new Set<string>();
    const realRuns = found.flatMap((it) => it.runs).flatMap((run, index) => realRun(run, index, taken));
    const starts = new Map(found.map(({ id, job }) => [id, job === null ? null : startSlot(job, taken)]));
    return boardOf(lanes, {
      settings: chosen,
      repo: { state: repo, detail: repo === "ready" ? "" : `the board is ${repo}` },
      isDraining,
      landed: landedOf(found, isNoted),
      sessions: found.flatMap((it) => it.sessions),
      runs: realRuns,
      jobs: found.flatMap((it) =>
        it.job === null ? [] : [{ kind: it.job, taskId: it.id, slot: starts.get(it.id) ?? null }],
      ),
      branches: Object.fromEntries(found.flatMap((it) => (it.branch === null ? [] : [[it.id, it.branch]]))),
      worktrees: [
        ...found
          .slice(0, 2)
          .map(({ id }, index) => ({ name: `w${index}`, taskId: id, isUsable: true, isAtBase: true })),
        ...Array.from({ length: freeWorktrees }, (_, index) => ({
          name: `f${index}`,
          taskId: null,
          isUsable: true,
          isAtBase: true,
        })),
      ],
    });
  });

/** Boards on which everything is accepted and waits for its merge. */
export const acceptedBoards: fc.Arbitrary<Snapshot> = fc
  .record({
    parts: fc.tuple(
      ...IDS.map((id) =>
        fc.record({
          id: fc.constant(id),
          dependencies: fc.subarray([...IDS].filter((it) => it !== id)).map((it) => it.slice(0, 1)),
          enteredAt: past,
          isMerged: fc.constantFrom(true, false, false, false),
          lost: rarely(lostLanding(id)),
        }),
      ),
    ),
    mergeBatch: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ parts, mergeBatch }) =>
    boardOf(
      { done: parts.map(({ id, dependencies, enteredAt }) => ({ id, dependencies, view: { enteredAt } })) },
      {
        settings: { mergeBatch },
        landed: landedOf(parts, true),
        branches: Object.fromEntries(parts.map(({ id, isMerged }) => [id, { isMerged }])),
      },
    ),
  );

type Part = ReturnType<typeof part> extends fc.Arbitrary<infer T> ? T : never;

function asReviewed(it: Part): Part {
  if (it.reviewed === null) return it;
  const { assigned, sessions: records } = it.reviewed;
  const words = { ...it.words, assigned, laneRequest: null, review: null };
  return { ...it, lane: "for_review", words, sessions: records, runs: [], job: null, branch: { isMerged: null } };
}

function realRun(run: RunView, index: number, taken: Set<string>): RunView[] {
  const slot = run.kind === "merge" ? null : (["A", "B", "C"][index] ?? null);
  const key = run.kind === "merge" ? "merge" : slot;
  if (key === null || taken.has(key)) return [];
  taken.add(key);
  return [{ ...run, slot }];
}

function startSlot(kind: string, taken: Set<string>): string | null {
  const slot = ["A", "B", "C"].find((it) => !taken.has(it));
  if (slot === undefined || (kind !== "launch" && kind !== "check")) return null;
  taken.add(slot);
  return slot;
}

/** How long an unsettled file stays so, for worlds with persons in them. */
export const SETTLE_MS = 50;
