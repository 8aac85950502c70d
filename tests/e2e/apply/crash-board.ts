import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { voidUnstartedRuns } from "../../../src/apply/void-runs.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { recoverDisplaced, sweepTempFiles } from "../../../src/files/durable.ts";
import { runInBuild } from "../../helpers/in-build.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";

/** One call upon the world, in a process that dies at the point. */
export async function dieAt(point: string, board: ApplyBoard, call: string): Promise<void> {
  const settings = JSON.stringify(board.world.settings());
  const program = `
    import { createObserver } from "./observe/observer.js";
    import { openBoard } from "./observe/open-board.js";
    import { applyEffect } from "./apply/effect.js";
    import { applyEdit } from "./apply/edit.js";
    import { applyCommit } from "./apply/commit.js";
    import { syncSessions } from "./apply/sync-sessions.js";
    import { readRuns } from "./process/read-runs.js";
    const board = await openBoard(${JSON.stringify(board.root)});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const world = { ...board, worktreesDir: board.codeRepo.top + "/.kanband/worktrees", clock: Date.now, settings: () => (${settings}), log };
    const observer = createObserver({ ...board, clock: () => Date.now() + 60000 });
    const look = () => observer.observe("all", { jobs: [], isDraining: false });
    ${call}
    await board.close();
  `;
  const end = await runInBuild(program, { env: { KANBAND_FAILPOINTS: `${point}=kill` } }).ended;
  expect(end.stdout + end.stderr).toBe("");
  expect([point, end.signal]).toEqual([point, "SIGKILL"]);
}

/** The call of an effect upon the world as it is then. */
export function effectCall(effect: Effect): string {
  return `await applyEffect(world, ${JSON.stringify(effect)}, await look());`;
}

/** What a daemon does before its first look. */
export async function startAgain(board: ApplyBoard): Promise<void> {
  await voidUnstartedRuns(board.world);
  recoverDisplaced(join(board.world.runtimeDir, "displaced"));
  const folders = ["board", "sessions", ".git/kanband"].map((it) => join(board.root, it));
  sweepTempFiles(folders.flatMap((it) => [it, ...foldersBelow(it)]));
}

/** Locks, temp files and processes that a crash must not leave behind for good. */
export async function expectTidy(board: ApplyBoard): Promise<void> {
  expect(board.runs()).toEqual([]);
  const names = [...foldersBelow(join(board.root, "board")), ...foldersBelow(join(board.root, "sessions"))].flatMap(
    (it) => readdirSync(it),
  );
  expect(names.filter((it) => it.startsWith(".kanband"))).toEqual([]);
  expect(await board.git("fsck", "--strict", "--no-dangling")).toBe("");
}

/** A first attempt that is over and not collected. */
export async function runEnded(script: string): Promise<ApplyBoard> {
  const board = await applyBoard({ "board/doing/a.md": claimedTask(script) });
  await board.run(launchOf("a"));
  await board.over();
  return board;
}

/** A first attempt that is collected. */
export async function workDone(verify: string[]): Promise<ApplyBoard> {
  const board = await applyBoard({ "board/doing/a.md": claimedTask("echo new > new.txt") }, { settings: { verify } });
  await board.run(launchOf("a"));
  await board.over();
  await collectAll(board);
  await board.commit();
  return board;
}

/** The same, accepted by a person. */
export async function workAccepted(verify: string[]): Promise<ApplyBoard> {
  const board = await workDone(verify);
  await board.git("mv", "board/doing/a.md", "board/done/a.md");
  await board.commit();
  await board.run({ kind: "release", taskId: "a", worktree: "w1" });
  return board;
}

/** The call that collects the one run there is. */
export function collectCall(board: ApplyBoard): string {
  return effectCall({ kind: "collect", taskId: "a", runId: board.runs()[0]?.runId ?? "" });
}

function foldersBelow(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((it) => it.isDirectory())
    .map((it) => join(it.parentPath, it.name));
}
