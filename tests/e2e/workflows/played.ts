import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../../../src/board/session.ts";
import { parseSession } from "../../../src/board/session-file.ts";
import { soon, status } from "../../helpers/board-watch.ts";
import type { LiveBoard } from "../../helpers/live-board.ts";

/** The program that plays every step of the shipped workflows. */
export const PLAYER = join(import.meta.dirname, "../../fixtures/agents/plays-workflow.sh");

const LOOK_AGAIN_MS = 150;

/** One start of an agent process, as the process itself noted it. */
export type Play = { task: string; file: string; persona: string; reads: string[]; runId: string; resumed: string };

/** Every start of an agent, in order. */
export function played(board: LiveBoard): Play[] {
  const path = join(board.root, ".git/played");
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  return lines.map((line) => {
    const [task = "", file = "", persona = "", reads = "", runId = "", resumed = ""] = line.split("|");
    return { task, file, persona, reads: reads.split(" ").filter((it) => it !== ""), runId, resumed };
  });
}

/** `file persona` of each start for a task, in order. */
export function partsOf(board: LiveBoard, task: string): string[] {
  return played(board).flatMap((it) => (it.task === task ? [`${it.file} ${it.persona}`.trim()] : []));
}

/** What one start was told; the last one of this step unless `nth` says which, from 0. */
export function promptOf(board: LiveBoard, task: string, file: string, nth = -1): string {
  const play = played(board)
    .filter((it) => it.task === task && it.file === file)
    .at(nth);
  if (play === undefined) throw new Error(`${task} has not played ${file}`);
  return promptAt(board, play);
}

/** What this start was told. */
export function promptAt(board: LiveBoard, { runId }: Play): string {
  return readFileSync(join(board.root, ".git/prompts", runId), "utf8");
}

/** A session file, read as the daemon reads it. */
export function sessionOf(board: LiveBoard, id: string, name: string): Session {
  const path = `sessions/${id}/${name}`;
  const { session } = parseSession(path, id, Buffer.from(board.read(path)));
  if (session === null) throw new Error(`${path} cannot be read`);
  return session;
}

/** Whether there was an instant at which all of them were under way. */
export function overlaps(sessions: readonly Session[]): boolean {
  const begun = Math.max(...sessions.map(({ startedAt }) => startedAt ?? Number.POSITIVE_INFINITY));
  return begun < Math.min(...sessions.map(({ finishedAt }) => finishedAt ?? 0));
}

/** Names of the committed files below `sessions/<task>/`. */
export async function sessionFiles(board: LiveBoard, id: string): Promise<string[]> {
  const files = await board.git("ls-files", `sessions/${id}`);
  return files.split("\n").map((it) => it.slice(`sessions/${id}/`.length));
}

/** Waits until a task waits for something that `line` matches, and answers the match. */
export async function waitsFor(board: LiveBoard, id: string, line: RegExp): Promise<RegExpMatchArray> {
  return await soon(board, `${id} waits: ${String(line)}`, async () => {
    const found = (await status(board)).tasks.find((it) => it.id === id)?.waiting?.match(line);
    // Each look is a process, and the daemon needs the machine too.
    if (found == null) await sleep(LOOK_AGAIN_MS);
    return found;
  });
}

/** What a person writes into the front matter of a task where it lies. */
export function writeKeys(board: LiveBoard, id: string, keys: string): void {
  const path = board.find(id);
  if (path === null) throw new Error(`no task ${id}`);
  const text = board.read(path);
  board.write(path, text.startsWith("---\n") ? text.replace(/^---\n/, `---\n${keys}`) : `---\n${keys}---\n${text}`);
}

/** A person's yes to what this task waits for, and what else they write into the file with it. */
export async function approve(board: LiveBoard, id: string, keys = ""): Promise<void> {
  const [, plan = ""] = await waitsFor(board, id, /approved: <who> <when> ([0-9a-f+]{12,})/);
  writeKeys(board, id, `approved: me 2026-11-21 ${plan}\n${keys}`);
}
