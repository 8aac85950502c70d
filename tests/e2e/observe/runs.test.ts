import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { RunView } from "../../../src/decide/snapshot.ts";
import { startRun } from "../../../src/process/start-run.ts";
import { requestStop, stopRun } from "../../../src/process/stop-run.ts";
import { tempFolder } from "../../helpers/git-repo.ts";
import { type ObservedBoard, observedBoard } from "./observed-board.ts";

it("reads what a run says while it says it", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n" });
  const script = `
    echo '{"kanband":"tool","name":"Read","detail":"src/app.ts"}'
    echo '{"kanband":"usage","cost_usd":0.25}'
    echo '{"kanband":"usage","cost_usd":0.5}'
    printf 'half a li'; sleep 60`;
  await start(board, "a.1", script, { adapter: "command" });

  await expect.poll(async () => (await lookAtRun(board)).outputBytes).toBeGreaterThan(130);
  const run = await lookAtRun(board);

  expect(run).toMatchObject({
    runId: "a.1",
    taskId: "a",
    kind: "step",
    step: "work",
    slot: "A",
    persona: "engineer",
    attempt: 2,
    agent: "mine",
    state: "running",
    exitCode: null,
    stop: null,
    toolCalls: 1,
    costUsd: 0.75,
    lastLine: "Read src/app.ts",
    caps: { wallMs: 1_000, outputBytes: 5_000, toolCalls: 12, costUsd: 3 },
    evidence: null,
  });
  expect(run.lastOutputAt).not.toBeNull();
});

it("finds everything again from the spool, as after a restart, and takes the last line of a run that is over", async () => {
  const board = await observedBoard();
  await start(board, "a.1", "for i in 1 2 3; do echo line $i; done; printf last; exit 3", { adapter: "shell" });

  await expect.poll(async () => (await lookAtRun(board)).state).toBe("exited");
  const again = await observedBoardOn(board);

  expect(await lookAtRun(again)).toEqual(await lookAtRun(board));
  expect(await lookAtRun(again)).toMatchObject({ exitCode: 3, lastLine: "last", costUsd: null, toolCalls: 0 });
});

it("asks for another look at once while there is more to read than it takes at a time", async () => {
  const board = await observedBoard();
  await start(board, "a.1", "head -c 3000000 /dev/zero | tr '\\0' 'x' | fold -w 99", {});
  await expect.poll(async () => (await lookAtRun(board)).state).toBe("exited");
  const again = await observedBoardOn(board);
  const first = await again.look();
  expect(first.runs).toHaveLength(1);
  expect(first.unsettledUntil).toBe(first.observedAt + 1);
});

it("says that a run was told to stop, and why", async () => {
  const board = await observedBoard();
  await start(board, "a.1", "sleep 60", {});

  requestStop(join(board.board.runtimeDir, "runs/a.1"), "timeout");

  expect((await lookAtRun(board)).stop?.reason).toBe("timeout");
});

it("looks for other signs of life only once a run has been silent for half of the time it may be", async () => {
  const board = await observedBoard({ "board/board.md": "---\nstale_after: { doing: 60s }\n---\n" }, { aheadMs: 0 });
  const worktree = tempFolder();
  mkdirSync(join(worktree, "src/deep"), { recursive: true });
  mkdirSync(join(worktree, "node_modules"));
  writeFileSync(join(worktree, "src/deep/x.ts"), "x");
  writeFileSync(join(worktree, "node_modules/y.js"), "y");
  await board.git("branch", "kanband/a");
  await start(board, "a.1", "sleep 60", { worktree, branch: "refs/heads/kanband/a" });
  await expect.poll(async () => (await lookAtRun(board)).state).toBe("running");
  for (const path of ["src/deep", "src", "."]) utimesSync(join(worktree, path), 1_000, 1_000);
  utimesSync(join(worktree, "src/deep/x.ts"), 2_000, 2_000);

  const dueAt = (await lookAtRun(board)).startedAt + 30_000;
  await expect.poll(async () => (await board.look("nothing/else")).unsettledUntil).toBe(dueAt);
  const early = await lookAtRun(board);
  board.later(31_000);
  const silent = (await lookAtRun(board)).evidence;

  expect(early.evidence).toBeNull();
  expect(silent).toMatchObject({ worktreeChangedAt: 2_000_000, cpuActiveAt: null });
  expect(silent?.committedAt).not.toBeNull();
});

