import { expect } from "vitest";
import { expectSound, inLane, kanband, settled, soon, told } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";
import {
  approve,
  overlaps,
  PLAYER,
  partsOf,
  played,
  promptOf,
  sessionFiles,
  sessionOf,
  waitsFor,
  writeKeys,
} from "./played.ts";

// A quarter of them each day.
const it = itInTurn(2, 4);

// Many runs one after another.
const LONG_MS = 180_000;

const settings = (trust: string): string => `slots: 6
sandbox: none
trust: ${trust}
agent: player
agents: { player: { command: [${PLAYER}] } }
grace: 1s
retry: { limit: 0 }
`;

const TASKS = {
  handoff: "handoff",
  dive: "deep-dive",
  sprint: "sprint",
  chain: "skill-chain",
  plan: "plan",
  depth: "plan-in-depth",
  alone: "solo",
};

it(
  "every workflow runs to its end as far as trust lets it, with its files, and each step is told what came before",
  async () => {
    const board = await liveBoard({ settings: settings("shadow") });
    board.write("board/backlog/old.md", "# An old wish\n");
    await board.start();
    for (const [id, workflow] of Object.entries(TASKS)) {
      board.write(`board/planned/${id}.md`, `---\nworkflow: ${workflow}\n---\n# The ${id} task\n\n- it works\n`);
    }

    // In the shadow whoever reads may, and nobody else, whatever is approved.
    for (const id of ["handoff", "plan", "depth"]) await inLane(board, id, "for_review");
    const shadowed = ["sprint", "chain", "dive", "alone"];
    for (const id of shadowed) await waitsFor(board, id, /trust is shadow/);
    expect((await kanband(board.root, ["approve", "sprint"])).exitCode).toBe(2);
    writeKeys(board, "dive", "approved: me 2026-11-21\n");
    await settled(board);
    for (const id of shadowed) await waitsFor(board, id, /trust is shadow/);
    expectNothingBuilt(board, shadowed);
    expect(await board.git("branch", "--list", "kanband/*")).toBe("");
    // With advice only: what a person approved, and nothing else.
    board.write("board/board.md", `---\n${settings("recommend")}---\n`);
    await inLane(board, "dive", "for_review");
    for (const id of ["sprint", "chain"]) await waitsFor(board, id, /waits for the approval/);
    await waitsFor(board, "alone", /trust is recommend/);
    expectNothingBuilt(board, ["sprint", "chain", "alone"]);
    for (const id of ["sprint", "alone"]) await told(board.root, ["approve", id]);
    for (const id of ["sprint", "alone"]) await inLane(board, id, "for_review");
    expectNothingBuilt(board, ["chain"]);
    // The usual trust: work upon a plan waits for the yes to that plan.
    board.write("board/board.md", `---\n${settings("approve")}---\n`);
    await approve(board, "chain");
    await inLane(board, "chain", "for_review");
    await settled(board);

    expect(partsOf(board, "handoff")).toEqual([
      "design.md architect",
      "review.md reliability_engineer",
      "decision.md product_manager",
    ]);
    expect(await sessionFiles(board, "handoff")).toEqual([
      "context.md",
      "decision.md",
      "decisions.md",
      "design.md",
      "review.md",
    ]);
    expect(promptOf(board, "handoff", "decision.md")).toContain("the artifact of design.md is decided");
    expect(board.read("board/backlog/write-the-store-of-handoff.md")).toMatch(/^parent: handoff$/m);

    expect(partsOf(board, "dive")).toEqual(["deep-dive.md engineer"]);
    for (const skill of ["writing-acceptance-criteria", "write-tests", "reviewing-a-diff"]) {
      expect(promptOf(board, "dive", "deep-dive.md")).toContain(`## Skill: ${skill}`);
    }
    expect(await board.git("show", "kanband/dive:src/dive.txt")).toBe("line by engineer");
    expect(await sessionFiles(board, "dive")).toEqual(["checks.md", "context.md", "decisions.md", "deep-dive.md"]);
    expect(await sessionFiles(board, "alone")).toEqual(["checks.md", "context.md", "engineer.md"]);

    // One must-fix of the last phase goes back to the one that builds.
    expect(partsOf(board, "sprint")).toEqual([
      "shape.md product_manager",
      "design.md ux_designer",
      "build.md engineer",
      "examine.md reliability_engineer",
      "build.md engineer",
      "examine.md reliability_engineer",
    ]);
    expect(await sessionFiles(board, "sprint")).toEqual([
      "build.md",
      "checks.md",
      "context.md",
      "decisions.md",
      "design.md",
      "examine.md",
      "shape.md",
      "tasks/01-handle-an-empty-list.md",
    ]);
    const build = promptOf(board, "sprint", "build.md", 0);
    for (const file of ["shape.md", "design.md"]) expect(build).toContain(`the artifact of ${file} is decided`);
    expect(build).toContain("## Skill: writing-a-hand-off");
    expect(promptOf(board, "sprint", "build.md", 1)).toContain("1. Handle an empty list (src/sprint.txt:1)");
    const reader = played(board).find(({ task, file }) => task === "sprint" && file === "design.md");
    expect(reader?.reads).toEqual(["context.md", "decisions.md", "shape.md"]);
    expect(sessionOf(board, "sprint", "examine.md")).toMatchObject({
      attempt: 2,
      verdict: "clean",
      commitSha: await board.git("rev-parse", "kanband/sprint"),
    });
    expect(await board.git("show", "kanband/sprint:src/sprint.txt")).toBe("line by engineer\nline by engineer");

    expect(partsOf(board, "chain")).toEqual([
      "criteria.md",
      "build.md",
      "review.md",
      "build.md",
      "review.md",
      "hand-off.md",
    ]);
    expect(promptOf(board, "chain", "criteria.md")).toContain("## Skill: writing-acceptance-criteria");
    expect(promptOf(board, "chain", "build.md", 0)).toContain("the artifact of criteria.md is decided");
    expect(sessionOf(board, "chain", "hand-off.md")).toMatchObject({ persona: null, state: "done" });

    // What nobody has said yes to is a wish in the backlog, in the order that it asks for.
    expect(partsOf(board, "plan")).toEqual(["spec.md planner", "plan.md architect", "work-packages.md planner"]);
    const first = board.read("board/backlog/write-the-store-of-plan.md");
    expect(first).toMatch(/^parent: plan$/m);
    expect(first).toMatch(/^touches: \["src\/\*\*"\]$/m);
    expect(first).toContain("## Acceptance criteria\n\n- it survives a restart");
    expect(board.read("board/backlog/read-from-the-store-of-plan.md")).toMatch(
      /^dependencies: \["write-the-store-of-plan"\]$/m,
    );
    expect(board.read("sessions/plan/decisions.md")).toMatch(/subtasks: .*"An old wish" is there already: old/);
    expect(board.lanes("an-old-wish")).toEqual([]);

    expect(overlaps(["research.md", "data-model.md"].map((it) => sessionOf(board, "depth", it)))).toBe(true);
    expect(await sessionFiles(board, "depth")).toEqual([
      "context.md",
      "data-model.md",
      "decisions.md",
      "plan.md",
      "research.md",
      "spec.md",
      "work-packages.md",
    ]);

    // Whoever trusts a plan without looking has it planned at once.
    board.write("board/board.md", `---\n${settings("auto")}---\n`);
    board.write("board/planned/trusted.md", "---\nworkflow: plan\n---\n# Another goal\n");
    await inLane(board, "trusted", "for_review");
    await soon(
      board,
      "its tasks are planned, and done",
      () => board.lane("read-from-the-store-of-trusted") !== "backlog",
    );
    await settled(board);
    const added = await board.git("log", "--diff-filter=A", "--format=", "--name-only", "--", "board/planned/");
    expect(added.split("\n")).toContain("board/planned/write-the-store-of-trusted.md");
    expect(board.lane("write-the-store-of-plan")).toBe("backlog");
    await expectSound(board);
  },
  LONG_MS,
);

function expectNothingBuilt(board: LiveBoard, ids: readonly string[]): void {
  const built = played(board).filter(({ task, file }) => ids.includes(task) && /build|dive|solo/.test(file));
  expect(built).toEqual([]);
}
