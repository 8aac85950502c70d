import { describe, expect, it } from "vitest";
import { REVIEW_STEP } from "../../../src/board/review-claim.ts";
import type { Session } from "../../../src/board/session.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import {
  type BoardWords,
  boardOf,
  NOW,
  personaOf,
  runOf,
  SECOND,
  sessionOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { workflowOf } from "../../helpers/workflow-of.ts";
import { briefWork, whyOf } from "./brief.ts";
import { FINDING } from "./finding.ts";

const WORK = sessionOf("a", { commitSha: "tip-a", touched: ["src/mean.ts"] });
const CHECKS = sessionOf("a", { step: "checks" });
const FINISHED = { id: "a", branch: "kanband/a", attempt: 1 };
const CLAIMED = { ...FINISHED, assigned: "for_review/1@A" };

function review(facts: Partial<Session> = {}): Session {
  return sessionOf("a", {
    step: REVIEW_STEP,
    path: "sessions/a/review.md",
    persona: "tester",
    agent: "shell",
    after: { work: 1 },
    startSha: "tip-a",
    commitSha: "tip-a",
    verdict: "clean",
    ...facts,
  });
}

const MUST_FIX = review({ verdict: "must-fix", findings: [FINDING] });
const UNREAD = review({ state: "failed", failure: "checks", verdict: "invalid", reason: "no valid verdict: none" });

function board(task: object, sessions: readonly Session[], world: WorldWords = {}, lanes: BoardWords = {}): Snapshot {
  return boardOf(
    { ...lanes, for_review: [{ ...FINISHED, ...task }, ...(lanes.for_review ?? [])] },
    {
      branches: { a: {} },
      sessions: [WORK, CHECKS, ...sessions],
      ...world,
      settings: { slots: slotsOf("A"), review: "tester", ...world.settings },
    },
  );
}

function launchOf(snapshot: Snapshot): Extract<Effect, { kind: "launch" }> | undefined {
  return decide(snapshot).actions.find((it) => it.kind === "launch");
}

describe("a task in for_review/ with a reviewer", () => {
  it("is claimed, and its review started once the claim is committed, on a copy of the tip", () => {
    expect(briefWork(board({}, []))).toEqual(["assign a: assigned=for_review/1@A"]);
    expect(briefWork(board({ ...CLAIMED, view: { headSha: "other" } }, []))).toEqual([]);
    const launch = launchOf(board(CLAIMED, []));
    expect(launch).toMatchObject({ step: REVIEW_STEP, persona: "tester", slot: "A", attempt: 1, cause: "first" });
    expect(launch?.work).toMatchObject({
      output: "review.md",
      verdicts: "reviewer",
      mutates: false,
      after: { work: 1 },
    });
    expect(launch?.work?.task).toContain("git diff base1...tip-a");
  });

  it.each<[string, object, Session[], WorldWords]>([
    ["by default", {}, [], { settings: { review: null } }],
    ["where the task says none", { review: "none" }, [], {}],
    ["without a branch", { branch: null }, [], { branches: {} }],
    ["whose branch changes nothing", {}, [], { branches: { a: { sha: "base1" } } }],
    ["of which this tip was reviewed", {}, [review()], {}],
    ["while the board is paused", {}, [], { settings: { paused: true } }],
    ["while the daemon ends", {}, [], { isDraining: true }],
    ["whose reviewer is nobody", { review: "testr" }, [], {}],
    ["that has no money left", { spentUsd: 20 }, [], {}],
  ])("is not reviewed %s", (_, task, sessions, world) => {
    expect(briefWork(board(task, sessions, world))).toEqual([]);
  });

  it("says what its review came to, or why there is none, and that it waits for a person", () => {
    const waits = "waits for a person: move it to done/ to accept it, or to planned/ for a rework";
    expect(whyOf(board({}, [review()]), "a")).toBe(`reviewed clean at tip-a by tester: ${waits}`);
    expect(whyOf(board({ review: "testr" }, []), "a")).toBe(
      `not reviewed: unknown persona "testr": there is no personas/testr.md; did you mean "tester"?; ${waits}`,
    );
    expect(whyOf(board({}, [review({ verdict: "decision", question: "Which one?" })]), "a")).toContain(
      "asks: Which one?",
    );
    expect(whyOf(board({}, []), "a")).toContain("is given to slot A");
    const held = { doing: [{ id: "b", assigned: "A", branch: "kanband/b", attempt: 1 }] };
    expect(whyOf(board({}, [], { runs: [runOf("b")] }, held), "a")).toContain("no free slot: A has b");
  });

  it("says that its branch moved after its checks, with a review and without", () => {
    const checks = sessionOf("a", { step: "checks", commitSha: "checked", verdict: "clean" });
    const settings = { review: null };
    const moved = "its branch moved after its checks: they speak of checked, it is at tip-a";
    const at = (facts: object) => whyOf(board({}, [], { settings, sessions: [checks], ...facts }), "a");
    expect(at({})).toContain(moved);
    expect(at({ settings: {}, sessions: [checks, review()] })).toContain(`${moved}; reviewed clean`);
    expect(at({ sessions: [checks, WORK] })).not.toContain("moved");
    expect(at({ sessions: [{ ...checks, verdict: "must-fix" }] })).not.toContain("moved");
    // Taken back, it begins anew with the work that was accepted; it may have followed another branch before.
    const record = (verdict: string, commitSha: string) => sessionOf("a", { step: "merge", verdict, commitSha });
    for (const verdict of ["undone", "lost"]) {
      expect(at({ sessions: [checks, record(verdict, "tip-a")] })).not.toContain("moved");
      expect(at({ sessions: [checks, record(verdict, "other")] })).toContain(moved);
    }
    expect(at({ sessions: [checks, record("merged", "followed")] })).toContain(
      "its branch moved after its merge: that was of followed, it is at tip-a",
    );
  });

  it("says that its branch is gone, and where its work is", () => {
    const work = { ...WORK, commitSha: "0123456789abcdef" };
    const line = (sessions: Session[]) =>
      whyOf(
        board({ branch: null }, [], { settings: { review: null }, branches: {}, sessions: [work, ...sessions] }),
        "a",
      );
    expect(line([])).toContain(
      "its branch kanband/a is gone, so there is nothing to merge; its work was 0123456789ab: git branch kanband/a 0123456789ab",
    );
    expect(line([sessionOf("a", { step: "merge", verdict: "merged", commitSha: work.commitSha })])).not.toContain(
      "gone",
    );
  });

  it("is reviewed again at another tip, afresh", () => {
    const former = review({ ...MUST_FIX, commitSha: "former", startSha: "former", attempt: 3, reworks: 1 });
    expect(briefWork(board({}, [former]))).toEqual(["assign a: assigned=for_review/4@A"]);
    const launch = launchOf(board({ ...FINISHED, assigned: "for_review/4@A" }, [former]));
    expect(launch).toMatchObject({ attempt: 4, reworks: 0, retries: 0, cause: "stale-input" });
  });

  it("is not sent back by a review of a former tip", () => {
    const former = review({ ...MUST_FIX, commitSha: "former" });
    expect(briefWork(board(CLAIMED, [former]))).toEqual(["again a: assigned=for_review/2@A"]);
  });
});

