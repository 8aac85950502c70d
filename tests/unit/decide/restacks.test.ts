import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { decide } from "../../../src/decide/decide.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  NOW,
  runOf,
  sessionOf,
  type TaskWords,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { workflowOf } from "../../helpers/workflow-of.ts";
import { briefWork, whyOf } from "./brief.ts";

const HELD = { up: { sha: "tip-up", isMerged: null, stackedOn: { low: "old" } }, low: {} };
const FOLLOWS = "restack up onto tip-low of low";

describe("a branch that stands on another", () => {
  it.each<[string, BoardWords, WorldWords, string[]]>([
    ["follows it in review, to be checked again", review({}), {}, [`${FOLLOWS}, to check`]],
    ["follows it when it is accepted", { for_review: ["low"], done: [up({})] }, {}, [`${FOLLOWS}, to check`]],
    ["follows it before its next run", { for_review: ["low"], planned: [up({})] }, {}, [`${FOLLOWS}, to mend`]],
    ["follows it while it waits for a slot", { for_review: ["low"], doing: [up({})] }, {}, [`${FOLLOWS}, to mend`]],
    ["goes to the base once that is merged", merged("for_review"), {}, ["restack up onto base of low, to check"]],
    ["is left while it runs", { for_review: ["low"], doing: [claimed("up")] }, { runs: [runOf("up")] }, []],
    ["is left in blocked/", { for_review: ["low"], blocked: [up({})] }, {}, []],
    ["is left in backlog/", { for_review: ["low"], backlog: [up({})] }, {}, []],
    [
      "is left while the other is at work",
      { doing: [claimed("low")], for_review: [up({})] },
      { runs: [runOf("low")] },
      [],
    ],
    ["is left while the other is in planned/", { backlog: ["low"], for_review: [up({})] }, {}, []],
    [
      "is left while somebody has it checked out",
      review({}),
      { branches: { ...HELD, up: { ...HELD.up, isHeld: true } } },
      [],
    ],
    ["is left while it does not differ", review({}), { branches: { ...HELD, low: { sha: "old" } } }, []],
    ["is left while nothing new may start", review({}), { isDraining: true }, []],
    ["is left while a job is at it", review({}), { jobs: [{ kind: "restack", taskId: "up" }] }, []],
    [
      "is left until its worktree is free",
      review({}),
      { worktrees: [{ name: "w1", taskId: "up", isUsable: true, isAtBase: false }] },
      ["release w1 of up"],
    ],
    [
      "is left while the other follows a third one",
      { for_review: [up({}), { id: "low", stack: true, dependencies: ["third"] }, "third"] },
      { branches: { ...HELD, low: { stackedOn: { third: "old" } }, third: {} } },
      ["restack low onto tip-third of third, to check"],
    ],
  ])("%s", (_, lanes, world, expected) => {
    expect(briefWork(boardOf(lanes, { branches: HELD, ...world }))).toEqual(expected);
  });

  it("brings the lower one along with the upper one, of two that stand on each other", () => {
    const branches = {
      ...HELD,
      up: { ...HELD.up, stackedOn: { low: "old", mid: "old" } },
      mid: { stackedOn: { low: "tip-low" } },
    };
    const lanes = { for_review: [up({ dependencies: ["low", "mid"] }), "low", { id: "mid", base: "low" }] };
    expect(briefWork(boardOf(lanes, { branches }))).toEqual(["restack up onto tip-mid of mid, to check"]);
  });

  it.each<[string, BoardWords, WorldWords, RegExp]>([
    [
      "its run is over",
      { for_review: ["low"], doing: [claimed("up")] },
      { runs: [runOf("up")] },
      /has changed: follows when its run is over$/,
    ],
    [
      "the other is finished",
      { doing: [claimed("low")], for_review: [up({})] },
      { runs: [runOf("low")] },
      /^stands on low, which is in doing\/$/,
    ],
    [
      "the other is planned again, before its next run",
      { planned: ["low", up({})] },
      {},
      /^depends on low, which is in planned\/$/,
    ],
    [
      "a person says what becomes of work whose task is gone",
      { done: [up({ dependencies: [] })] },
      { branches: { up: { ...HELD.up, isMerged: false } } },
      /^its branch holds the work of low, whose file is gone: .* git update-ref -d refs\/kanband\/stack\/up\/low$/,
    ],
    [
      "nobody has its branch checked out",
      review({}),
      { branches: { ...HELD, up: { ...HELD.up, isHeld: true } } },
      /nobody has its branch checked out/,
    ],
  ])("says that it waits until %s", (_, lanes, world, line) => {
    expect(whyOf(boardOf(lanes, { branches: HELD, ...world }), "up")).toMatch(line);
  });

  it("is not merged together with what it has not followed yet", () => {
    const lanes = { done: ["low", up({})] };
    const facts = { isMerged: false } as const;
    const due = boardOf(lanes, { branches: { up: { ...HELD.up, ...facts }, low: facts } });
    expect(briefWork(due)).toEqual([`${FOLLOWS}, to check`, "merge low"]);
    const even = { up: { ...HELD.up, ...facts }, low: { sha: "old", ...facts } };
    expect(briefWork(boardOf(lanes, { branches: even }))[0]).toMatch(/^merge low/);
  });

  it("is merged only once nothing is left to follow", () => {
    const branches = { up: { ...HELD.up, isMerged: false }, low: { isMerged: true } };
    expect(briefWork(boardOf(merged("done"), { branches }))).toEqual([
      "restack up onto base of low, to check",
      "drop-branch low tip-low",
    ]);
    expect(briefWork(boardOf(merged("done"), { branches: { up: { isMerged: false } } }))).toContain("merge up");
  });
});