it("takes CPU time for a sign of life", async () => {
  const board = await observedBoard({ "board/board.md": "---\nstale_after: { doing: 2s }\n---\n" });
  await start(board, "a.1", "while :; do :; done", {});
  await expect.poll(async () => (await lookAtRun(board)).state).toBe("running");

  await expect
    .poll(
      async () => {
        board.later(1_000);
        return (await lookAtRun(board)).evidence?.cpuActiveAt ?? null;
      },
      { interval: 100 },
    )
    .not.toBeNull();
});

it("looks soon at what a run does that has answered, and takes no idling for work", async () => {
  const board = await observedBoard({ "board/board.md": "---\ngrace: 1s\n---\n" }, { aheadMs: 0 });
  const answer = `echo '{"type":"result","subtype":"success","is_error":false,"result":"."}'`;
  const worktree = tempFolder();
  for (const [run, script] of [
    ["idle", "sleep 60"],
    ["busy", "while :; do :; done"],
  ] as const) {
    await start(board, run, `${answer}; ${script}`, { adapter: "claude", worktree, taskId: run });
  }
  const runs = async () => new Map((await board.look("nothing/else")).runs.map((it) => [it.runId, it]));
  await expect.poll(async () => [...(await runs()).values()].map((it) => it.isOver)).toEqual([true, true]);
  expect((await runs()).get("idle")?.evidence).toBeNull();
  board.later(5_000);
  const { evidence } = (await runs()).get("idle") ?? {};
  expect(evidence?.watchedSince).toBeGreaterThan(0);

  await expect
    .poll(
      async () => {
        board.later(500);
        return (await runs()).get("busy")?.evidence?.cpuActiveAt ?? null;
      },
      { interval: 500 },
    )
    .not.toBeNull();
  expect((await runs()).get("idle")?.evidence?.cpuActiveAt).toBeNull();
});

it("mentions a damaged record, and shows no run for it", async () => {
  const board = await observedBoard();
  mkdirSync(join(board.board.runtimeDir, "runs/odd"), { recursive: true });
  writeFileSync(join(board.board.runtimeDir, "runs/odd/record.json"), "{");

  const snapshot = await board.look();

  expect(snapshot.runs).toEqual([]);
  expect(snapshot.findings).toMatchObject([{ code: "RUN_BROKEN", severity: "warning" }]);
});

it("knows whose each worktree is, also where an agent left the branch", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n" });
  const path = (name: string) => join(board.root, ".kanband/worktrees", name);
  await board.git("worktree", "add", "-q", "-b", "kanband/a", path("w1"));
  await board.git("worktree", "add", "-q", "--detach", path("w2"));
  await board.git("worktree", "add", "-q", "--detach", path("w3"));
  await board.git("worktree", "add", "-q", "-b", "mine", join(board.root, "elsewhere"));
  await start(board, "b.1", "sleep 60", { taskId: "b", worktree: path("w3") });

  const { worktrees } = await board.look();

  expect(worktrees).toEqual([
    { name: "w1", taskId: "a", isUsable: true, isAtBase: true },
    { name: "w2", taskId: null, isUsable: true, isAtBase: true },
    { name: "w3", taskId: "b", isUsable: true, isAtBase: true },
  ]);
});

async function start(
  board: ObservedBoard,
  runId: string,
  script: string,
  facts: Record<string, unknown>,
): Promise<void> {
  const runsDir = join(board.board.runtimeDir, "runs");
  const caps = { wallMs: 1_000, outputBytes: 5_000, toolCalls: 12, costUsd: 3 };
  const known = { taskId: "a", kind: "step", step: "work", attempt: 2, slot: "A", persona: "engineer", agent: "mine" };
  await startRun({
    runsDir,
    runId,
    cwd: tempFolder(),
    file: "sh",
    args: ["-c", script],
    stdin: "",
    setup: null,
    record: { ...known, caps, adapter: "shell", sessionPath: "sessions/a/engineer.md", ...facts },
    env: { PATH: process.env["PATH"] ?? "" },
    limits: { wallMs: null, outputBytes: 1_000_000 },
  });
  onTestFinished(() => stopRun({ runDir: join(runsDir, runId), graceMs: 100, worktreePath: "/nowhere" }));
}

async function lookAtRun(board: ObservedBoard): Promise<RunView> {
  const [run] = (await board.look("nothing/else")).runs;
  if (run === undefined) throw new Error("there is no run");
  return run;
}

async function observedBoardOn(board: ObservedBoard): Promise<ObservedBoard> {
  const { createObserver } = await import("../../../src/observe/observer.ts");
  const observer = createObserver({ ...board.board, clock: board.now });
  return { ...board, observer, look: () => observer.observe("all", { jobs: [], isDraining: false }) };
}