describe("a review that is over", () => {
  it("clean: leaves the task where it is", () => {
    expect(briefWork(board(CLAIMED, [review()]))).toEqual(["requeue a: -assigned"]);
  });

  it("must-fix: sends it back, once, and the next run is told and counted", () => {
    expect(briefWork(board(CLAIMED, [MUST_FIX]))).toEqual(["requeue a to doing: -assigned"]);
    expect(briefWork(board({}, [MUST_FIX]))).toEqual([]);
    const back = boardOf(
      { doing: [{ ...FINISHED, assigned: "A", attempt: 2 }] },
      { branches: { a: {} }, sessions: [WORK, CHECKS, MUST_FIX] },
    );
    expect(launchOf(back)).toMatchObject({ cause: "review", reworks: 1, attempt: 2, findings: [FINDING] });
  });

  it("must-fix after all reworks: blocks it", () => {
    const work = { ...WORK, reworks: 3 };
    const snapshot = board(CLAIMED, [], { sessions: [work, CHECKS, MUST_FIX] });
    const [edit] = briefWork(snapshot);
    expect(edit).toContain("block a to blocked: -assigned");
    expect(edit).toContain("tester says must-fix after 3 reworks: Empty list divides by zero");
  });

  it("unreadable: is asked for once more, with what was wrong; then the task says so and stays", () => {
    expect(briefWork(board(CLAIMED, [UNREAD]))).toEqual(["again a: assigned=for_review/2@A"]);
    const launch = launchOf(board({ ...FINISHED, assigned: "for_review/2@A" }, [UNREAD]));
    expect(launch).toMatchObject({ cause: "verdict", reworks: 1 });
    expect(launch?.work?.problem).toBe("no valid verdict: none");
    const twice = { ...UNREAD, attempt: 2, reworks: 1 };
    expect(briefWork(board({ ...FINISHED, assigned: "for_review/2@A" }, [twice]))).toEqual(["requeue a: -assigned"]);
    expect(briefWork(board({}, [twice]))).toEqual([]);
    expect(whyOf(board({}, [twice]), "a")).toContain("gave no verdict that can be read");
  });

  it("failed: is tried again after its wait, as often as runs are", () => {
    const failed = review({ state: "failed", failure: "agent", verdict: null, reason: "exit 1", finishedAt: NOW });
    expect(briefWork(board(CLAIMED, [failed]))).toEqual(["requeue a: -assigned"]);
    expect(decide(board({}, [failed])).lookAgainAt).toBe(NOW + 10 * SECOND);
    expect(briefWork(board({}, [failed], { now: NOW + 10 * SECOND }))).toEqual(["assign a: assigned=for_review/2@A"]);
    const last = { ...failed, attempt: 3, retries: 2 };
    expect(briefWork(board({}, [last], { now: NOW + 1000 * SECOND }))).toEqual([]);
    expect(whyOf(board({}, [last]), "a")).toContain("its review at tip-a by tester failed: exit 1");
  });
});