describe("what was checked on something else", () => {
  const checks = sessionOf("up", { step: "checks", commitSha: "before", finishedAt: NOW - 3 });
  const work = sessionOf("up", { commitSha: "before", finishedAt: NOW - 4 });
  const followed = restackOf({ verdict: "restacked", finishedAt: NOW - 2 });
  const even = { ...HELD, low: { sha: "old" } };

  it("goes from review through its checks, at the same attempt", () => {
    const world = { branches: even, sessions: [work, checks, followed] };
    const inReview = up({ attempt: 1, branch: "kanband/up" });
    expect(briefWork(boardOf(review(inReview), world))).toEqual(["requeue up to doing:"]);
    // A detour over backlog/ takes the key away.
    expect(briefWork(boardOf(review({ branch: "kanband/up" }), world))).toEqual(["requeue up to doing: attempt=1"]);
    const waiting = { for_review: ["low"], doing: [inReview] };
    expect(briefWork(boardOf(waiting, world))[0]).toMatch(/^assign up: assigned=A .*attempt=1/);
    const again = { for_review: ["low"], doing: [{ ...inReview, ...claimed("up") }] };
    expect(briefWork(boardOf(again, world))).toEqual(["check up #1"]);
  });

  it("is a rework where a person asked for one before it followed", () => {
    const sessions = [work, checks, { ...followed, verdict: "followed" }];
    const asked = { for_review: ["low"], doing: [up({ attempt: 1, branch: "kanband/up" })] };
    expect(briefWork(boardOf(asked, { branches: even, sessions }))[0]).toMatch(/attempt=2/);
  });

  it("is left to the merge where several steps worked on it", () => {
    const workflows = [workflowOf("two", "  - { id: build, persona: engineer }\n")];
    const snapshot = boardOf(review({ workflow: "two" }), { branches: HELD, workflows });
    expect(briefWork(snapshot)).toEqual([FOLLOWS]);
  });

  it("stays in review once it is checked there", () => {
    const sessions = [work, followed, { ...checks, commitSha: "tip-up", finishedAt: NOW - 1 }];
    expect(briefWork(boardOf(review({}), { branches: even, sessions }))).toEqual([]);
  });
});

