import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentBoard } from "../../agents/bench-board.ts";
import type { Cli } from "../../agents/clis.ts";
import { KINDS, type Kind } from "./kinds.ts";

/** A task of the campaign, and how far the person is with it. */
export type Errand = { id: string; kind: Kind; cli: Cli; isInterrupted: boolean; isResumed: boolean };

/** The errand of this number: by and by every kind comes to every program. */
export function errandOf(number: number, prefix: string, clis: readonly Cli[]): Errand {
  const kind = KINDS[number % KINDS.length];
  const cli = clis[number % clis.length];
  if (kind === undefined || cli === undefined) throw new Error("there is no agent program");
  const id = `${prefix}${number}-${kind.isReal ? `${kind.name}-${cli.name.replace("/", "-")}` : kind.name}`;
  return { id, kind, cli, isInterrupted: false, isResumed: false };
}

/** Writes the task of an errand into planned/. */
export function hand(board: AgentBoard, { id, kind, cli }: Errand): void {
  const agent = kind.isReal ? `agent: ${cli.agent}\n` : "";
  board.write(`board/planned/${id}.md`, `---\n${agent}${kind.keys}---\n# Work\n\nRun it: [[${kind.name}]]\n`);
}

/** Does what a person does with it at this moment, if anything. */
export function actOn(board: AgentBoard, errand: Errand): void {
  try {
    if (errand.kind.person === "accepts" && board.lane(errand.id) === "for_review") board.mv(errand.id, "done");
    if (errand.kind.person === "interrupts") interrupt(board, errand);
  } catch (error) {
    // The daemon moved the file at that very moment: a person looks again.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

/** Whether everything that was to become of it has become of it. */
export function isOver(board: AgentBoard, { id, kind, isResumed }: Errand): boolean {
  if (kind.person === "interrupts" && !isResumed) return false;
  const path = board.find(id);
  if (path === null || board.lanes(id).join() !== kind.ends) return false;
  try {
    return !/^(assigned|attempt|branch):/m.test(board.read(path)) || kind.ends !== "done";
  } catch {
    return false;
  }
}

function interrupt(board: AgentBoard, errand: Errand): void {
  const { id } = errand;
  if (!errand.isInterrupted && board.lane(id) === "doing" && hasBegun(board, id)) {
    board.mv(id, "backlog");
    errand.isInterrupted = true;
  }
  // What it did by then is kept before it goes on.
  const state = board.session(id)?.state;
  const isStill = state !== undefined && state !== "running" && board.lane(id) === "backlog";
  if (errand.isInterrupted && !errand.isResumed && isStill) {
    board.mv(id, "planned");
    errand.isResumed = true;
  }
}

function hasBegun({ root }: AgentBoard, id: string): boolean {
  const dir = join(root, ".kanband/worktrees");
  return existsSync(dir) && readdirSync(dir).some((name) => existsSync(join(dir, name, `begun-${id}.txt`)));
}
