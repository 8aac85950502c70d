import { setTimeout as sleep } from "node:timers/promises";
import { applyCommit } from "../../../src/apply/commit.ts";
import { applyEdit } from "../../../src/apply/edit.ts";
import { applyEffect } from "../../../src/apply/effect.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import type { ApplyBoard } from "./apply-board.ts";

/**
 * Looks, decides and acts, one effect after the other, until nothing is to be done; answers the last look. Agents are not
 * awaited.
 */
export async function tickToEnd(board: ApplyBoard, ticks = 40): Promise<Snapshot> {
  const trace: string[] = [];
  for (let tick = 0; tick < ticks; tick += 1) {
    const snapshot = await board.look();
    const { actions } = decide(snapshot);
    if (actions.length === 0 && snapshot.areAgesKnown) return snapshot;
    if (actions.length === 0) await sleep(20);
    trace.push(actions.map((it) => ("subject" in it ? it.subject : it.kind)).join(", "));
    await carryOut(board, snapshot, actions);
  }
  throw new Error(`it does not come to rest:\n${trace.slice(-8).join("\n")}`);
}

async function carryOut(
  { world }: ApplyBoard,
  snapshot: Snapshot,
  actions: ReturnType<typeof decide>["actions"],
): Promise<void> {
  const edits = [];
  for (const it of actions) {
    if (it.kind !== "edit") continue;
    const outcome = await applyEdit(world, it);
    if (outcome.state === "applied") edits.push({ edit: it, touched: outcome.touched });
  }
  const changes = actions.flatMap((it) => (it.kind === "commit" ? it.changes : []));
  if (edits.length + changes.length > 0)
    await applyCommit(world, { boardBranch: snapshot.repo.boardBranch, edits, changes });
  for (const it of actions) if (it.kind !== "edit" && it.kind !== "commit") await applyEffect(world, it, snapshot);
}

/** Why a task waits, as the board is now. */
export async function whyNow(board: ApplyBoard, id: string): Promise<string | undefined> {
  return decide(await board.look()).waiting.get(id);
}