describe("a branch that a person put back to where it was before it followed", () => {
  const undone = restackOf({ verdict: "undone", reason: "taken back from x" });
  const world = (facts: Partial<Session> = {}): WorldWords => ({ branches: HELD, sessions: [{ ...undone, ...facts }] });

  it("stays there in review, and says so", () => {
    expect(briefWork(boardOf(review({}), world()))).toEqual([]);
    expect(whyOf(boardOf(review({}), world()), "up")).toMatch(/taken back to where it was.* when you accept it$/);
    const onBase = boardOf(merged("for_review"), world({ args: ["base"] }));
    expect(briefWork(onBase)).not.toContainEqual(expect.stringContaining("restack"));
  });

  it.each<[string, BoardWords, Partial<Session>]>([
    ["accepted", { for_review: ["low"], done: [up({})] }, {}],
    ["behind another change of the other", review({}), { args: ["older"] }],
    ["moved itself", review({}), { commitSha: "older" }],
  ])("follows once it is %s", (_, lanes, facts) => {
    expect(briefWork(boardOf(lanes, world(facts)))).toEqual([`${FOLLOWS}, to check`]);
  });
});

describe("a branch that does not fit onto the other any more", () => {
  const work = sessionOf("up", { commitSha: "tip-up", finishedAt: NOW - 4 });
  const checks = sessionOf("up", { step: "checks", commitSha: "tip-up", finishedAt: NOW - 3 });
  const conflict = restackOf({ verdict: "conflict", reason: "conflict in x.ts" });

  function work2(lanes: BoardWords, record: Partial<Session>, branches: WorldWords["branches"] = HELD): string[] {
    return briefWork(boardOf(lanes, { branches, sessions: [work, checks, { ...conflict, ...record }] }));
  }

  it("goes back to be mended, the conflict is left in it, and that is what its run is for", () => {
    const task = up({ attempt: 1, branch: "kanband/up" });
    expect(work2(review(task), {})).toEqual(["requeue up to doing:"]);
    expect(work2({ for_review: ["low"], doing: [task] }, {})).toEqual([`${FOLLOWS}, to mend, to check`]);
    const mending = { verdict: "to-mend", commitSha: "tip-up" };
    expect(work2({ for_review: ["low"], doing: [task] }, mending)[0]).toMatch(/^assign up: .*attempt=2/);
    const claim = { for_review: ["low"], doing: [{ ...task, ...claimed("up", "A", 2) }] };
    const branches = { ...HELD, up: { ...HELD.up, stackedOn: { low: "tip-low" } } };
    expect(work2(claim, mending, branches)).toEqual(["launch up in A #2 conflict by shell"]);
  });

  it("is blocked by a second conflict in a row, with the files", () => {
    const mended = { verdict: "to-mend", commitSha: "mended" };
    expect(work2(review({}), mended)).toEqual([`${FOLLOWS} #1, to check`]);
    const [edit] = work2(review({}), { reworks: 1 });
    expect(edit).toMatch(/^block up to blocked: .*still in conflict with low after a rework: conflict in x\.ts/);
  });

  it("is tried anew when either has moved since, and when a person asks again", () => {
    expect(work2(review({}), { args: ["older"] })).toEqual([`${FOLLOWS}, to check`]);
    expect(work2(review({}), { commitSha: "older" })).toEqual([`${FOLLOWS}, to check`]);
    expect(work2({ for_review: ["low"], planned: [up({})] }, { reworks: 1 })).toEqual([`${FOLLOWS}, to mend`]);
  });

  it("does not follow once more before it is mended", () => {
    const lanes = { for_review: ["low"], doing: [up({ attempt: 1, branch: "kanband/up" })] };
    const { actions } = decide(
      boardOf(lanes, { branches: HELD, sessions: [work, checks, { ...conflict, verdict: "to-mend" }] }),
    );
    expect(actions.filter(({ kind }) => kind === "restack")).toEqual([]);
  });
});

function up(facts: Partial<Exclude<TaskWords, string>>): Exclude<TaskWords, string> {
  return { id: "up", stack: true, dependencies: ["low"], ...facts };
}

function review(facts: Partial<Exclude<TaskWords, string>>): BoardWords {
  return { for_review: [up(facts), "low"] };
}

function merged(lane: "for_review" | "done"): BoardWords {
  return lane === "done" ? { done: ["low", up({})] } : { done: ["low"], for_review: [up({})] };
}

function restackOf(facts: Partial<Session>): Session {
  const about = { commitSha: "tip-up", target: "low", args: ["tip-low"] };
  return sessionOf("up", { step: "restack", finishedAt: NOW - 2, ...about, ...facts });
}
