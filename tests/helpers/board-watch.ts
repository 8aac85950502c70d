import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { StatusJson } from "../../src/cli/status/status-json.ts";
import { gitAt } from "./git-repo.ts";
import { type LiveBoard, processesOf, until } from "./live-board.ts";
import { type CliResult, runCli } from "./run-cli.ts";

/** Generous: many tests share a small machine. Nothing asserts how long anything takes. */
export const PATIENCE_MS = 45_000;

/** Waits until the task lies in this lane and in no other. */
export async function inLane(board: LiveBoard, id: string, lane: string): Promise<void> {
  await soon(board, `${id} in ${lane}/`, () => board.lane(id) === lane && board.lanes(id).length === 1);
}

/** Waits until the session file of a task says this state, of this attempt if one is given. */
export async function inState(board: LiveBoard, id: string, state: string): Promise<void> {
  await soon(board, `${id} ${state}`, () => new RegExp(`^state: ${state}$`, "m").test(sessionText(board, id)));
}

/** Waits for anything; the error shows the board. */
export async function soon<T>(
  board: LiveBoard,
  what: string,
  condition: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  return await until(what, condition, { withinMs: PATIENCE_MS, state: async () => await describeBoard(board) });
}

/** Waits until everything under board/ and sessions/ is committed. */
export async function settled(board: LiveBoard): Promise<void> {
  await committed(board, ["board", "sessions"]);
}

/** Waits until everything under board/ is committed; nobody watches sessions/, where only the daemon writes. */
export async function boardCommitted(board: LiveBoard): Promise<void> {
  await committed(board, ["board"]);
}

async function committed(board: LiveBoard, folders: readonly string[]): Promise<void> {
  await soon(board, "everything is committed", async () => {
    return (await board.git("-C", board.boardRoot, "status", "--porcelain", "--", ...folders)) === "";
  });
}

/** Processes that work in a task worktree. */
export function agentsOf(board: LiveBoard): number[] {
  return processesOf(join(board.root, ".kanband/worktrees"));
}

/** The text of the session of a task; empty while there is none. */
export function sessionText(board: LiveBoard, id: string, persona = "engineer"): string {
  const path = join(board.boardRoot, `sessions/${id}/${persona}.md`);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Numbers of the lines `<prefix> <number>` in the activity of a session, as they stand there. */
export function numbersIn(text: string, prefix: string): number[] {
  const activity = text.slice(text.indexOf("## Activity"));
  return [...activity.matchAll(new RegExp(`${prefix} (\\d+)$`, "gm"))].map(([, number]) => Number(number));
}

/** `kanband status --json`, read. */
export async function status(board: LiveBoard): Promise<StatusJson> {
  const { stdout } = await kanband(board.root, ["status", "--json"]);
  const value: StatusJson = JSON.parse(stdout);
  return value;
}

/** A command to its end, whatever that is. */
export async function kanband(cwd: string, args: readonly string[], env?: Record<string, string>): Promise<CliResult> {
  return await runCli(cwd, args, env === undefined ? {} : { env });
}

/** What a command prints; throws with it when it fails. */
export async function told(cwd: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(cwd, args);
  if (exitCode !== 0) throw new Error(`kanband ${args.join(" ")} ended with ${exitCode}:\n${stderr}${stdout}`);
  return stdout;
}

/** The repository is sound, nothing half-written lies about. */
export async function expectSound(board: LiveBoard): Promise<void> {
  const git = gitAt(board.root);
  // A worktree that is being made for the pool has no HEAD yet; what is broken stays so.
  const fsck = async (): Promise<string> => await git("fsck", "--no-dangling", "--no-progress").catch(String);
  await until("git fsck finds nothing", async () => (await fsck()) === "", { withinMs: 5_000, state: fsck });
  // It may be committing at this very moment; a lock that was left behind stays.
  await until("the index is not locked", () => !existsSync(join(board.root, ".git/index.lock")));
  expect(await git("for-each-ref", "--format=%(refname)", "refs/heads/kanband", "refs/bisect")).not.toContain("lock");
}

/** What a person needs to see why a wait was in vain. */
export async function describeBoard(board: LiveBoard): Promise<string> {
  const git = gitAt(board.boardRoot);
  const shown = await Promise.all([git("status", "--porcelain"), git("log", "--format=%h %s", "-15")]).catch(String);
  const log = join(board.root, ".git/kanband/log/kanband.log");
  const tail = existsSync(log) ? readFileSync(log, "utf8").slice(-2_000) : "";
  const { stdout } = await kanband(board.root, ["status"]);
  return `${Array.isArray(shown) ? shown.join("\n") : shown}\n${tail}\n${stdout}`;
}