describe("a review that goes on", () => {
  const run = runOf("a", { step: REVIEW_STEP, unit: REVIEW_STEP, persona: "tester" });

  it("is left alone, and keeps its claim", () => {
    expect(briefWork(board(CLAIMED, [], { runs: [run] }))).toEqual([]);
    expect(whyOf(board(CLAIMED, [], { runs: [run] }), "a")).toContain("is being reviewed by tester in slot A");
    expect(briefWork(board({}, [], { runs: [run] }))).toEqual(["normalise a: assigned=for_review/1@A"]);
  });

  it.each(["done", "doing", "planned", "blocked"] as const)(
    "is stopped when a person moves the task to %s/",
    (lane) => {
      const moved = boardOf(
        { [lane]: [CLAIMED] },
        { branches: { a: { isMerged: false } }, sessions: [WORK, CHECKS], runs: [run], settings: { review: "tester" } },
      );
      expect(briefWork(moved)).toEqual(["stop a-1: person"]);
    },
  );

  it("that was stopped so leaves an accepted task to be merged, and one in doing/ to be worked on", () => {
    const stopped = review({ state: "stopped", failure: "stopped", verdict: null, finishedAt: NOW });
    const world = { branches: { a: { isMerged: false } }, sessions: [WORK, CHECKS, stopped] };
    expect(briefWork(boardOf({ done: [FINISHED] }, world))).toEqual(["merge a"]);
    expect(briefWork(boardOf({ doing: [CLAIMED] }, world))).toEqual(["requeue a: -assigned"]);
  });

  it("counts against no limit of a lane, and keeps nobody from the files of its task", () => {
    const full = { settings: { slots: slotsOf("A", "B"), wip: { doing: 1, forReview: 1 } } };
    expect(briefWork(board({}, [], full, { planned: ["b"] }))).toEqual(["assign a: assigned=for_review/1@A"]);
    expect(whyOf(board({}, [], full, { planned: ["b"] }), "b")).toContain("for_review/ is full");
    const touches = ["src/**"];
    const other = { planned: [{ id: "b", touches }] };
    const beside = board({ ...CLAIMED, touches }, [], { settings: { slots: slotsOf("A", "B") }, runs: [run] }, other);
    expect(briefWork(beside)).toContain("prepare b in B");
  });
});

describe("a task of a workflow", () => {
  const plain = workflowOf("plain", "  - { id: build, persona: engineer }\n");
  const judged = workflowOf(
    "judged",
    "  - { id: build, persona: engineer }\n  - { id: judge, persona: tester, needs: [build], verdicts: reviewer }\n",
  );
  const personas = [personaOf("engineer"), personaOf("tester", { mutates: false })];
  const build = sessionOf("a", { step: "build", path: "sessions/a/engineer.md", commitSha: "tip-a", reworks: 1 });
  const looked = sessionOf("a", { step: "checks", of: "build", after: { build: 1 }, attempt: 1 });

  it("is reviewed, unless it has a reviewer of its own or the task asks for one", () => {
    const world = { workflows: [plain, judged], personas, sessions: [build, looked] };
    expect(briefWork(board({ workflow: "plain" }, [], world))).toEqual(["assign a: assigned=for_review/1@A"]);
    expect(briefWork(board({ workflow: "judged" }, [], world))).toEqual([]);
    expect(briefWork(board({ workflow: "judged", review: "tester" }, [], world))).toEqual([
      "assign a: assigned=for_review/1@A",
    ]);
  });

  it("goes back to the step that made the result, with the findings", () => {
    const found = review({ ...MUST_FIX, after: { build: 1 } });
    const world = { workflows: [plain], personas, sessions: [build, looked, found] };
    expect(briefWork(board({ ...CLAIMED, workflow: "plain" }, [], world))).toEqual(["requeue a to doing: -assigned"]);
    const facts = { id: "a", workflow: "plain", branch: "kanband/a" };
    const waiting = boardOf({ doing: [facts] }, { ...world, branches: { a: {} } });
    expect(briefWork(waiting)).toEqual(["assign a: assigned=build/2@A branch=kanband/a", "prepare a in A"]);
    const claimed = boardOf({ doing: [{ ...facts, assigned: "build/2@A" }] }, { ...world, branches: { a: {} } });
    const launch = launchOf(claimed);
    expect(launch).toMatchObject({ step: "build", cause: "review", reworks: 2 });
    expect(launch?.work?.findings).toEqual([FINDING]);
  });
});
